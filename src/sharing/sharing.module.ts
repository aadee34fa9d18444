import { Module } from '@nestjs/common';
import './sharing.policy.js';
import { SharingController } from './sharing.controller.js';
import { SharingService } from './sharing.service.js';

@Module({ controllers: [SharingController], providers: [SharingService] })
export class SharingModule {}
