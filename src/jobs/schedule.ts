import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { config } from '../config.js';
import { Clock } from '../time/clock.js';
import { doJobs } from './queue.js';
import { Sweep, SWEEP } from './sweep.js';

/** Every five minutes; where a process was away, the next time does what was missed. */
const HOURS = `*/5 * * * * ${SWEEP} ?jobKey=${SWEEP}&max=1`;

/** Sets the jobs going at their hours, in processes that do jobs. Each reads the time once, as it begins. */
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
