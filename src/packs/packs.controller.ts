import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer, ApiProblems } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { DOCX, PDF } from '../documents/paper.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { DocumentQuery } from './document.dto.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { PackView } from './pack.response.js';
import { PacksService } from './packs.service.js';

@Controller('v1/meetings')
export class PacksController {
  constructor(private readonly packs: PacksService) {}

  /** Get your papers for a meeting as you may see them now, with withheld fields: `?format=json`, `pdf` or `docx` */
  @Get(':id/pack')
  @Expensive({ concurrent: 2, queue: 16, offDatabase: true })
  @RequirePermission('read', Meeting)
  @ApiProblems(410)
  @ApiAnswer.forms(PackView, PDF, DOCX)
  get(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: DocumentQuery): Promise<AuthorizedResponse> {
    return this.packs.get(actor, id, query);
  }
}
