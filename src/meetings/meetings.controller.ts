import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Meeting } from './meeting.entity.js';
import {
  MeetingCancellation,
  MeetingJustification,
  MeetingPostponement,
  MeetingQuery,
  MeetingRequest,
} from './meeting.dto.js';
import { MeetingView } from './meeting.response.js';
import { MeetingsService } from './meetings.service.js';

@Controller('v1/meetings')
export class MeetingsController {
  constructor(private readonly meetings: MeetingsService) {}

  /** List meetings of your panels and meetings you are invited to, latest first */
  @Get()
  @RequirePermission('read', Meeting)
  @ApiAnswer.page(MeetingView)
  list(@CurrentActor() actor: Actor, @Query() query: MeetingQuery): Promise<AuthorizedResponse> {
    return this.meetings.list(actor, query);
  }

  /** Convene a meeting (chair, coordinator) */
  @Post()
  @RequirePermission('convene', Panel)
  @ApiAnswer.created(MeetingView)
  convene(@CurrentActor() actor: Actor, @Body() body: MeetingRequest): Promise<AuthorizedResponse> {
    return this.meetings.convene(actor, body);
  }

  /** Get a meeting */
  @Get(':id')
  @RequirePermission('read', Meeting)
  @ApiAnswer.one(MeetingView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.meetings.get(actor, id);
  }

  /** Give the reason why an emergency meeting cannot wait (chair) */
  @Post(':id/justification')
  @RequirePermission('justify', Meeting)
  @ApiAnswer.updated(MeetingView)
  justify(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: MeetingJustification,
  ): Promise<AuthorizedResponse> {
    return this.meetings.justify(actor, id, body);
  }

  /** Postpone a meeting (chair, coordinator) */
  @Post(':id/postponement')
  @RequirePermission('schedule', Meeting)
  @ApiAnswer.updated(MeetingView)
  postpone(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: MeetingPostponement,
  ): Promise<AuthorizedResponse> {
    return this.meetings.postpone(actor, id, body);
  }

  /** Cancel a meeting (chair, coordinator) */
  @Post(':id/cancellation')
  @RequirePermission('schedule', Meeting)
  @ApiAnswer.updated(MeetingView)
  cancel(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: MeetingCancellation,
  ): Promise<AuthorizedResponse> {
    return this.meetings.cancel(actor, id, body);
  }
}
