import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import { MembershipEnd, MembershipEnding, MembershipRequest, PanelChange, PanelRulesRequest } from './panel.dto.js';
import { MembershipView, PanelRulesView, PanelView } from './panel.response.js';
import { PanelsService } from './panels.service.js';

@Controller('v1/panels')
export class PanelsController {
  constructor(private readonly panels: PanelsService) {}

  /** List the panels of your partnerships */
  @Get()
  @RequirePermission('read', Panel)
  @ApiAnswer.page(PanelView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.panels.list(actor, query);
  }

  /** Get a panel */
  @Get(':id')
  @RequirePermission('read', Panel)
  @ApiAnswer.one(PanelView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.panels.get(actor, id);
  }

  /** Change the name of a panel, or whether it meets or decides in writing (chair, coordinator) */
  @Patch(':id')
  @RequirePermission('convene', Panel)
  @ApiAnswer.updated(PanelView)
  change(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PanelChange): Promise<AuthorizedResponse> {
    return this.panels.change(actor, id, body);
  }

  /** List the members of a panel */
  @Get(':id/memberships')
  @RequirePermission('read', Membership)
  @ApiAnswer.page(MembershipView)
  memberships(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.panels.memberships(actor, id, query);
  }

  /**
   * Appoint another person: a member, legal adviser or analyst (chair, coordinator); a chair, co-chair or coordinator
   * (chair of the panel, chair of the steering group). With `replacesId` the new seat replaces another seat of the same
   * person
   */
  @Post(':id/memberships')
  @RequirePermission('appoint', Panel)
  @ApiAnswer.created(MembershipView)
  appoint(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: MembershipRequest,
  ): Promise<AuthorizedResponse> {
    return this.panels.appoint(actor, id, body);
  }

  /**
   * End a membership, or end it earlier: of a member, legal adviser or analyst (chair, coordinator), of a chair,
   * co-chair or coordinator (chair of the panel, chair of the steering group), your own
   */
  @Patch(':id/memberships/:membershipId')
  @RequirePermission('end', Membership)
  @ApiAnswer.updated(MembershipView)
  end(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('membershipId') membershipId: string,
    @Body() body: MembershipEnd,
  ): Promise<AuthorizedResponse> {
    return this.panels.end(actor, id, membershipId, body);
  }

  /** End a membership at once, or cancel one that has not begun (roles that may end it) */
  @Post(':id/memberships/:membershipId/ending')
  @RequirePermission('end', Membership)
  @ApiAnswer.updated(MembershipView)
  endNow(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('membershipId') membershipId: string,
    @Body() body: MembershipEnding,
  ): Promise<AuthorizedResponse> {
    return this.panels.endNow(actor, id, membershipId, body);
  }

  /** List the editions of a panel's rules, newest first */
  @Get(':id/rules')
  @RequirePermission('read', PanelRules)
  @ApiAnswer.page(PanelRulesView)
  rules(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.panels.rules(actor, id, query);
  }

  /**
   * Set a new edition of the panel's rules (chair). It replaces an earlier edition for the same day; an edition for a
   * later day still comes into force on that day, unless another edition is set for it
   */
  @Post(':id/rules')
  @RequirePermission('rule', Panel)
  @ApiAnswer.created(PanelRulesView)
  rule(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: PanelRulesRequest): Promise<AuthorizedResponse> {
    return this.panels.setRules(actor, id, body);
  }
}
