import { Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Listing } from '../meeting.entity.js';
import { ListingView } from '../meeting.views.js';
import { ItemPresence } from './running-order.entity.js';
import { RunningOrderService } from './running-order.service.js';
import { ItemPresenceView, RunningItemView } from './running-order.views.js';

@Controller('v1/meetings')
export class RunningOrderController {
  constructor(private readonly order: RunningOrderService) {}

  /** The items in their order, with how their time goes, as far as you may see them */
  @Get(':id/running-order')
  @Can('read', Listing)
  @Answers.page(RunningItemView)
  of(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.order.of(actor, id);
  }

  /** Begin to hear an item (chair, coordinator) */
  @Post(':id/listings/:listingId/start')
  @Can('run', Listing)
  @Answers.changed(ListingView)
  start(@By() actor: Actor, @Id() id: string, @Id('listingId') listingId: string): Promise<Presented> {
    return this.order.start(actor, id, listingId);
  }

  /** End an item (chair, coordinator): whoever was there and may read the item is written down as recipient of what was said */
  @Post(':id/listings/:listingId/end')
  @Can('run', Listing)
  @Answers.changed(ListingView)
  end(@By() actor: Actor, @Id() id: string, @Id('listingId') listingId: string): Promise<Presented> {
    return this.order.end(actor, id, listingId);
  }

  /** Who was in the room while an item was heard, as far as you may know; to the presenting agency, for which agencies */
  @Get(':id/listings/:listingId/presences')
  @Can('read', ItemPresence)
  @Answers.page(ItemPresenceView)
  presences(
    @By() actor: Actor,
    @Id() id: string,
    @Id('listingId') listingId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.order.presences(actor, id, listingId, query);
  }
}
