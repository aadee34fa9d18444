import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { BodyLimit, LONG_BODY_BYTES } from '../records/body-limit.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Referral, ReferralDecision, ReferralPerson, ReferralScreening } from './referral.entity.js';
import {
  ReferralAcceptance,
  ReferralChange,
  ReferralCopyRequest,
  ReferralPersonRequest,
  ReferralQuery,
  ReferralRedirection,
  ReferralRefusal,
  ReferralRequest,
  ReferralReturn,
  ReferralWithdrawal,
} from './referral.requests.js';
import {
  ReferralDecisionView,
  ReferralItemView,
  ReferralPersonView,
  ReferralScreeningView,
  ReferralStatusView,
  ReferralView,
} from './referral.views.js';
import { ReferralsService } from './referrals.service.js';

@Controller('v1/referrals')
export class ReferralsController {
  constructor(private readonly referrals: ReferralsService) {}

  /** Referrals that you may see, last changed first */
  @Get()
  @Can('read', Referral)
  @Answers.page(ReferralItemView)
  list(@By() actor: Actor, @Query() query: ReferralQuery): Promise<Presented> {
    return this.referrals.list(actor, query);
  }

  /** Refer a matter to a panel: a draft, or with `submit` at once */
  @Post()
  @BodyLimit(LONG_BODY_BYTES)
  @Can('refer', Panel)
  @Answers.made(ReferralView)
  begin(@By() actor: Actor, @Body() body: ReferralRequest): Promise<Presented> {
    return this.referrals.begin(actor, body);
  }

  /** One referral */
  @Get(':id')
  @Can('read', Referral)
  @Answers.one(ReferralView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.referrals.get(actor, id);
  }

  /** Change a referral of your agency before it is submitted, or after it was returned */
  @Patch(':id')
  @BodyLimit(LONG_BODY_BYTES)
  @Can('change', Referral)
  @Answers.changed(ReferralView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: ReferralChange): Promise<Presented> {
    return this.referrals.change(actor, id, body);
  }

  /** Where a referral stands, for systems that follow it */
  @Get(':id/status')
  @Can('track', Referral)
  @Answers.one(ReferralStatusView)
  status(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.referrals.status(actor, id);
  }

  /** People named in a referral, with their roles in it */
  @Get(':id/people')
  @Can('read', ReferralPerson)
  @Answers.page(ReferralPersonView)
  people(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.referrals.people(actor, id, query);
  }

  /** Name a person in a referral of your agency */
  @Post(':id/people')
  @Can('name-person', Referral)
  @Answers.made(ReferralPersonView)
  namePerson(@By() actor: Actor, @Id() id: string, @Body() body: ReferralPersonRequest): Promise<Presented> {
    return this.referrals.namePerson(actor, id, body);
  }

  /** What was decided on a referral, newest first */
  @Get(':id/decisions')
  @Can('read', ReferralDecision)
  @Answers.page(ReferralDecisionView)
  decisions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.referrals.decisions(actor, id, query);
  }

  /** Whether the panel heard the matter before (members of the panel) */
  @Get(':id/screening')
  @Can('read', ReferralScreening)
  @Answers.one(ReferralScreeningView)
  screening(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.referrals.screening(actor, id);
  }

  /** Submit a referral: from now on the panel sees it */
  @Post(':id/submission')
  @Can('submit', Referral)
  @Answers.changed(ReferralView)
  submit(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.referrals.submit(actor, id);
  }

  /** Accept a referral: opens a case (chair, coordinator) */
  @Post(':id/acceptance')
  @Can('accept', Referral)
  @Answers.changed(ReferralView)
  accept(@By() actor: Actor, @Id() id: string, @Body() body: ReferralAcceptance): Promise<Presented> {
    return this.referrals.accept(actor, id, body);
  }

  /** Return a referral to be completed (chair, coordinator) */
  @Post(':id/return')
  @Can('return', Referral)
  @Answers.changed(ReferralView)
  return(@By() actor: Actor, @Id() id: string, @Body() body: ReferralReturn): Promise<Presented> {
    return this.referrals.return(actor, id, body);
  }

  /** Refuse a referral (chair, coordinator) */
  @Post(':id/refusal')
  @Can('refuse', Referral)
  @Answers.changed(ReferralView)
  refuse(@By() actor: Actor, @Id() id: string, @Body() body: ReferralRefusal): Promise<Presented> {
    return this.referrals.refuse(actor, id, body);
  }

  /** Redirect a referral to whoever owns the matter (chair, coordinator) */
  @Post(':id/redirection')
  @Can('redirect', Referral)
  @Answers.changed(ReferralView)
  redirect(@By() actor: Actor, @Id() id: string, @Body() body: ReferralRedirection): Promise<Presented> {
    return this.referrals.redirect(actor, id, body);
  }

  /** Draft a referral to another panel from one of your agency that was redirected */
  @Post(':id/copies')
  @Can('refer-again', Referral)
  @Answers.made(ReferralView)
  copy(@By() actor: Actor, @Id() id: string, @Body() body: ReferralCopyRequest): Promise<Presented> {
    return this.referrals.copy(actor, id, body);
  }

  /** Withdraw a referral of your agency */
  @Post(':id/withdrawal')
  @Can('withdraw', Referral)
  @Answers.changed(ReferralView)
  withdraw(@By() actor: Actor, @Id() id: string, @Body() body: ReferralWithdrawal): Promise<Presented> {
    return this.referrals.withdraw(actor, id, body);
  }
}
