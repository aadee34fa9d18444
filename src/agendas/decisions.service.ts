import { Injectable } from '@nestjs/common';
import { Case, caseMachine } from '../cases/case.entity.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after, permittedCommands } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { authorizeDeferral } from '../meetings/deferrals.js';
import { authorizeDecisionInWriting, isInWriting } from '../meetings/in-writing.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { isHearingAnItem, requireMeeting, valuesOfItem } from '../meetings/items.js';
import { Decision, Listing, Meeting, type DecisionKind } from '../meetings/meeting.entity.js';
import type { DecisionCorrection, DecisionRequest } from '../meetings/meeting.dto.js';
import { DecisionView, ListingView } from '../meetings/meeting.response.js';
import { evaluateQuorum, evaluateQuorumInWriting } from '../proceedings/quorum.js';

/** Decisions on the items of a meeting, and their corrections. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      return work.respond.page(DecisionView, { meetingId }, query, { panelId });
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(DecisionView, requireMeeting(await work.records.find('read', Decision, id), meetingId)),
    );
  }

  /**
   * Records a decision. Decisions neither close a case nor agree a plan, which have their own conditions. The decision
   * to continue moves the case to monitoring (JAG note, section 1.6). Of two concurrent decisions one succeeds. The
   * other is refused because the item has a decision, or, with If-Match, because the item changed.
   */
  decide(actor: Actor, meetingId: string, request: DecisionRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const listing = await findItemToDecide(work, meetingId, request.listingId);
      // a recusal locks the item too: its time is before or after that of the decision
      work.refreshTime();
      if (meeting.status === 'cancelled')
        throw conflict(
          'meeting-cancelled',
          'The meeting was cancelled, so it decides nothing. Decide at the meeting that hears the case.',
        );
      requireBegun(meeting, work.now);
      if (listing.outcome)
        throw conflict(
          'decided-already',
          'The item already has a decision. Correct it if it was recorded wrongly (POST …/decisions/{decisionId}/correction), or list the case at the next meeting to decide again.',
        );
      if (!isInWriting(meeting)) await mustBeBeingHeard(work, listing);
      const quorum = await this.authorizeKind(work, meeting, listing, request.kind);
      const decision = await work.write.insert(Decision, { ...request, ...quorum, ...valuesOfItem(actor, listing) });
      await applyOutcome(work, listing, decision.kind);
      work.recordEvent('decision.taken', Decision, decision, { kind: decision.kind, quorate: decision.quorate });
      return work.respond.found(DecisionView, decision.id, 201);
    });
  }

  /**
   * Replaces a decision that was recorded wrongly by a further record. The first one stays, marked as corrected; the
   * agencies that received it are to be told. Another kind needs the quorum of that kind. The stage of the case stays,
   * except that a correction to `continue` moves it to monitoring.
   */
  correct(
    actor: Actor,
    meetingId: string,
    id: string,
    { reason, ...changes }: DecisionCorrection,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = requireMeeting(
        await work.records.findForUpdate('correct', Decision, DecisionView, id, { writes: changes }),
        meetingId,
      );
      if (found.correctedAt)
        throw conflict('corrected-already', 'This decision was already corrected. Correct the one that replaced it.');
      if (work.write.isUnchanged(found))
        throw unacceptable(
          'nothing-corrected',
          'The request changes nothing. Send at least one value that differs from the decision.',
        );
      const meeting = await work.records.find('read', Meeting, meetingId);
      const listing = await work.records.find('decide', Listing, found.listingId, { lock: true });
      const { kind, text, rationale, dissent, quorate, rulesEdition } = found;
      const isOtherKind = changes.kind !== undefined && changes.kind !== kind;
      if (isInWriting(meeting)) await authorizeDecisionInWriting(work, meeting, listing);
      // otherwise a deferral that only the chair may make could be hidden by two corrections
      if (isOtherKind && kind === 'defer') await authorizeDeferral(work, listing);
      const quorum = isOtherKind ? await this.authorizeKind(work, meeting, listing, changes.kind as DecisionKind) : {};
      await work.write.update(Decision, found, { correctedAt: work.now });
      work.write.noteRecall(Decision, id);
      const correction = await work.write.insert(Decision, {
        ...valuesOfItem(actor, listing),
        ...{ kind, text, rationale, dissent, quorate, rulesEdition },
        ...changes,
        ...quorum,
        correctsId: id,
        correctionReason: reason,
      });
      if (isOtherKind) await applyOutcome(work, listing, correction.kind);
      work.recordEvent('decision.corrected', Decision, correction, { kind: correction.kind });
      return work.respond.found(DecisionView, correction.id);
    });
  }

  /** Refuses a kind that the quorum of the item forbids, or that needs a permission. Returns the quorum to record. */
  private async authorizeKind(
    work: UnitOfWork,
    meeting: Meeting,
    listing: Listing,
    kind: DecisionKind,
  ): Promise<Pick<Decision, 'quorate' | 'rulesEdition'>> {
    if (isInWriting(meeting)) await authorizeDecisionInWriting(work, meeting, listing);
    const quorum = isInWriting(meeting)
      ? await evaluateQuorumInWriting(work, this.actors, meeting, listing)
      : await evaluateQuorum(work, meeting, listing);
    if (quorum.forbids(kind))
      throw unacceptable(
        'inquorate',
        quorum.allows,
        quorum.missing.map((detail) => ({ pointer: '/kind', detail })),
      );
    if (kind === 'defer') await authorizeDeferral(work, listing);
    return { quorate: quorum.missing.length === 0, rulesEdition: quorum.rulesEdition };
  }
}

/** Returns the item locked, and in the version of If-Match if the request has one. */
async function findItemToDecide(work: UnitOfWork, meetingId: string, id: string): Promise<Listing> {
  const listing = work.actor.call.ifMatch
    ? await work.records.findForUpdate('decide', Listing, ListingView, id)
    : await work.records.find('decide', Listing, id, { lock: true });
  if (listing.meetingId !== meetingId) throw notFound();
  return listing;
}

/**
 * Refuses to decide an item that was not begun while another one is heard: the wrong item was named. Only items that the
 * actor may read count.
 */
async function mustBeBeingHeard(work: UnitOfWork, { meetingId, startedAt }: Listing): Promise<void> {
  if (!startedAt && (await isHearingAnItem(work, meetingId)))
    throw conflict(
      'another-item-being-heard',
      'Another item is being heard, and this one was not started. Name the item being heard, or end it and start this one.',
    );
}

async function applyOutcome(work: UnitOfWork, listing: Listing, kind: DecisionKind): Promise<void> {
  await work.write.update(Listing, listing, { outcome: kind });
  if (kind !== 'continue') return;
  const found = await work.records.find('list', Case, listing.caseId);
  if (!permittedCommands(caseMachine, found.stage).includes('monitoring')) return;
  const moved = await work.write.update(Case, found, { stage: after(caseMachine, found.stage, 'monitoring') });
  work.recordEvent('case.monitored', Case, moved, { stage: moved.stage });
}
