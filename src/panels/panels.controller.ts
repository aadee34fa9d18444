import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import {
  MembershipEnd,
  MembershipEnding,
  MembershipRequest,
  PanelChange,
  PanelRulesRequest,
} from './panel.requests.js';
import { MembershipView, PanelRulesView, PanelView } from './panel.views.js';
import { PanelsService } from './panels.service.js';

@Controller('v1/panels')
export class PanelsController {
  constructor(private readonly panels: PanelsService) {}

  /** Panels of your partnerships */
  @Get()
  @Can('read', Panel)
  @Answers.page(PanelView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.panels.list(actor, query);
  }

  /** One panel */
  @Get(':id')
  @Can('read', Panel)
  @Answers.one(PanelView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.panels.get(actor, id);
  }

  /** Change what a panel is called, or whether it meets or sits in writing (chair, coordinator) */
  @Patch(':id')
  @Can('convene', Panel)
  @Answers.changed(PanelView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: PanelChange): Promise<Presented> {
    return this.panels.change(actor, id, body);
  }

  /** Who sits on the panel */
  @Get(':id/memberships')
  @Can('read', Membership)
  @Answers.page(MembershipView)
  memberships(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.panels.memberships(actor, id, query);
  }

  /**
   * Appoint somebody else: a member, legal adviser or analyst (chair, coordinator); a chair, co-chair or coordinator (chair of
   * the panel, chair of the steering group). With `replacesId` the new seat takes the place of another of the same person
   */
  @Post(':id/memberships')
  @Can('appoint', Panel)
  @Answers.made(MembershipView)
  appoint(@By() actor: Actor, @Id() id: string, @Body() body: MembershipRequest): Promise<Presented> {
    return this.panels.appoint(actor, id, body);
  }

  /**
   * End a membership, or end it earlier: of a member, legal adviser or analyst (chair, coordinator), of a chair, co-chair or
   * coordinator (chair of the panel, chair of the steering group), your own
   */
  @Patch(':id/memberships/:membershipId')
  @Can('end', Membership)
  @Answers.changed(MembershipView)
  end(
    @By() actor: Actor,
    @Id() id: string,
    @Id('membershipId') membershipId: string,
    @Body() body: MembershipEnd,
  ): Promise<Presented> {
    return this.panels.end(actor, id, membershipId, body);
  }

  /** End a membership at once, or cancel one that has not begun (whoever may end it) */
  @Post(':id/memberships/:membershipId/ending')
  @Can('end', Membership)
  @Answers.changed(MembershipView)
  endNow(
    @By() actor: Actor,
    @Id() id: string,
    @Id('membershipId') membershipId: string,
    @Body() body: MembershipEnding,
  ): Promise<Presented> {
    return this.panels.endNow(actor, id, membershipId, body);
  }

  /** The panel's rules, newest edition first */
  @Get(':id/rules')
  @Can('read', PanelRules)
  @Answers.page(PanelRulesView)
  rules(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.panels.rules(actor, id, query);
  }

  /**
   * Set a new edition of the panel's rules (chair). It replaces an earlier edition for the same day; an edition for a
   * later day still comes into force on that day, unless another edition is set for it
   */
  @Post(':id/rules')
  @Can('rule', Panel)
  @Answers.made(PanelRulesView)
  rule(@By() actor: Actor, @Id() id: string, @Body() body: PanelRulesRequest): Promise<Presented> {
    return this.panels.rule(actor, id, body);
  }
}
