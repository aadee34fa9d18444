import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { ReferralPeopleService } from './referral-people.service.js';
import { ReferralPersonCorrection } from './referral-person-correction.entity.js';
import { ReferralPerson } from './referral.entity.js';
import { ReferralPersonChange, ReferralPersonEnding } from './referral.requests.js';
import { ReferralPersonCorrectionView, ReferralPersonView } from './referral.views.js';

@Controller('v1/referrals/:id')
export class ReferralPeopleController {
  constructor(private readonly people: ReferralPeopleService) {}

  /** A person's role in a referral */
  @Get('people/:roleId')
  @Can('read', ReferralPerson)
  @Answers.one(ReferralPersonView)
  get(@By() actor: Actor, @Id() id: string, @Id('roleId') roleId: string): Promise<Presented> {
    return this.people.get(actor, id, roleId);
  }

  /** Correct a person's role in a referral (who made it; chair, coordinator once it was submitted) */
  @Patch('people/:roleId')
  @Can('change', ReferralPerson)
  @Answers.changed(ReferralPersonView)
  change(
    @By() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: ReferralPersonChange,
  ): Promise<Presented> {
    return this.people.change(actor, id, roleId, body);
  }

  /** Take out a person named in a referral in error (who made it; chair, coordinator once it was submitted) */
  @Post('people/:roleId/ending')
  @Can('take-out', ReferralPerson)
  @Answers.made(ReferralPersonCorrectionView)
  end(
    @By() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: ReferralPersonEnding,
  ): Promise<Presented> {
    return this.people.end(actor, id, roleId, body);
  }

  /** Corrections of roles in a referral, with the values before (who made it; chair, coordinator) */
  @Get('people-corrections')
  @Can('read', ReferralPersonCorrection)
  @Answers.page(ReferralPersonCorrectionView)
  corrections(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.people.corrections(actor, id, query);
  }
}
