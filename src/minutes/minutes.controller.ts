import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer, ApiProblems, OptionalIfMatch } from '../openapi/api-answer.js';
import { BodyLimit, LONG_BODY_BYTES } from '../http/body-limit.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import { DOCX, PDF } from '../documents/paper.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { DocumentQuery } from '../packs/document.dto.js';
import { Listing, Meeting } from '../meetings/meeting.entity.js';
import { MinutesDocumentService } from './minutes-document.service.js';
import { MinutesDocumentView } from './minutes-document.response.js';
import { Minute, MinutePoint } from './minutes.entity.js';
import { MinuteConfirmation, MinuteRequest } from './minutes.dto.js';
import { CapturedActionRequest } from '../meetings/meeting.dto.js';
import { ActionView } from '../plans/action.response.js';
import { MinutesService } from './minutes.service.js';
import { MinutePointView, MinuteView } from './minutes.response.js';

@Controller('v1/meetings')
export class MinutesController {
  constructor(
    private readonly minutes: MinutesService,
    private readonly documents: MinutesDocumentService,
  ) {}

  /** List the minutes of a meeting by item, as far as you may see them */
  @Get(':id/minutes')
  @RequirePermission('read', Minute)
  @ApiAnswer.page(MinuteView)
  all(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.minutes.list(actor, id, query);
  }

  /** Get the minutes of a meeting as a document made for you: `?format=json`, `pdf` or `docx` */
  @Get(':id/minutes/document')
  @Expensive({ concurrent: 2, queue: 16, offDatabase: true })
  @RequirePermission('read', Meeting)
  @ApiAnswer.forms(MinutesDocumentView, PDF, DOCX)
  document(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: DocumentQuery): Promise<AuthorizedResponse> {
    return this.documents.get(actor, id, query);
  }

  /** Get the minutes of one item, as far as you may see them */
  @Get(':id/minutes/:minuteId')
  @RequirePermission('read', Minute)
  @ApiAnswer.one(MinuteView)
  one(@CurrentActor() actor: Actor, @Id() id: string, @Id('minuteId') minuteId: string): Promise<AuthorizedResponse> {
    return this.minutes.get(actor, id, minuteId);
  }

  /** List the information that agencies shared in an item, as far as you may see it */
  @Get(':id/minutes/:minuteId/points')
  @RequirePermission('read', MinutePoint)
  @ApiAnswer.page(MinutePointView)
  points(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('minuteId') minuteId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.minutes.points(actor, id, minuteId, query);
  }

  /** Write the minutes of an item (chair, coordinator), or replace their draft: If-Match with its ETag is needed then */
  @Post(':id/minutes')
  @BodyLimit(LONG_BODY_BYTES)
  @RequirePermission('minute', Listing)
  @OptionalIfMatch
  @ApiProblems(412, 428)
  @ApiAnswer.created(MinuteView)
  write(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: MinuteRequest): Promise<AuthorizedResponse> {
    return this.minutes.write(actor, id, body);
  }

  /** Approve the minutes of an item (chair) */
  @Post(':id/minutes/:minuteId/approval')
  @RequirePermission('approve', Minute)
  @ApiAnswer.updated(MinuteView)
  approve(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('minuteId') minuteId: string,
  ): Promise<AuthorizedResponse> {
    return this.minutes.approve(actor, id, minuteId);
  }

  /** Confirm the minutes of an item at a later meeting (chair) */
  @Post(':id/minutes/:minuteId/confirmation')
  @RequirePermission('confirm', Minute)
  @ApiAnswer.updated(MinuteView)
  confirm(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('minuteId') minuteId: string,
    @Body() body: MinuteConfirmation,
  ): Promise<AuthorizedResponse> {
    return this.minutes.confirm(actor, id, minuteId, body);
  }

  /** Record an action that an agency offers in the item (chair, coordinator) */
  @Post(':id/listings/:listingId/actions')
  @RequirePermission('minute', Listing)
  @ApiAnswer.created(ActionView)
  capture(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: CapturedActionRequest,
  ): Promise<AuthorizedResponse> {
    return this.minutes.capture(actor, id, listingId, body);
  }
}
