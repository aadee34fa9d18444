import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { PractitionerNameCorrection } from './agency.dto.js';
import { PractitionerNameView } from './agency.response.js';
import { NamesService } from './names.service.js';
import { PractitionerName } from './practitioner-name.entity.js';

@Controller('v1/agencies/:id/people/:personId/names')
export class NamesController {
  constructor(private readonly names: NamesService) {}

  /** List the present and former names of a member of staff, by which exclusions are matched */
  @Get()
  @RequirePermission('read', PractitionerName)
  @ApiAnswer.page(PractitionerNameView)
  list(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('personId') personId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.names.list(actor, id, personId, query);
  }

  /** Mark a former name as entered in error (a data protection officer) */
  @Post(':nameId/correction')
  @RequirePermission('correct', PractitionerName)
  @ApiAnswer.updated(PractitionerNameView)
  correct(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('personId') personId: string,
    @Id('nameId') nameId: string,
    @Body() body: PractitionerNameCorrection,
  ): Promise<AuthorizedResponse> {
    return this.names.correct(actor, id, personId, nameId, body.reason);
  }
}
