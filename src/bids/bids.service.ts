import { Injectable } from '@nestjs/common';
import { CycleMeeting, Feed } from '../cycles/cycle.entity.js';
import { createFeed, acknowledgeFeed } from '../cycles/feeds.service.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { isToBeHeld, Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { workingDaysBefore } from '../panels/working-days.js';
import { Plan } from '../plans/plan.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { conflict, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import type { RecordEntity } from '../records/record-entity.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, BidDecision, bidMachine, BidResult, MOST_DEFERRALS, type BidCommand } from './bid.entity.js';
import type {
  BidDecisionRequest,
  BidEnd,
  BidListing,
  BidQuery,
  BidRequest,
  BidResultRequest,
  BidWaiverRequest,
} from './bid.dto.js';
import { BidDecisionView, BidResultView, BidView } from './bid.response.js';
import { Resource } from './resource.entity.js';
import type { ActionOf } from '../database/columns.js';

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
        given: (rows) => findAgenciesOwingResults(work, rows as Row[] & Bid[]),
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
        agencyId: actor.agencyId,
        contributingType: actor.agencyType,
        authorId: actor.id,
      });
      work.recordEvent('bid.drafted', Bid, bid);
      return work.respond.one(BidView, bid, { status: 201 });
    });
  }

  /** Requires an agreed plan or a waiver by both chairs. Source: JAG note, section 3.3, rule 2. */
  submit(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'submit', 'submission', async (work, bid) => {
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
    return this.applyCommand(actor, id, 'screen', 'screening');
  }

  /** Acknowledges the feed that handed the plan's need, or the escalated bid, on to the panel. */
  listAt(actor: Actor, id: string, { meetingId }: BidListing): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'list', 'listing', async (work, bid) => {
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

  /** Records the one decision a meeting may take on a bid. Source: JAG note, section 3.3, rules 3 and 4. */
  decide(actor: Actor, id: string, request: BidDecisionRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('decide', Bid, BidView, id);
      const status = after(bidMachine, found.status, request.kind);
      const meeting = await work.records.find('hear-bids', Meeting, found.meetingId as string);
      mustBeDecidable(found, meeting, request);
      const granted = grantedQuantityOf(request, found);
      const by = { decidedById: actor.id, agencyId: actor.agencyId, contributingType: actor.agencyType };
      const decision = await work.write.insert(BidDecision, {
        ...request,
        ...by,
        grantedQuantity: granted,
        bidId: id,
        meetingId: meeting.id,
        panelId: found.panelId,
        planPanelId: found.planPanelId,
        caseId: found.caseId,
        partnershipId: found.partnershipId,
      });
      const decided = await work.write.update(Bid, found, {
        status,
        grantedQuantity: granted,
        deferrals: found.deferrals + Number(request.kind === 'deferral'),
      });
      work.recordEvent('bid.decided', Bid, decided, { kind: request.kind });
      const { kind } = request;
      if (kind === 'escalation') await escalateBid(work, decided, meeting);
      else if (kind !== 'deferral') await this.reportDecision(work, decided, { ...decision, kind }, meeting);
      return respondWithBid(work, id);
    });
  }

  /** Makes a draft visible to the chairs, by recording why it cannot wait for the plan. */
  askWaiver(actor: Actor, id: string, { reason }: BidWaiverRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('ask-waiver', Bid, BidView, id);
      if (found.status !== 'draft')
        throw conflict('not-in-this-state', 'Only a draft can get a waiver. This bid is no longer a draft.');
      if (found.waiverReason)
        throw conflict('asked-already', 'The chairs have already been asked. Wait for their answer.');
      const asked = await work.write.update(Bid, found, { waiverReason: reason });
      work.recordEvent('bid.waiver-asked', Bid, asked);
      return respondWithBid(work, id);
    });
  }

  /** Records the waiver of one of the two chairs, who must be different people. */
  waive(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('waive', Bid, BidView, id);
      if (found.status !== 'draft')
        throw conflict('not-in-this-state', 'Only a draft can get a waiver. This bid is no longer a draft.');
      const chairs = (panelId: string): boolean =>
        actor.memberships.some((one) => one.panelId === panelId && (one.role === 'chair' || one.role === 'co_chair'));
      const others = [found.planChairWaivedId, found.taskingChairWaivedId];
      if (others.some((id) => id && actor.registrationIds.includes(id)))
        throw conflict(
          'waived-already',
          'You have already granted the waiver for one panel. A different person must chair the other.',
        );
      const forPlan = chairs(found.planPanelId) && !found.planChairWaivedId;
      const forTasking = !forPlan && chairs(found.panelId) && !found.taskingChairWaivedId;
      if (!forPlan && !forTasking)
        throw conflict('waived-already', 'The waiver has already been granted for the panel that you chair.');
      const waived = await work.write.update(Bid, found, {
        ...(forPlan ? { planChairWaivedId: actor.id } : { taskingChairWaivedId: actor.id }),
      });
      work.recordEvent('bid.waived', Bid, waived);
      return respondWithBid(work, id);
    });
  }

  ratify(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('ratify', Bid, BidView, id);
      if (!found.planChairWaivedId || !found.taskingChairWaivedId)
        throw conflict('nothing-to-ratify', 'There is no waiver to ratify: both chairs must grant it first.');
      if (found.ratifiedAt) throw conflict('ratified-already', 'The waiver has already been ratified.');
      const ratified = await work.write.update(Bid, found, { ratifiedAt: work.now });
      work.recordEvent('bid.ratified', Bid, ratified);
      return respondWithBid(work, id);
    });
  }

  withdraw(actor: Actor, id: string, { reason }: BidEnd): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'withdraw', 'withdrawal', () => Promise.resolve({ endReason: reason }));
  }

  schedule(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'deploy', 'scheduling', (_, bid) => {
      if (bid.escalatedFromId)
        throw conflict(
          'continues-below',
          'This is the TTCG’s copy of an escalated bid. Schedule the original bid at the Tasking panel.',
        );
      return Promise.resolve({});
    });
  }

  /**
   * Sets the day for results: one working day before the papers of the next Tasking meeting are due. Source: JAG note,
   * section 3.3, rule 5.
   */
  deploy(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'deploy', 'deployment', async (work, bid) => ({
      resultsDueOn: await findResultsDueDate(work, bid),
    }));
  }

  notDeploy(actor: Actor, id: string, { reason }: BidEnd): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'deploy', 'non_deployment', () => Promise.resolve({ endReason: reason }));
  }

  evaluate(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'deploy', 'evaluation');
  }

  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.applyCommand(actor, id, 'deploy', 'closure');
  }

  /** Records the results and hands them on to the next Tasking meeting. */
  report(actor: Actor, id: string, request: BidResultRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('report-results', Bid, BidView, id);
      const status = after(bidMachine, found.status, 'results');
      const { panelId, partnershipId, caseId, planPanelId } = found;
      const ofCase = { caseId, planPanelId };
      const by = { agencyId: actor.agencyId, contributingType: actor.agencyType };
      const result = await work.write.insert(BidResult, {
        ...request,
        ...ofCase,
        ...by,
        panelId,
        partnershipId,
        bidId: id,
      });
      const returned = await work.write.update(Bid, found, { status });
      work.recordEvent('bid.results-returned', Bid, returned, { recommendation: request.recommendation });
      await createFeed(work, {
        kind: 'result',
        from: { id: found.meetingId as string, panelId },
        to: { panelId, partnershipId },
        notBefore: work.now,
        cycleId: await findCycleId(work, found.meetingId as string, partnershipId),
        itemId: result.id,
        text: `Results of the bid “${found.title}”: ${request.recommendation}.`,
        agencyId: found.agencyId,
        contributingType: found.contributingType,
        of: ofCase,
      });
      return respondWithBid(work, id);
    });
  }

  /**
   * Hands the decision on to the panel that owns the plan. A decision of the TTCG is also copied to the bid that was
   * escalated.
   */
  private async reportDecision(
    work: UnitOfWork,
    bid: Bid,
    decision: BidDecision & { kind: 'approval' | 'part_approval' | 'refusal' },
    meeting: Meeting,
  ): Promise<void> {
    const { kind } = decision;
    await work.acrossPartnerships(async () => {
      const asked = bid.escalatedFromId ? await work.manager.findOneByOrFail(Bid, { id: bid.escalatedFromId }) : bid;
      if (asked !== bid) {
        await work.write.insert(BidDecision, {
          ...copyValues(decision),
          bidId: asked.id,
          panelId: asked.panelId,
          partnershipId: asked.partnershipId,
        });
        const decided = await work.write.update(Bid, asked, {
          status: after(bidMachine, asked.status, `${kind}_above`),
          grantedQuantity: bid.grantedQuantity,
        });
        work.recordEvent('bid.decided', Bid, decided, { kind: decision.kind });
      }
      await createFeed(work, {
        kind: 'decision',
        from: meeting,
        to: { panelId: asked.planPanelId, partnershipId: asked.partnershipId },
        notBefore: meeting.scheduledAt,
        cycleId: await findCycleId(work, meeting.id, asked.partnershipId),
        itemId: decision.id,
        text: `Bid “${asked.title}”: ${bid.status.replace('_', ' ')}.`,
        agencyId: asked.agencyId,
        contributingType: asked.contributingType,
        planId: asked.planId,
        of: { caseId: asked.caseId, planPanelId: asked.planPanelId },
      });
    });
  }

  private applyCommand(
    actor: Actor,
    id: string,
    action: ActionOf<typeof Bid>,
    command: BidCommand,
    changes: (work: UnitOfWork, bid: Bid) => Promise<Partial<Bid>> = () => Promise.resolve({}),
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate(action, Bid, BidView, id);
      const status = after(bidMachine, found.status, command);
      const moved = await work.write.update(Bid, found, { ...(await changes(work, found)), status });
      work.recordEvent(`bid.${status.replace('_', '-')}`, Bid, moved);
      return respondWithBid(work, id);
    });
  }
}

/** Responds with a bid, including warnings derived from other bids that the reader may read. */
const respondWithBid = (work: UnitOfWork, id: string): Promise<AuthorizedResponse> =>
  work.respond.found(BidView, id, 200, (rows) => findAgenciesOwingResults(work, rows as Row[] & Bid[]));

/**
 * Returns the agencies that owe results. Computed for each reader and never stored, because a bid hidden from the
 * reader must not cause a warning.
 */
async function findAgenciesOwingResults(work: UnitOfWork, bids: readonly Bid[]): Promise<Row> {
  const agencyIds = [...new Set(bids.map(({ agencyId }) => agencyId))];
  const overdue = { status: 'deployed', resultsDueOn: { $lt: londonDay(work.now) } };
  const found = await work.records.findMany('read', Bid, { agencyId: { $in: agencyIds }, ...overdue });
  return { owing: new Set(found.map(({ agencyId }) => agencyId)) };
}

function mustBeDecidable(bid: Bid, meeting: Meeting, { kind, reason }: BidDecisionRequest): void {
  if (meeting.status === 'cancelled')
    throw conflict(
      'meeting-cancelled',
      'The meeting was cancelled and cannot decide. List the bid at the next meeting.',
    );
  if (kind !== 'approval' && kind !== 'escalation' && !reason)
    throw unacceptable('reason-needed', 'Give a reason for a refusal, part approval or deferral.', [
      { pointer: '/reason', detail: `must be given for ${kind.replace('_', ' ')}` },
    ]);
  if (kind === 'deferral' && bid.deferrals >= MOST_DEFERRALS)
    throw conflict(
      'deferred-too-often',
      `The bid has been deferred ${String(MOST_DEFERRALS)} times. Approve, refuse or escalate it.`,
    );
  if (kind === 'escalation' && bid.escalatedFromId)
    throw conflict('highest-already', 'The bid is already at the TTCG, the highest level. Decide it here.');
}

function grantedQuantityOf({ kind, grantedQuantity }: BidDecisionRequest, { quantity }: Bid): number | null {
  if (kind !== 'approval' && kind !== 'part_approval') return null;
  const granted = kind === 'approval' ? (grantedQuantity ?? quantity) : grantedQuantity;
  if (granted && (kind === 'approval' ? granted === quantity : granted < quantity)) return granted;
  throw unacceptable('granted-quantity', 'An approval grants the full quantity. Use a part approval to grant less.', [
    {
      pointer: '/grantedQuantity',
      detail: kind === 'approval' ? `must be ${String(quantity)}` : `must be less than ${String(quantity)}`,
    },
  ]);
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

/** Copies the bid to the TTCG of the BCU, for its next meeting whose deadline for bids has not passed. */
async function escalateBid(work: UnitOfWork, bid: Bid, from: Meeting): Promise<void> {
  await work.acrossPartnerships(async () => {
    const [ttcg] = await work.manager.query<{ panelId: string; partnershipId: string }[]>(
      `SELECT p.id AS "panelId", p.partnership_id AS "partnershipId" FROM panels p JOIN partnerships b ON b.within_id = p.partnership_id
       WHERE b.id = $1 AND p.type = 'ttcg' ORDER BY p.id LIMIT 1`,
      [bid.partnershipId],
    );
    if (!ttcg) throw conflict('no-ttcg', 'No TTCG serves this partnership. Decide the bid here.');
    const [meeting] = await work.manager.query<{ id: string }[]>(
      `SELECT m.id FROM meetings m WHERE m.panel_id = $1 AND m.status = ANY ($2) AND m.scheduled_at > $3
         AND coalesce(m.bids_due_on, (m.scheduled_at AT TIME ZONE 'Europe/London')::date) >= $4 ORDER BY m.scheduled_at LIMIT 1`,
      [ttcg.panelId, TO_BE_HELD, from.scheduledAt, londonDay(work.now)],
    );
    const above = await work.write.insert(Bid, {
      ...copyValues(bid),
      ...ttcg,
      resourceId: null,
      escalatedFromId: bid.id,
      meetingId: null,
      status: 'screened',
      deferrals: 0,
    });
    work.recordEvent('bid.escalated', Bid, above);
    await createFeed(work, {
      kind: 'bid_escalation',
      from,
      to: ttcg,
      notBefore: from.scheduledAt,
      toMeetingId: meeting?.id ?? null,
      cycleId: await findCycleId(work, from.id, bid.partnershipId),
      itemId: above.id,
      text: `Bid “${bid.title}” for ${String(bid.quantity)} ${bid.unit}.`,
      agencyId: bid.agencyId,
      contributingType: bid.contributingType,
      of: { caseId: bid.caseId, planPanelId: bid.planPanelId },
    });
  });
}

/** Copies the values of a record without its identifier, version and timestamps. */
function copyValues<T extends RecordEntity>({
  id: _,
  version: __,
  createdAt: ___,
  updatedAt: ____,
  ...values
}: T): Omit<T, keyof RecordEntity> {
  return values;
}

/** Returns the cycle of a partnership that a meeting belongs to, or null. */
async function findCycleId(work: UnitOfWork, meetingId: string, partnershipId: string): Promise<string | null> {
  const part = await work.acrossPartnerships(() => work.manager.findOneBy(CycleMeeting, { meetingId, partnershipId }));
  return part?.cycleId ?? null;
}

/** Acknowledges the feeds to the panel that carry the need of the plan, or the escalated bid itself. */
async function acknowledgeFeedsFor(work: UnitOfWork, bid: Bid): Promise<void> {
  const item = bid.escalatedFromId ? bid.id : bid.planId;
  for (const feed of await work.manager.findBy(Feed, { panelId: bid.panelId, itemId: item }))
    if (!feed.acknowledgedAt) await acknowledgeFeed(work, feed);
}

/**
 * Requires a decision on each listed bid that the user may read (rule 3). A bid hidden from the user must not block
 * closing, because that would reveal it; the bid moves to the next meeting.
 */
async function mustHaveDecidedBids(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const undecided = await work.records.findMany('read', Bid, { meetingId: meeting.id, status: 'listed' });
  if (!undecided.length) return;
  throw unacceptable(
    'undecided-bids',
    'Decide or defer each listed bid before closing the meeting.',
    undecided.map(({ id }) => ({ pointer: '', detail: `bid ${id} has no decision` })),
  );
}

/**
 * Requires ratification, at the panel's next meeting, of each bid submitted under a waiver (rule 2). A bid hidden from
 * the user must not block closing; it blocks the next meeting that is closed by somebody who may read it.
 */
async function mustHaveRatifiedWaivers(work: UnitOfWork, meeting: Meeting): Promise<void> {
  const waiting = await work.manager.query<{ id: string }[]>(
    `SELECT b.id FROM bids b WHERE b.plan_panel_id = $1 AND b.escalated_from_id IS NULL AND b.ratified_at IS NULL
       AND b.plan_chair_waived_id IS NOT NULL AND b.tasking_chair_waived_id IS NOT NULL
       AND b.submitted_at < $2 AND b.status <> 'withdrawn' ORDER BY b.id`,
    [meeting.panelId, meeting.scheduledAt],
  );
  if (!waiting.length) return;
  const open = await work.records.findMany('read', Bid, { id: { $in: waiting.map(({ id }) => id) } });
  if (!open.length) return;
  throw unacceptable(
    'unratified-waivers',
    'Ratify or withdraw each bid that was submitted under a waiver before closing the meeting.',
    open.map(({ id }) => ({ pointer: '', detail: `bid ${id} is not ratified` })),
  );
}

/**
 * Hands needs of agreed plans without a granted bid on to Tasking of the same cycle (rule 1). Nothing leaves a
 * compartment.
 */
async function createPlanNeedFeeds(work: UnitOfWork, meeting: Meeting): Promise<void> {
  if (work.actor.compartmentPanelIds.includes(meeting.panelId)) return;
  const [tasking] = await work.manager.query<
    { cycleId: string; panelId: string; meetingId: string; scheduledAt: Date }[]
  >(
    `SELECT t.cycle_id AS "cycleId", m.panel_id AS "panelId", m.id AS "meetingId"
     FROM cycle_meetings j JOIN cycle_meetings t ON t.cycle_id = j.cycle_id AND t.stage = 'tasking' JOIN meetings m ON m.id = t.meeting_id
     WHERE j.meeting_id = $1 AND j.stage = 'jag'`,
    [meeting.id],
  );
  if (!tasking) return;
  const { cycleId, panelId, meetingId } = tasking;
  const needs = await work.manager.query<{ id: string }[]>(
    `SELECT p.id FROM plans p WHERE p.panel_id = $1 AND p.status IN ('agreed', 'active') AND p.resource_need IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM bids b WHERE b.plan_id = p.id AND b.escalated_from_id IS NULL
         AND b.status NOT IN ('draft', 'refused', 'withdrawn', 'not_deployed'))
       AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.plan_id = p.id AND f.kind = 'plan_need' AND f.acknowledged_at IS NULL)
     ORDER BY p.id`,
    [meeting.panelId],
  );
  const taskingMeeting = await work.manager.findOneByOrFail(Meeting, { id: meetingId });
  for (const { id } of needs) {
    const plan = await work.manager.findOneByOrFail(Plan, { id });
    await createFeed(work, {
      kind: 'plan_need',
      from: meeting,
      to: { panelId, partnershipId: meeting.partnershipId },
      notBefore: meeting.scheduledAt,
      toMeetingId: isToBeHeld(taskingMeeting.status) ? meetingId : null,
      cycleId,
      itemId: id,
      text: plan.resourceNeed as string,
      agencyId: plan.agencyId,
      contributingType: plan.contributingType,
      planId: id,
      of: { caseId: plan.caseId, planPanelId: plan.panelId },
    });
  }
}

/** Moves undecided bids to the next meeting of the panel, or unlists them if there is none (rule 7). */
async function relistUndecidedBids(work: UnitOfWork, ended: Meeting): Promise<void> {
  const [next] = await work.manager.query<{ id: string }[]>(
    `SELECT m.id FROM meetings m WHERE m.panel_id = $1 AND m.scheduled_at > $2 AND m.status = ANY ($3) ORDER BY m.scheduled_at LIMIT 1`,
    [ended.panelId, ended.scheduledAt, TO_BE_HELD],
  );
  for (const bid of await work.manager.findBy(Bid, { meetingId: ended.id, status: 'listed' }))
    await work.write.update(
      Bid,
      bid,
      next ? { meetingId: next.id } : { meetingId: null, status: after(bidMachine, bid.status, 'unlisting') },
    );
}

async function findResultsDueDate(work: UnitOfWork, { panelId, toOn }: Bid): Promise<string> {
  const [next] = await work.manager.query<{ papersDueOn: string }[]>(
    `SELECT m.papers_due_on::text AS "papersDueOn" FROM meetings m WHERE m.panel_id = $1 AND m.papers_due_on > $2 AND m.status = ANY ($3)
     ORDER BY m.scheduled_at LIMIT 1`,
    [panelId, toOn, TO_BE_HELD],
  );
  return next ? workingDaysBefore(next.papersDueOn, 1) : toOn;
}
