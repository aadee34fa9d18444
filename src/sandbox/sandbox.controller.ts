import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Sweep } from '../jobs/sweep.js';
import { Open } from '../policy/guard.js';
import { conflict } from '../policy/problems.js';
import { Clock } from '../records/clock.js';
import { Instant } from '../records/instant.js';
import { SandboxCast, type SandboxPerson } from './sandbox-cast.js';

export class SandboxTokenRequest {
  /** The `id` of one of `/sandbox/people`. */
  @IsString()
  @Length(1, 100)
  person: string;
}

export class SandboxClockRequest {
  /** From when on time goes on. */
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
    private readonly sweep: Sweep,
  ) {}

  /** The synthetic people and systems that can sign in */
  @Get('people')
  @Open(ANYBODY)
  async people(): Promise<{ data: SandboxPerson[]; next: null }> {
    return { data: await this.cast.people(), next: null };
  }

  /** A token of the sandbox's issuer */
  @Post('tokens')
  @HttpCode(200)
  @Open(ANYBODY)
  token(@Body() { person }: SandboxTokenRequest): Promise<object> {
    return this.cast.token(person);
  }

  /** Let time go on from a later moment, to play what takes months; what comes due by it is told before the answer */
  @Put('clock')
  @Open('the sandbox lets anybody move its clock, and only forward')
  async moveClock(@Body() { now: moment }: SandboxClockRequest): Promise<{ now: Date }> {
    if (!this.clock.moveTo(moment)) throw conflict('not-backwards', 'Time does not go back: name a later moment.');
    const now = this.clock.now();
    await this.sweep.run(now);
    return { now };
  }
}
