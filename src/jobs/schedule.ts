import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { config } from '../config.js';
import { Clock } from '../time/clock.js';
import { doJobs } from './queue.js';
import { Sweep, SWEEP } from './sweep.js';

/** Crontab of the job: every five minutes. A missed run needs no backfill, because the next run covers its work. */
const HOURS = `*/5 * * * * ${SWEEP} ?jobKey=${SWEEP}&max=1`;

/** Schedules the jobs, in processes that run jobs. Each run reads the clock once, when it begins. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: (() => Promise<void>) | undefined;

  constructor(
    private readonly sweep: Sweep,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (config.jobs)
      this.stop = await doJobs(config.databaseUrl, { [SWEEP]: () => this.sweep.run(this.clock.now()) }, HOURS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop?.();
  }
}
