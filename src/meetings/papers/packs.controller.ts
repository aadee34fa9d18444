import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Expensive } from '../../records/expensive.js';
import { Id } from '../../records/id.js';
import { DOCX, PDF } from '../../records/paper.js';
import type { Presented } from '../../records/presented.js';
import { DocumentQuery } from '../documents/document.requests.js';
import { Meeting } from '../meeting.entity.js';
import { PackView } from './pack.views.js';
import { PacksService } from './packs.service.js';

@Controller('v1/meetings')
export class PacksController {
  constructor(private readonly packs: PacksService) {}

  /** Your papers for the meeting, as you may read now, with what they keep back and why: `?format=json`, `pdf` or `docx` */
  @Get(':id/pack')
  @Expensive({ concurrent: 2, queue: 16, offDatabase: true })
  @Can('read', Meeting)
  @Answers.forms(PackView, PDF, DOCX)
  get(@By() actor: Actor, @Id() id: string, @Query() query: DocumentQuery): Promise<Presented> {
    return this.packs.get(actor, id, query);
  }
}
