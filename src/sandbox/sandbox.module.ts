import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { SandboxCast } from './sandbox-cast.js';
import { SandboxController } from './sandbox.controller.js';

/** A synthetic borough with its people and their sign-in: absent unless SANDBOX=on, and refused in production. */
@Module({ imports: [JobsModule], controllers: [SandboxController], providers: [SandboxCast] })
export class SandboxModule {}
