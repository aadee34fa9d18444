import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting, Feed } from './cycle.entity.js';
import { CycleRequest, CycleTemplateChange, CycleTemplateRequest, FeedQuery, PriorityRequest } from './cycle.dto.js';
import { ChairAtTtcgView, CycleMeetingView, CycleTemplateView, CycleView, FeedView } from './cycle.response.js';
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

  /** List the cycle templates of your partnerships */
  @Get('cycle-templates')
  @RequirePermission('read', CycleTemplate)
  @ApiAnswer.page(CycleTemplateView)
  allTemplates(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.templates.list(actor, query);
  }

  /** Create a template (chair or coordinator of each panel that meets in it) */
  @Post('cycle-templates')
  @RequirePermission('plan-cycles', Panel)
  @ApiAnswer.created(CycleTemplateView)
  setUp(@CurrentActor() actor: Actor, @Body() body: CycleTemplateRequest): Promise<AuthorizedResponse> {
    return this.templates.setUp(actor, body);
  }

  /** Get a template */
  @Get('cycle-templates/:id')
  @RequirePermission('read', CycleTemplate)
  @ApiAnswer.one(CycleTemplateView)
  template(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.templates.get(actor, id);
  }

  /** Change a template; cycles without a held meeting move with it (chair, coordinator) */
  @Patch('cycle-templates/:id')
  @RequirePermission('plan-cycles', Panel)
  @ApiAnswer.updated(CycleTemplateView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: CycleTemplateChange,
  ): Promise<AuthorizedResponse> {
    return this.templates.change(actor, id, body);
  }

  /** List the cycles of your partnerships */
  @Get('cycles')
  @RequirePermission('read', Cycle)
  @ApiAnswer.page(CycleView)
  all(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.cycles.list(actor, query);
  }

  /** Create the next cycle of a template, with its meetings (chair, coordinator) */
  @Post('cycles')
  @RequirePermission('plan-cycles', Panel)
  @ApiAnswer.created(CycleView)
  generate(@CurrentActor() actor: Actor, @Body() body: CycleRequest): Promise<AuthorizedResponse> {
    return this.cycles.generate(actor, body);
  }

  /** Get a cycle */
  @Get('cycles/:id')
  @RequirePermission('read', Cycle)
  @ApiAnswer.one(CycleView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cycles.get(actor, id);
  }

  /** List the meetings of a cycle, by stage */
  @Get('cycles/:id/meetings')
  @RequirePermission('read', CycleMeeting)
  @ApiAnswer.page(CycleMeetingView)
  meetings(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.cycles.meetings(actor, id, query);
  }

  /**
   * List the attendance of JAG and Tasking chairs at a TTCG meeting, by borough (its core members, coordinators there)
   */
  @Get('meetings/:id/chairs')
  @RequirePermission('see-chairs', Meeting)
  @ApiAnswer.page(ChairAtTtcgView)
  chairs(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cycles.chairs(actor, id);
  }

  /** Close a cycle whose feeds were all acknowledged (chair, coordinator) */
  @Post('cycles/:id/closure')
  @RequirePermission('plan-cycles', Panel)
  @ApiAnswer.updated(CycleView)
  close(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.cycles.close(actor, id);
  }

  /** List the feeds from and to your panels */
  @Get('feeds')
  @RequirePermission('read', Feed)
  @ApiAnswer.page(FeedView)
  allFeeds(@CurrentActor() actor: Actor, @Query() query: FeedQuery): Promise<AuthorizedResponse> {
    return this.feeds.list(actor, query);
  }

  /** Get a feed */
  @Get('feeds/:id')
  @RequirePermission('read', Feed)
  @ApiAnswer.one(FeedView)
  feed(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.feeds.get(actor, id);
  }

  /** Acknowledge a feed (chair or coordinator of the panel that receives it) */
  @Post('feeds/:id/acknowledgement')
  @RequirePermission('acknowledge', Feed)
  @ApiAnswer.updated(FeedView)
  acknowledge(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.feeds.acknowledge(actor, id);
  }

  /** Hand a priority on to the JAGs that follow a meeting (chair, coordinator) */
  @Post('meetings/:id/priorities')
  @RequirePermission('prioritise', Meeting)
  @ApiAnswer.created(FeedView)
  prioritise(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: PriorityRequest,
  ): Promise<AuthorizedResponse> {
    return this.feeds.prioritise(actor, id, body);
  }
}
