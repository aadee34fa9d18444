import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { RemovalReversal } from '../cases/case.dto.js';
import { ReferralPeopleService } from './referral-people.service.js';
import { ReferralPersonCorrection } from './referral-person-correction.entity.js';
import { ReferralPerson } from './referral.entity.js';
import { ReferralPersonChange, ReferralPersonEnding } from './referral.dto.js';
import { ReferralPersonCorrectionView, ReferralPersonView } from './referral.response.js';

@Controller('v1/referrals/:id')
export class ReferralPeopleController {
  constructor(private readonly people: ReferralPeopleService) {}

  /** Get a person's role in a referral */
  @Get('people/:roleId')
  @RequirePermission('read', ReferralPerson)
  @ApiAnswer.one(ReferralPersonView)
  get(@CurrentActor() actor: Actor, @Id() id: string, @Id('roleId') roleId: string): Promise<AuthorizedResponse> {
    return this.people.get(actor, id, roleId);
  }

  /** Correct a person's role in a referral (author; chair or coordinator after submission) */
  @Patch('people/:roleId')
  @RequirePermission('change', ReferralPerson)
  @ApiAnswer.updated(ReferralPersonView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: ReferralPersonChange,
  ): Promise<AuthorizedResponse> {
    return this.people.change(actor, id, roleId, body);
  }

  /** Remove a person named in a referral in error (author; chair or coordinator after submission) */
  @Post('people/:roleId/ending')
  @RequirePermission('take-out', ReferralPerson)
  @ApiAnswer.created(ReferralPersonCorrectionView)
  end(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: ReferralPersonEnding,
  ): Promise<AuthorizedResponse> {
    return this.people.end(actor, id, roleId, body);
  }

  /** Put back a person whom you removed as named in error by mistake (chair, coordinator; within 28 days) */
  @Post('people-corrections/:correctionId/reversal')
  @RequirePermission('put-back', ReferralPersonCorrection)
  @ApiAnswer.created(ReferralPersonView)
  putBack(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('correctionId') correctionId: string,
    @Body() body: RemovalReversal,
  ): Promise<AuthorizedResponse> {
    return this.people.putBack(actor, id, correctionId, body);
  }

  /** List the corrections of roles in a referral, with the previous values (author; chair, coordinator) */
  @Get('people-corrections')
  @RequirePermission('read', ReferralPersonCorrection)
  @ApiAnswer.page(ReferralPersonCorrectionView)
  corrections(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.people.corrections(actor, id, query);
  }
}
