import { Body, Controller, Post } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { Id } from '../http/id.js';
import { MeetingOpeningReversal } from '../meetings/meeting.dto.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { MeetingView } from '../meetings/meeting.response.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { OpeningAndClosureService } from './opening-and-closure.service.js';

@Controller('v1/meetings')
export class OpeningAndClosureController {
  constructor(private readonly meetings: OpeningAndClosureService) {}

  /** Open a meeting (chair, coordinator) */
  @Post(':id/opening')
  @RequirePermission('open', Meeting)
  @ApiAnswer.updated(MeetingView)
  open(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.meetings.open(actor, id);
  }

  /** Reverse a mistaken opening and reset started items, if no attendance was confirmed and nothing decided (chair) */
  @Post(':id/opening-reversal')
  @RequirePermission('reverse-opening', Meeting)
  @ApiAnswer.updated(MeetingView)
  reverseOpening(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: MeetingOpeningReversal,
  ): Promise<AuthorizedResponse> {
    return this.meetings.reverseOpening(actor, id, body);
  }

  /** Close a meeting (chair) */
  @Post(':id/closure')
  @RequirePermission('close', Meeting)
  @ApiAnswer.updated(MeetingView)
  close(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.meetings.close(actor, id);
  }
}
