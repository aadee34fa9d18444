import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { DeadlineJob } from '../jobs/deadline-notices.job.js';
import { Public } from '../authorization/permission.guard.js';
import { conflict } from '../http/problems.js';
import { Clock } from '../time/clock.js';
import { Instant } from '../time/instant.js';
import { SandboxCast, type SandboxPerson } from './sandbox-cast.js';

export class SandboxTokenRequest {
  /** The `id` of one of `/sandbox/people`. */
  @IsString()
  @Length(1, 100)
  person: string;
}

export class SandboxClockRequest {
  /** Time to which the clock moves. */
  @Instant()
  now: Date;
}

const ANYBODY = 'the sandbox lets anybody sign in as any of its synthetic people';

@ApiExcludeController()
@Controller('sandbox')
export class SandboxController {
  constructor(
    private readonly cast: SandboxCast,
    private readonly clock: Clock,
    private readonly deadlineJob: DeadlineJob,
  ) {}

  /** The synthetic people and systems that can sign in */
  @Get('people')
  @Public(ANYBODY)
  async people(): Promise<{ data: SandboxPerson[]; next: null }> {
    return { data: await this.cast.people(), next: null };
  }

  /** A token of the sandbox's issuer */
  @Post('tokens')
  @HttpCode(200)
  @Public(ANYBODY)
  token(@Body() { person }: SandboxTokenRequest): Promise<object> {
    return this.cast.token(person);
  }

  /** Move the clock forward, and send the notices that become due before the response */
  @Put('clock')
  @Public('the sandbox lets anybody move its clock, and only forward')
  async moveClock(@Body() { now: moment }: SandboxClockRequest): Promise<{ now: Date }> {
    if (!this.clock.moveTo(moment)) throw conflict('not-backwards', 'Time does not go back: name a later moment.');
    const now = this.clock.now();
    await this.deadlineJob.run(now);
    return { now };
  }
}
