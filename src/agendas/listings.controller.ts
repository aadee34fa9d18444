import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { InvitationCorrections } from './invitation-corrections.service.js';
import { ListingsService } from './listings.service.js';
import { Invitation, Listing } from '../meetings/meeting.entity.js';
import {
  InvitationChange,
  InvitationRequest,
  InvitationWithdrawal,
  ListingChange,
  ListingRemoval,
  ListingRequest,
} from '../meetings/meeting.dto.js';
import { InvitationView, ListingView } from '../meetings/meeting.response.js';

@Controller('v1/meetings')
export class ListingsController {
  constructor(
    private readonly listings: ListingsService,
    private readonly corrections: InvitationCorrections,
  ) {}

  /** List present and removed items of a meeting in order, as far as you may see them */
  @Get(':id/listings')
  @RequirePermission('read', Listing)
  @ApiAnswer.page(ListingView)
  all(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.listings.listItems(actor, id);
  }

  /** List a case (chair, coordinator) */
  @Post(':id/listings')
  @RequirePermission('list', Case)
  @ApiAnswer.created(ListingView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ListingRequest): Promise<AuthorizedResponse> {
    return this.listings.addCase(actor, id, body);
  }

  /** Get an item */
  @Get(':id/listings/:listingId')
  @RequirePermission('read', Listing)
  @ApiAnswer.one(ListingView)
  listing(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
  ): Promise<AuthorizedResponse> {
    return this.listings.getItem(actor, id, listingId);
  }

  /** Change how an item is heard (chair, coordinator) */
  @Patch(':id/listings/:listingId')
  @RequirePermission('change', Listing)
  @ApiAnswer.updated(ListingView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: ListingChange,
  ): Promise<AuthorizedResponse> {
    return this.listings.change(actor, id, listingId, body);
  }

  /** Put a removed item back on the list, before the agenda is circulated (chair, coordinator) */
  @Post(':id/listings/:listingId/reinstatement')
  @RequirePermission('reinstate', Listing)
  @ApiAnswer.updated(ListingView)
  reinstate(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
  ): Promise<AuthorizedResponse> {
    return this.listings.reinstate(actor, id, listingId);
  }

  /** Take an item off the list, for another meeting or the next agenda (chair, coordinator) */
  @Post(':id/listings/:listingId/removal')
  @RequirePermission('remove', Listing)
  @ApiAnswer.updated(ListingView)
  remove(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: ListingRemoval,
  ): Promise<AuthorizedResponse> {
    return this.listings.remove(actor, id, listingId, body);
  }

  /** List the invitations to an item */
  @Get(':id/listings/:listingId/invitations')
  @RequirePermission('read', Invitation)
  @ApiAnswer.page(InvitationView)
  invitations(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.listings.invitations(actor, id, listingId, query);
  }

  /** Invite an agency to an item (chair, coordinator) */
  @Post(':id/listings/:listingId/invitations')
  @RequirePermission('invite', Listing)
  @ApiAnswer.created(InvitationView)
  invite(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Body() body: InvitationRequest,
  ): Promise<AuthorizedResponse> {
    return this.listings.invite(actor, id, listingId, body);
  }

  /** Get an invitation */
  @Get(':id/listings/:listingId/invitations/:invitationId')
  @RequirePermission('read', Invitation)
  @ApiAnswer.one(InvitationView)
  invitation(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
  ): Promise<AuthorizedResponse> {
    return this.corrections.get(actor, { meetingId: id, listingId, id: invitationId });
  }

  /** Correct the dates of an invitation (chair, coordinator) */
  @Patch(':id/listings/:listingId/invitations/:invitationId')
  @RequirePermission('change', Invitation)
  @ApiAnswer.updated(InvitationView)
  changeInvitation(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
    @Body() body: InvitationChange,
  ): Promise<AuthorizedResponse> {
    return this.corrections.change(actor, { meetingId: id, listingId, id: invitationId }, body);
  }

  /** Withdraw an invitation, which ends its access at once (chair, coordinator) */
  @Post(':id/listings/:listingId/invitations/:invitationId/withdrawal')
  @RequirePermission('withdraw', Invitation)
  @ApiAnswer.updated(InvitationView)
  withdrawInvitation(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('invitationId') invitationId: string,
    @Body() body: InvitationWithdrawal,
  ): Promise<AuthorizedResponse> {
    return this.corrections.withdraw(actor, { meetingId: id, listingId, id: invitationId }, body);
  }
}
