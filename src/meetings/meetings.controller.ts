import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import type { Presented } from '../records/presented.js';
import { Meeting } from './meeting.entity.js';
import {
  MeetingCancellation,
  MeetingJustification,
  MeetingOpeningReversal,
  MeetingPostponement,
  MeetingQuery,
  MeetingRequest,
} from './meeting.requests.js';
import { MeetingView } from './meeting.views.js';
import { MeetingsService } from './meetings.service.js';

@Controller('v1/meetings')
export class MeetingsController {
  constructor(private readonly meetings: MeetingsService) {}

  /** Meetings of your panels, and those to which you are invited; latest first */
  @Get()
  @Can('read', Meeting)
  @Answers.page(MeetingView)
  list(@By() actor: Actor, @Query() query: MeetingQuery): Promise<Presented> {
    return this.meetings.list(actor, query);
  }

  /** Convene a meeting (chair, coordinator) */
  @Post()
  @Can('convene', Panel)
  @Answers.made(MeetingView)
  convene(@By() actor: Actor, @Body() body: MeetingRequest): Promise<Presented> {
    return this.meetings.convene(actor, body);
  }

  /** One meeting */
  @Get(':id')
  @Can('read', Meeting)
  @Answers.one(MeetingView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.meetings.get(actor, id);
  }

  /** Say why an emergency meeting cannot wait (chair) */
  @Post(':id/justification')
  @Can('justify', Meeting)
  @Answers.changed(MeetingView)
  justify(@By() actor: Actor, @Id() id: string, @Body() body: MeetingJustification): Promise<Presented> {
    return this.meetings.justify(actor, id, body);
  }

  /** Begin a meeting (chair, coordinator) */
  @Post(':id/opening')
  @Can('open', Meeting)
  @Answers.changed(MeetingView)
  open(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.meetings.open(actor, id);
  }

  /**
   * Take back an opening by mistake, while nobody’s attendance was confirmed and nothing was decided (chair). Items that were
   * begun are set back
   */
  @Post(':id/opening-reversal')
  @Can('reverse-opening', Meeting)
  @Answers.changed(MeetingView)
  reverseOpening(@By() actor: Actor, @Id() id: string, @Body() body: MeetingOpeningReversal): Promise<Presented> {
    return this.meetings.reverseOpening(actor, id, body);
  }

  /** Put a meeting off to another time (chair, coordinator) */
  @Post(':id/postponement')
  @Can('schedule', Meeting)
  @Answers.changed(MeetingView)
  postpone(@By() actor: Actor, @Id() id: string, @Body() body: MeetingPostponement): Promise<Presented> {
    return this.meetings.postpone(actor, id, body);
  }

  /** Cancel a meeting (chair, coordinator) */
  @Post(':id/cancellation')
  @Can('schedule', Meeting)
  @Answers.changed(MeetingView)
  cancel(@By() actor: Actor, @Id() id: string, @Body() body: MeetingCancellation): Promise<Presented> {
    return this.meetings.cancel(actor, id, body);
  }

  /** End a meeting (chair) */
  @Post(':id/closure')
  @Can('close', Meeting)
  @Answers.changed(MeetingView)
  close(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.meetings.close(actor, id);
  }
}
