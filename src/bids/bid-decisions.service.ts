import { Injectable } from '@nestjs/common';
import { findCasesInError } from '../cases/open-case.js';
import { createFeed } from '../cycles/feeds.service.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { Meeting, TO_BE_HELD } from '../meetings/meeting.entity.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import type { RecordEntity } from '../records/record-entity.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, BidDecision, bidMachine, MOST_DEFERRALS } from './bid.entity.js';
import type { BidDecisionRequest } from './bid.dto.js';
import { BidView } from './bid.response.js';
import { mustNotCarryOnAnError, respondWithBid, findCycleId } from './bid-commands.js';

/** Decisions of meetings on bids, and what follows from them at other panels. */
@Injectable()
export class BidDecisionsService {
  constructor(private readonly records: Records) {}

  /** Records the one decision a meeting may take on a bid. Source: JAG note, section 3.3, rules 3 and 4. */
  decide(actor: Actor, id: string, request: BidDecisionRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('decide', Bid, BidView, id);
      const status = after(bidMachine, found.status, request.kind);
      await mustNotCarryOnAnError(work, found, request.kind);
      const meeting = await work.records.find('hear-bids', Meeting, found.meetingId as string);
      mustBeDecidable(found, meeting, request);
      requireBegun(meeting, work.now);
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

  /**
   * Hands the decision on to the panel that owns the plan, unless its case was closed as referred in error. A decision
   * of the TTCG is also copied to the bid that was escalated.
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
      if ((await findCasesInError(work, [asked.caseId])).length) return;
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
}

function mustBeDecidable(bid: Bid, meeting: Meeting, { kind, reason }: BidDecisionRequest): void {
  if (meeting.status === 'cancelled') throw meetingCancelled();
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

const meetingCancelled = (): Error =>
  conflict('meeting-cancelled', 'The meeting was cancelled and cannot decide. List the bid at the next meeting.');
