import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { SandboxCast } from './sandbox-cast.js';
import { SandboxController } from './sandbox.controller.js';

/** Synthetic BCU with its people and their sign-in. Only `sandbox/main.ts` loads this module. */
@Module({ imports: [JobsModule], controllers: [SandboxController], providers: [SandboxCast] })
export class SandboxModule {}
