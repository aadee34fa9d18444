import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { BodyLimit, LONG_BODY_BYTES } from '../../records/body-limit.js';
import { Expensive } from '../../records/expensive.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import { DOCX, PDF } from '../../records/paper.js';
import type { Presented } from '../../records/presented.js';
import { DocumentQuery } from '../documents/document.requests.js';
import { Listing, Meeting } from '../meeting.entity.js';
import { MinutesDocumentService } from './minutes-document.service.js';
import { MinutesDocumentView } from './minutes-document.views.js';
import { Minute, MinutePoint } from './minutes.entity.js';
import { MinuteConfirmation, MinuteRequest } from './minutes.requests.js';
import { MinutesService } from './minutes.service.js';
import { MinutePointView, MinuteView } from './minutes.views.js';

@Controller('v1/meetings')
export class MinutesController {
  constructor(
    private readonly minutes: MinutesService,
    private readonly documents: MinutesDocumentService,
  ) {}

  /** Minutes, item by item, as far as you may see them */
  @Get(':id/minutes')
  @Can('read', Minute)
  @Answers.page(MinuteView)
  all(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.minutes.all(actor, id, query);
  }

  /** The minutes of the meeting as a document, made for you now: `?format=json`, `pdf` or `docx` */
  @Get(':id/minutes/document')
  @Expensive({ concurrent: 2, queue: 16, offDatabase: true })
  @Can('read', Meeting)
  @Answers.forms(MinutesDocumentView, PDF, DOCX)
  document(@By() actor: Actor, @Id() id: string, @Query() query: DocumentQuery): Promise<Presented> {
    return this.documents.of(actor, id, query);
  }

  /** The minutes of one item, as far as you may see them */
  @Get(':id/minutes/:minuteId')
  @Can('read', Minute)
  @Answers.one(MinuteView)
  one(@By() actor: Actor, @Id() id: string, @Id('minuteId') minuteId: string): Promise<Presented> {
    return this.minutes.one(actor, id, minuteId);
  }

  /** What agencies told in an item, as far as you may see it */
  @Get(':id/minutes/:minuteId/points')
  @Can('read', MinutePoint)
  @Answers.page(MinutePointView)
  points(
    @By() actor: Actor,
    @Id() id: string,
    @Id('minuteId') minuteId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.minutes.points(actor, id, minuteId, query);
  }

  /** Write the minutes of an item (chair, coordinator) */
  @Post(':id/minutes')
  @BodyLimit(LONG_BODY_BYTES)
  @Can('minute', Listing)
  @Answers.made(MinuteView)
  write(@By() actor: Actor, @Id() id: string, @Body() body: MinuteRequest): Promise<Presented> {
    return this.minutes.write(actor, id, body);
  }

  /** Approve the minutes of an item (chair) */
  @Post(':id/minutes/:minuteId/approval')
  @Can('approve', Minute)
  @Answers.changed(MinuteView)
  approve(@By() actor: Actor, @Id() id: string, @Id('minuteId') minuteId: string): Promise<Presented> {
    return this.minutes.approve(actor, id, minuteId);
  }

  /** Confirm the minutes of an item at a later meeting (chair) */
  @Post(':id/minutes/:minuteId/confirmation')
  @Can('confirm', Minute)
  @Answers.changed(MinuteView)
  confirm(
    @By() actor: Actor,
    @Id() id: string,
    @Id('minuteId') minuteId: string,
    @Body() body: MinuteConfirmation,
  ): Promise<Presented> {
    return this.minutes.confirm(actor, id, minuteId, body);
  }
}
