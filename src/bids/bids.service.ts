import { Injectable } from '@nestjs/common';
import { Feed } from '../cycles/cycle.entity.js';
import { acknowledgeFeed } from '../cycles/feeds.service.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { isToBeHeld, Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { Plan } from '../plans/plan.entity.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, BidDecision } from './bid.entity.js';
import type { BidEnd, BidListing, BidQuery, BidRequest } from './bid.dto.js';
import { BidDecisionView, BidResultView, BidView } from './bid.response.js';
import { Resource } from './resource.entity.js';
import { applyCommand, respondWithBid, findAgenciesOwingResults } from './bid-commands.js';
import {
  mustHaveDecidedBids,
  mustHaveRatifiedWaivers,
  createPlanNeedFeeds,
  relistUndecidedBids,
} from './bids.hooks.js';

/**
 * Bids for resources, decided by Tasking or, after an escalation, by the TTCG. Source: JAG note, sections 3.3 and 3.4.
 */
@Injectable()
export class BidsService {
  constructor(
    private readonly records: Records,
    hooks: MeetingHooks,
  ) {
    hooks.register({
      afterClosure: async (work, meeting) => {
        await mustHaveDecidedBids(work, meeting);
        await mustHaveRatifiedWaivers(work, meeting);
        // includes needs and bids that are hidden from the user who closes or cancels the meeting
        await work.acrossPartnerships(async () => {
          await relistUndecidedBids(work, meeting);
          await createPlanNeedFeeds(work, meeting);
        });
      },
      afterCancellation: (work, meeting) => work.acrossPartnerships(() => relistUndecidedBids(work, meeting)),
    });
  }

  list(actor: Actor, { panelId, status, ...query }: BidQuery): Promise<AuthorizedResponse> {
    const filter = { ...(panelId ? { panelId } : {}), ...(status ? { status } : {}) };
    return this.records.read(actor, (work) =>
      work.respond.page(BidView, filter, query, {
        given: (rows) => findAgenciesOwingResults(work, rows),
      }),
    );
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => respondWithBid(work, id));
  }

  decisions(actor: Actor, bidId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Bid, bidId);
      return work.respond.page(BidDecisionView, { bidId }, query);
    });
  }

  results(actor: Actor, bidId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Bid, bidId);
      return work.respond.page(BidResultView, { bidId }, query);
    });
  }

  draft(actor: Actor, { planId, panelId, ...request }: BidRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const plan = await work.records.find('bid', Plan, planId);
      const panel = await work.records.findOrNull('read', Panel, panelId);
      if (panel?.type !== 'tasking' || panel.partnershipId !== plan.partnershipId)
        throw unacceptable('not-tasking', 'Choose the Tasking panel of the partnership that owns the plan.', [
          { pointer: '/panelId', detail: 'is not a Tasking panel of the partnership' },
        ]);
      if (actor.compartmentPanelIds.includes(plan.panelId))
        throw unacceptable(
          'compartment',
          'The plan belongs to a compartment and must not be shared with Tasking. Arrange the resource without a bid.',
          [{ pointer: '/planId', detail: 'is a plan of a compartment' }],
        );
      if (request.toOn < request.fromOn)
        throw unacceptable(
          'ends-before-it-starts',
          'The last day is before the first. Choose the same day or a later one.',
          [{ pointer: '/toOn', detail: 'must not be before fromOn' }],
        );
      await mustBeAvailableResource(work, panelId, request);
      const bid = await work.write.insert(Bid, {
        ...request,
        planId,
        panelId,
        planPanelId: plan.panelId,
        caseId: plan.caseId,
        partnershipId: plan.partnershipId,
        ...contributorOf(actor),
        authorId: actor.id,
      });
      work.recordEvent('bid.drafted', Bid, bid);
      return work.respond.one(BidView, bid, { status: 201 });
    });
  }

  /** Requires an agreed plan or a waiver by both chairs. Source: JAG note, section 3.3, rule 2. */
  submit(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'submit', 'submission', async (work, bid) => {
      const { status } = await work.manager.findOneByOrFail(Plan, { id: bid.planId });
      const isWaived = bid.planChairWaivedId !== null && bid.taskingChairWaivedId !== null;
      if (status !== 'agreed' && status !== 'active' && !isWaived)
        throw conflict(
          'plan-not-agreed',
          'The plan is not agreed. Have it agreed, or ask the chairs of both panels for a waiver.',
        );
      return { submittedAt: work.now };
    });
  }

  screen(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'screen', 'screening');
  }

  /** Acknowledges the feed that handed the plan's need, or the escalated bid, on to the panel. */
  listAt(actor: Actor, id: string, { meetingId }: BidListing): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'list', 'listing', async (work, bid) => {
      const meeting = await work.records.find('hear-bids', Meeting, meetingId);
      if (meeting.panelId !== bid.panelId)
        throw unacceptable('another-panel', 'Choose a meeting of the panel that decides the bid.', [
          { pointer: '/meetingId', detail: 'is a meeting of another panel' },
        ]);
      if (!isToBeHeld(meeting.status))
        throw conflict('meeting-over', `The meeting is ${meeting.status}. List the bid at the next meeting.`);
      if (await work.manager.existsBy(BidDecision, { bidId: id, meetingId }))
        throw conflict('decided-there', 'This meeting has already decided the bid. List it at the next meeting.');
      await acknowledgeFeedsFor(work, bid);
      return { meetingId };
    });
  }

  withdraw(actor: Actor, id: string, { reason }: BidEnd): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'withdraw', 'withdrawal', () =>
      Promise.resolve({ endReason: reason }),
    );
  }
}

async function mustBeAvailableResource(
  work: UnitOfWork,
  panelId: string,
  { resourceId, resourceType }: Pick<BidRequest, 'resourceId' | 'resourceType'>,
): Promise<void> {
  if (!resourceId) return;
  const resource = await work.records.findOrNull('read', Resource, resourceId);
  if (resource?.available && resource.type === resourceType && resource.panelId === panelId) return;
  throw unacceptable('no-such-resource', 'Choose an available resource of this panel and type.', [
    { pointer: '/resourceId', detail: 'is not an available resource of this type and panel' },
  ]);
}

/** Acknowledges the feeds to the panel that carry the need of the plan, or the escalated bid itself. */
async function acknowledgeFeedsFor(work: UnitOfWork, bid: Bid): Promise<void> {
  const item = bid.escalatedFromId ? bid.id : bid.planId;
  for (const feed of await work.manager.findBy(Feed, { panelId: bid.panelId, itemId: item }))
    if (!feed.acknowledgedAt) await acknowledgeFeed(work, feed);
}
