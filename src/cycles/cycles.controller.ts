import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting, Feed } from './cycle.entity.js';
import {
  CycleRequest,
  CycleTemplateChange,
  CycleTemplateRequest,
  FeedQuery,
  PriorityRequest,
} from './cycle.requests.js';
import { ChairAtTtcgView, CycleMeetingView, CycleTemplateView, CycleView, FeedView } from './cycle.views.js';
import { CyclesService } from './cycles.service.js';
import { FeedsService } from './feeds.service.js';
import { CycleTemplatesService } from './templates.service.js';

@Controller('v1')
export class CyclesController {
  constructor(
    private readonly templates: CycleTemplatesService,
    private readonly cycles: CyclesService,
    private readonly feeds: FeedsService,
  ) {}

  /** By which cycles follow each other in your partnerships */
  @Get('cycle-templates')
  @Can('read', CycleTemplate)
  @Answers.page(CycleTemplateView)
  allTemplates(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.templates.list(actor, query);
  }

  /** Set up a template (chair or coordinator of each panel that meets in it) */
  @Post('cycle-templates')
  @Can('plan-cycles', Panel)
  @Answers.made(CycleTemplateView)
  setUp(@By() actor: Actor, @Body() body: CycleTemplateRequest): Promise<Presented> {
    return this.templates.setUp(actor, body);
  }

  /** One template */
  @Get('cycle-templates/:id')
  @Can('read', CycleTemplate)
  @Answers.one(CycleTemplateView)
  template(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.templates.get(actor, id);
  }

  /** Change a template: cycles of which no meeting was held move with it (chair, coordinator) */
  @Patch('cycle-templates/:id')
  @Can('plan-cycles', Panel)
  @Answers.changed(CycleTemplateView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: CycleTemplateChange): Promise<Presented> {
    return this.templates.change(actor, id, body);
  }

  /** Cycles of your partnerships */
  @Get('cycles')
  @Can('read', Cycle)
  @Answers.page(CycleView)
  all(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.cycles.list(actor, query);
  }

  /** Make the next cycle of a template, with its meetings (chair, coordinator) */
  @Post('cycles')
  @Can('plan-cycles', Panel)
  @Answers.made(CycleView)
  generate(@By() actor: Actor, @Body() body: CycleRequest): Promise<Presented> {
    return this.cycles.generate(actor, body);
  }

  /** One cycle */
  @Get('cycles/:id')
  @Can('read', Cycle)
  @Answers.one(CycleView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cycles.get(actor, id);
  }

  /** Its meetings, stage by stage */
  @Get('cycles/:id/meetings')
  @Can('read', CycleMeeting)
  @Answers.page(CycleMeetingView)
  meetings(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.cycles.meetings(actor, id, query);
  }

  /** Whether the chairs of JAG and Tasking came to the TTCG, borough by borough (its core members, coordinators there) */
  @Get('meetings/:id/chairs')
  @Can('see-chairs', Meeting)
  @Answers.page(ChairAtTtcgView)
  chairs(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cycles.chairs(actor, id);
  }

  /** Close a cycle: nothing is on its way any more (chair, coordinator) */
  @Post('cycles/:id/closure')
  @Can('plan-cycles', Panel)
  @Answers.changed(CycleView)
  close(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.cycles.close(actor, id);
  }

  /** What the meetings of your panels handed on, and what was handed on to them */
  @Get('feeds')
  @Can('read', Feed)
  @Answers.page(FeedView)
  allFeeds(@By() actor: Actor, @Query() query: FeedQuery): Promise<Presented> {
    return this.feeds.list(actor, query);
  }

  /** One matter that was handed on */
  @Get('feeds/:id')
  @Can('read', Feed)
  @Answers.one(FeedView)
  feed(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.feeds.get(actor, id);
  }

  /** Take it up (chair or coordinator of the panel to which it goes) */
  @Post('feeds/:id/acknowledgement')
  @Can('acknowledge', Feed)
  @Answers.changed(FeedView)
  acknowledge(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.feeds.acknowledge(actor, id);
  }

  /** Hand a priority on to the JAGs that follow the meeting (chair, coordinator) */
  @Post('meetings/:id/priorities')
  @Can('prioritise', Meeting)
  @Answers.made(FeedView)
  prioritise(@By() actor: Actor, @Id() id: string, @Body() body: PriorityRequest): Promise<Presented> {
    return this.feeds.prioritise(actor, id, body);
  }
}
