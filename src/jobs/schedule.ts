import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { config } from '../config.js';
import { Clock } from '../time/clock.js';
import { startJobRunner } from './queue.js';
import { DeadlineJob, DEADLINE_JOB } from './deadline-notices.job.js';

/** Crontab of the job: every five minutes. A missed run needs no backfill, because the next run covers its work. */
const CRONTAB = `*/5 * * * * ${DEADLINE_JOB} ?jobKey=${DEADLINE_JOB}&max=1`;

/** Schedules the jobs, in processes that run jobs. Each run reads the clock once, when it begins. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: (() => Promise<void>) | undefined;

  constructor(
    private readonly deadlineJob: DeadlineJob,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (config.jobs)
      this.stop = await startJobRunner(
        config.databaseUrl,
        { [DEADLINE_JOB]: () => this.deadlineJob.run(this.clock.now()) },
        CRONTAB,
      );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop?.();
  }
}
