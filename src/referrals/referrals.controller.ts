import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { BodyLimit, LONG_BODY_BYTES } from '../http/body-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
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
} from './referral.dto.js';
import {
  ReferralDecisionView,
  ReferralItemView,
  ReferralPersonView,
  ReferralScreeningView,
  ReferralStatusView,
  ReferralView,
} from './referral.response.js';
import { ReferralsService } from './referrals.service.js';
import { ReferralDecisionsService } from './referral-decisions.service.js';

@Controller('v1/referrals')
export class ReferralsController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly referralDecisions: ReferralDecisionsService,
  ) {}

  /** List the referrals that you may see, last changed first */
  @Get()
  @RequirePermission('read', Referral)
  @ApiAnswer.page(ReferralItemView)
  list(@CurrentActor() actor: Actor, @Query() query: ReferralQuery): Promise<AuthorizedResponse> {
    return this.referrals.list(actor, query);
  }

  /** Refer a matter to a panel: as a draft, or submitted at once with `submit` */
  @Post()
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('refer', Panel)
  @ApiAnswer.created(ReferralView)
  begin(@CurrentActor() actor: Actor, @Body() body: ReferralRequest): Promise<AuthorizedResponse> {
    return this.referrals.begin(actor, body);
  }

  /** Get a referral */
  @Get(':id')
  @RequirePermission('read', Referral)
  @ApiAnswer.one(ReferralView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.referrals.get(actor, id);
  }

  /** Change a referral of your agency before submission, or after it was returned */
  @Patch(':id')
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('change', Referral)
  @ApiAnswer.updated(ReferralView)
  change(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReferralChange): Promise<AuthorizedResponse> {
    return this.referrals.change(actor, id, body);
  }

  /** Get the status of a referral, for systems that follow it */
  @Get(':id/status')
  @RequirePermission('track', Referral)
  @ApiAnswer.one(ReferralStatusView)
  status(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.referrals.status(actor, id);
  }

  /** List the people named in a referral, with their roles in it */
  @Get(':id/people')
  @RequirePermission('read', ReferralPerson)
  @ApiAnswer.page(ReferralPersonView)
  people(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.referrals.people(actor, id, query);
  }

  /** Name a person in a referral of your agency */
  @Post(':id/people')
  @RequirePermission('name-person', Referral)
  @ApiAnswer.created(ReferralPersonView)
  namePerson(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ReferralPersonRequest,
  ): Promise<AuthorizedResponse> {
    return this.referrals.namePerson(actor, id, body);
  }

  /** List the decisions on a referral, newest first */
  @Get(':id/decisions')
  @RequirePermission('read', ReferralDecision)
  @ApiAnswer.page(ReferralDecisionView)
  decisions(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.referrals.decisions(actor, id, query);
  }

  /** Get the screening of a referral: whether the panel heard the matter before (members of the panel) */
  @Get(':id/screening')
  @RequirePermission('read', ReferralScreening)
  @ApiAnswer.one(ReferralScreeningView)
  screening(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.referrals.screening(actor, id);
  }

  /** Submit a referral, which makes it visible to the panel */
  @Post(':id/submission')
  @RequirePermission('submit', Referral)
  @ApiAnswer.updated(ReferralView)
  submit(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.referrals.submit(actor, id);
  }

  /** Accept a referral: opens a case (chair, coordinator) */
  @Post(':id/acceptance')
  @RequirePermission('accept', Referral)
  @ApiAnswer.updated(ReferralView)
  accept(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ReferralAcceptance,
  ): Promise<AuthorizedResponse> {
    return this.referralDecisions.accept(actor, id, body);
  }

  /** Return a referral for completion (chair, coordinator) */
  @Post(':id/return')
  @RequirePermission('return', Referral)
  @ApiAnswer.updated(ReferralView)
  return(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReferralReturn): Promise<AuthorizedResponse> {
    return this.referralDecisions.return(actor, id, body);
  }

  /** Refuse a referral (chair, coordinator) */
  @Post(':id/refusal')
  @RequirePermission('refuse', Referral)
  @ApiAnswer.updated(ReferralView)
  refuse(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReferralRefusal): Promise<AuthorizedResponse> {
    return this.referralDecisions.refuse(actor, id, body);
  }

  /** Redirect a referral to the panel or process that owns the matter (chair, coordinator) */
  @Post(':id/redirection')
  @RequirePermission('redirect', Referral)
  @ApiAnswer.updated(ReferralView)
  redirect(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ReferralRedirection,
  ): Promise<AuthorizedResponse> {
    return this.referralDecisions.redirect(actor, id, body);
  }

  /** Draft a referral to another panel from one of your agency that was redirected */
  @Post(':id/copies')
  @RequirePermission('refer-again', Referral)
  @ApiAnswer.created(ReferralView)
  copy(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ReferralCopyRequest): Promise<AuthorizedResponse> {
    return this.referrals.copy(actor, id, body);
  }

  /** Withdraw a referral of your agency */
  @Post(':id/withdrawal')
  @RequirePermission('withdraw', Referral)
  @ApiAnswer.updated(ReferralView)
  withdraw(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ReferralWithdrawal,
  ): Promise<AuthorizedResponse> {
    return this.referralDecisions.withdraw(actor, id, body);
  }
}
