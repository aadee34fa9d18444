import { Module, type OnModuleInit } from '@nestjs/common';
import { registerPeopleDependent } from '../cases/people-of-case.js';
import { ReferralPeopleController } from './referral-people.controller.js';
import { ReferralPeopleService } from './referral-people.service.js';
import { ReferralsController } from './referrals.controller.js';
import { ReferralsService } from './referrals.service.js';
import { repeatsOfCase } from './screening.js';
import { ReferralDecisionsService } from './referral-decisions.service.js';

@Module({
  controllers: [ReferralsController, ReferralPeopleController],
  providers: [ReferralsService, ReferralDecisionsService, ReferralPeopleService],
})
export class ReferralsModule implements OnModuleInit {
  onModuleInit(): void {
    registerPeopleDependent(repeatsOfCase);
  }
}
