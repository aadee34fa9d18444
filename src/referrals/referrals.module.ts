import { Module } from '@nestjs/common';
import './referrals.policy.js';
import { ReferralPeopleController } from './referral-people.controller.js';
import { ReferralPeopleService } from './referral-people.service.js';
import { ReferralsController } from './referrals.controller.js';
import { ReferralsService } from './referrals.service.js';

@Module({
  controllers: [ReferralsController, ReferralPeopleController],
  providers: [ReferralsService, ReferralPeopleService],
})
export class ReferralsModule {}
