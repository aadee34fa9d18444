import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Open } from '../policy/guard.js';
import { SandboxCast, type SandboxPerson } from './sandbox-cast.js';

export class SandboxTokenRequest {
  /** The `id` of one of `/sandbox/people`. */
  @IsString()
  @Length(1, 100)
  person: string;
}

const ANYBODY = 'the sandbox lets anybody sign in as any of its synthetic people';

@ApiExcludeController()
@Controller('sandbox')
export class SandboxController {
  constructor(private readonly cast: SandboxCast) {}

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
}
