import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Listing } from '../meetings/meeting.entity.js';
import { ListingView } from '../meetings/meeting.response.js';
import { ItemPresenceCorrection } from './running-order.dto.js';
import { ItemPresence } from './running-order.entity.js';
import { RunningOrderService } from './running-order.service.js';
import { ItemPresenceView, RunningItemView } from './running-order.response.js';

@Controller('v1/meetings')
export class RunningOrderController {
  constructor(private readonly order: RunningOrderService) {}

  /** List the items in order of hearing with their times, as far as you may see them */
  @Get(':id/running-order')
  @RequirePermission('read', Listing)
  @ApiAnswer.page(RunningItemView)
  of(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.order.list(actor, id);
  }

  /** Start the hearing of an item (chair, coordinator) */
  @Post(':id/listings/:listingId/start')
  @RequirePermission('run', Listing)
  @ApiAnswer.updated(ListingView)
  start(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
  ): Promise<AuthorizedResponse> {
    return this.order.start(actor, id, listingId);
  }

  /** End the hearing of an item; everybody present who may read it is recorded as recipient (chair, coordinator) */
  @Post(':id/listings/:listingId/end')
  @RequirePermission('run', Listing)
  @ApiAnswer.updated(ListingView)
  end(@CurrentActor() actor: Actor, @Id() id: string, @Id('listingId') listingId: string): Promise<AuthorizedResponse> {
    return this.order.end(actor, id, listingId);
  }

  /** List people present while an item was heard, as far as you may know; the presenting agency sees the agencies */
  @Get(':id/listings/:listingId/presences')
  @RequirePermission('read', ItemPresence)
  @ApiAnswer.page(ItemPresenceView)
  presences(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.order.presences(actor, id, listingId, query);
  }

  /** Get a presence at an item */
  @Get(':id/listings/:listingId/presences/:presenceId')
  @RequirePermission('read', ItemPresence)
  @ApiAnswer.one(ItemPresenceView)
  presence(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('presenceId') presenceId: string,
  ): Promise<AuthorizedResponse> {
    return this.order.presence(actor, id, listingId, presenceId);
  }

  /** Correct a presence that was recorded wrongly, by a record that replaces it; disclosures follow (chair, coordinator) */
  @Post(':id/listings/:listingId/presences/:presenceId/correction')
  @RequirePermission('correct', ItemPresence)
  @ApiAnswer.updated(ItemPresenceView)
  correctPresence(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Id('presenceId') presenceId: string,
    @Body() body: ItemPresenceCorrection,
  ): Promise<AuthorizedResponse> {
    return this.order.correctPresence(actor, id, listingId, presenceId, body);
  }
}
