import { Module } from '@nestjs/common';
import './referrals.policy.js';
import { ReferralsController } from './referrals.controller.js';
import { ReferralsService } from './referrals.service.js';

@Module({ controllers: [ReferralsController], providers: [ReferralsService] })
export class ReferralsModule {}
