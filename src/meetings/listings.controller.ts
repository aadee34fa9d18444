import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import { ActionView } from '../plans/action.views.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { InvitationCorrections } from './invitation-corrections.service.js';
import { ListingsService } from './listings.service.js';
import { Decision, Invitation, Listing } from './meeting.entity.js';
import {
  CapturedActionRequest,
  DecisionRequest,
  InvitationChange,
  InvitationRequest,
  InvitationWithdrawal,
  ListingChange,
  ListingRemoval,
  ListingRequest,
} from './meeting.requests.js';
import { DecisionView, InvitationView, ListingView } from './meeting.views.js';

@Controller('v1/meetings')
export class ListingsController {
  constructor(
    private readonly listings: ListingsService,
    private readonly corrections: InvitationCorrections,
  ) {}

  /** What is or was on the list of a meeting, in order, as far as you may see it */
  @Get(':id/listings')
  @Can('read', Listing)
  @Answers.page(ListingView)
  all(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.listings.listings(actor, id);
  }

  /** List a case (chair, coordinator) */
  @Post(':id/listings')
  @Can('list', Case)
  @Answers.made(ListingView)
  list(@By() actor: Actor, @Id() id: string, @Body() body: ListingRequest): Promise<Presented> {
    return this.listings.list(actor, id, body);
  }

  /** One item */
  @Get(':id/listings/:listingId')
  @Can('read', Listing)
  @Answers.one(ListingView)
  listing(@By() actor: Actor, @Id() id: string, @Id('listingId') listingId: string): Promise<Presented> {
    return this.listings.listing(actor, id, listingId);
  }

  /** Change how an item is heard (chair, coordinator) */
  @Patch(':id/listings/:listingId')
  @Can('change', Listing)
  @Answers.changed(ListingView)
  change(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: ListingChange,
  ): Promise<Presented> {
    return this.listings.change(actor, id, listingId, body);
  }

  /** Put an item that was taken off back on the list, before the agenda is out (chair, coordinator) */
  @Post(':id/listings/:listingId/reinstatement')
  @Can('reinstate', Listing)
  @Answers.changed(ListingView)
  reinstate(@By() actor: Actor, @Id() id: string, @Id('listingId') listingId: string): Promise<Presented> {
    return this.listings.reinstate(actor, id, listingId);
  }

  /** Take an item off the list, to another meeting or the next agenda (chair, coordinator) */
  @Post(':id/listings/:listingId/removal')
  @Can('remove', Listing)
  @Answers.changed(ListingView)
  remove(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: ListingRemoval,
  ): Promise<Presented> {
    return this.listings.remove(actor, id, listingId, body);
  }

  /** Who is invited to an item */
  @Get(':id/listings/:listingId/invitations')
  @Can('read', Invitation)
  @Answers.page(InvitationView)
  invitations(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.listings.invitations(actor, id, listingId, query);
  }

  /** Invite an agency to an item (chair, coordinator) */
  @Post(':id/listings/:listingId/invitations')
  @Can('invite', Listing)
  @Answers.made(InvitationView)
  invite(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: InvitationRequest,
  ): Promise<Presented> {
    return this.listings.invite(actor, id, listingId, body);
  }

  /** One invitation */
  @Get(':id/listings/:listingId/invitations/:invitationId')
  @Can('read', Invitation)
  @Answers.one(InvitationView)
  invitation(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
  ): Promise<Presented> {
    return this.corrections.get(actor, { meetingId: id, listingId, id: invitationId });
  }

  /** Correct the dates of an invitation (chair, coordinator) */
  @Patch(':id/listings/:listingId/invitations/:invitationId')
  @Can('change', Invitation)
  @Answers.changed(InvitationView)
  changeInvitation(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
    @Body() body: InvitationChange,
  ): Promise<Presented> {
    return this.corrections.change(actor, { meetingId: id, listingId, id: invitationId }, body);
  }

  /** Withdraw an invitation: what it opened is closed at once (chair, coordinator) */
  @Post(':id/listings/:listingId/invitations/:invitationId/withdrawal')
  @Can('withdraw', Invitation)
  @Answers.changed(InvitationView)
  withdrawInvitation(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
    @Body() body: InvitationWithdrawal,
  ): Promise<Presented> {
    return this.corrections.withdraw(actor, { meetingId: id, listingId, id: invitationId }, body);
  }

  /** What was decided, as far as you may see it */
  @Get(':id/decisions')
  @Can('read', Decision)
  @Answers.page(DecisionView)
  decisions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.listings.decisions(actor, id, query);
  }

  /** Record the decision about an item (chair, coordinator); with its ETag as If-Match, the item as you last read it */
  @Post(':id/decisions')
  @Can('decide', Listing)
  @Answers.made(DecisionView)
  decide(@By() actor: Actor, @Id() id: string, @Body() body: DecisionRequest): Promise<Presented> {
    return this.listings.decide(actor, id, body);
  }

  /** Capture an action that an agency offers in the item (chair, coordinator) */
  @Post(':id/listings/:listingId/actions')
  @Can('minute', Listing)
  @Answers.made(ActionView)
  capture(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: CapturedActionRequest,
  ): Promise<Presented> {
    return this.listings.capture(actor, id, listingId, body);
  }
}
