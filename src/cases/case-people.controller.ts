import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { CasePeopleService } from './case-people.service.js';
import { CasePersonCorrection } from './case-person-correction.entity.js';
import { CasePerson } from './case.entity.js';
import { CasePersonChange, CasePersonEnding, RemovalReversal } from './case.dto.js';
import { CasePersonCorrectionView, CasePersonView } from './case.response.js';

@Controller('v1/cases/:id')
export class CasePeopleController {
  constructor(private readonly people: CasePeopleService) {}

  /** Get a person's role in a case */
  @Get('people/:roleId')
  @RequirePermission('read', CasePerson)
  @ApiAnswer.one(CasePersonView)
  get(@CurrentActor() actor: Actor, @Id() id: string, @Id('roleId') roleId: string): Promise<AuthorizedResponse> {
    return this.people.get(actor, id, roleId);
  }

  /** Correct a person's role in a case (chair, coordinator, the agency that named the person) */
  @Patch('people/:roleId')
  @RequirePermission('change', CasePerson)
  @ApiAnswer.updated(CasePersonView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: CasePersonChange,
  ): Promise<AuthorizedResponse> {
    return this.people.change(actor, id, roleId, body);
  }

  /**
   * End the role of a person in a case (chair, coordinator, agency that named the person); remove one named in error
   * (chair, coordinator)
   */
  @Post('people/:roleId/ending')
  @RequirePermission('change', CasePerson)
  @ApiAnswer.created(CasePersonCorrectionView)
  end(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: CasePersonEnding,
  ): Promise<AuthorizedResponse> {
    return this.people.end(actor, id, roleId, body);
  }

  /** Put back a person whom you removed as named in error by mistake (chair, coordinator; within 28 days) */
  @Post('people-corrections/:correctionId/reversal')
  @RequirePermission('put-back', CasePersonCorrection)
  @ApiAnswer.created(CasePersonView)
  putBack(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('correctionId') correctionId: string,
    @Body() body: RemovalReversal,
  ): Promise<AuthorizedResponse> {
    return this.people.putBack(actor, id, correctionId, body);
  }

  /**
   * List corrections of roles in a case, with the previous values (chair, coordinator, the agency that named the
   * person)
   */
  @Get('people-corrections')
  @RequirePermission('read', CasePersonCorrection)
  @ApiAnswer.page(CasePersonCorrectionView)
  corrections(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.people.corrections(actor, id, query);
  }
}
