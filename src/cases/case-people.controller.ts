import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { CasePeopleService } from './case-people.service.js';
import { CasePersonCorrection } from './case-person-correction.entity.js';
import { CasePerson } from './case.entity.js';
import { CasePersonChange, CasePersonEnding } from './case.requests.js';
import { CasePersonCorrectionView, CasePersonView } from './case.views.js';

@Controller('v1/cases/:id')
export class CasePeopleController {
  constructor(private readonly people: CasePeopleService) {}

  /** A person's role in a case */
  @Get('people/:roleId')
  @Can('read', CasePerson)
  @Answers.one(CasePersonView)
  get(@By() actor: Actor, @Id() id: string, @Id('roleId') roleId: string): Promise<Presented> {
    return this.people.get(actor, id, roleId);
  }

  /** Correct a person's role in a case (chair, coordinator, the agency that named the person) */
  @Patch('people/:roleId')
  @Can('change', CasePerson)
  @Answers.changed(CasePersonView)
  change(
    @By() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: CasePersonChange,
  ): Promise<Presented> {
    return this.people.change(actor, id, roleId, body);
  }

  /**
   * End a person's role in a case (chair, coordinator, the agency that named the person), or take out a person named in error
   * (chair, coordinator)
   */
  @Post('people/:roleId/ending')
  @Can('change', CasePerson)
  @Answers.made(CasePersonCorrectionView)
  end(
    @By() actor: Actor,
    @Id() id: string,
    @Id('roleId') roleId: string,
    @Body() body: CasePersonEnding,
  ): Promise<Presented> {
    return this.people.end(actor, id, roleId, body);
  }

  /** Corrections of roles in a case, with the values before (chair, coordinator, the agency that named the person) */
  @Get('people-corrections')
  @Can('read', CasePersonCorrection)
  @Answers.page(CasePersonCorrectionView)
  corrections(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.people.corrections(actor, id, query);
  }
}
