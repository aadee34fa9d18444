import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { actsIn } from '../agencies/acting-in.js';
import { Agency } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import { Problem, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { takenOffProblem } from '../agendas/listings.service.js';
import { Case, Contribution } from '../cases/case.entity.js';
import { mustBeOpen } from '../cases/open-case.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { findItem, requireMeeting, valuesOfItem } from '../meetings/items.js';
import type { CapturedActionRequest } from '../meetings/meeting.dto.js';
import { ActionView } from '../plans/action.response.js';
import { placeInPlan, insertAction, type ActionPlace } from '../plans/actions.service.js';
import { Plan } from '../plans/plan.entity.js';
import { Meeting, type Listing } from '../meetings/meeting.entity.js';
import { CapturedAction, Minute, minuteMachine, MinutePoint, SHARED_STATUSES } from './minutes.entity.js';
import type { MinuteConfirmation, MinutePointRequest, MinuteRequest } from './minutes.dto.js';
import { MinutePointView, MinuteView } from './minutes.response.js';

/** Values of the parts that a request omits. */
const EMPTY_PARTS = {
  reason: null,
  voice: null,
  riskFactors: null,
  protectiveFactors: null,
  disagreement: null,
  nextReviewOn: null,
};

/** Minutes of each item: written by the coordination, approved by the chair, confirmed at a later meeting. */
@Injectable()
export class MinutesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = await work.records.find('read', Meeting, meetingId);
      return work.respond.page(MinuteView, { meetingId }, query, { panelId });
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(MinuteView, requireMeeting(await work.records.find('read', Minute, id), meetingId)),
    );
  }

  points(actor: Actor, meetingId: string, minuteId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const { panelId } = requireMeeting(await work.records.find('read', Minute, minuteId), meetingId);
      return work.respond.page(MinutePointView, { minuteId }, query, { panelId });
    });
  }

  write(
    actor: Actor,
    meetingId: string,
    { listingId, points = [], ...parts }: MinuteRequest,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const listing = await findItem(work, 'minute', meetingId, listingId, { lock: true });
      requireBegun(await work.records.find('read', Meeting, meetingId), work.now);
      const editions = await work.records.findMany('read', Minute, { caseId: listing.caseId, listingId });
      const draft = editions.find(({ status }) => status === 'draft');
      if (draft && !actor.call.ifMatch) throw draftExists(draft);
      const minute = draft
        ? // the draft is rewritten as a whole, so it becomes a contribution of the writer's agency
          await work.write.update(Minute, await work.records.findForUpdate('read', Minute, MinuteView, draft.id), {
            ...EMPTY_PARTS,
            ...parts,
            ...valuesOfItem(actor, listing),
          })
        : await work.write.insert(Minute, {
            ...EMPTY_PARTS,
            ...parts,
            edition: Math.max(0, ...editions.map(({ edition }) => edition)) + 1,
            ...valuesOfItem(actor, listing),
          });
      // points that the writer may not read are replaced too, because the request holds the whole draft
      if (draft)
        await work.asSystem(async () =>
          work.write.delete(MinutePoint, await work.manager.findBy(MinutePoint, { minuteId: draft.id })),
        );
      for (const [at, point] of points.entries())
        await work.write.insert(MinutePoint, {
          ...valuesOfItem(actor, listing),
          minuteId: minute.id,
          ...(await resolvePoint(work, listing, point, `/points/${String(at)}`)),
        });
      work.recordEvent('minutes.drafted', Minute, minute, { edition: minute.edition });
      return work.respond.found(MinuteView, minute.id, 201);
    });
  }

  /**
   * Approves the minutes, which shares them and sets the case's next review. Source: law and standards note, section
   * 1.6, step 5.
   */
  approve(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = requireMeeting(await work.records.findForUpdate('approve', Minute, MinuteView, id), meetingId);
      const approved = await work.write.update(Minute, found, {
        status: after(minuteMachine, found.status, 'approval'),
      });
      for (const earlier of await sharedEditions(work, found)) {
        if (earlier.edition > found.edition) continue;
        const superseded = { status: after(minuteMachine, earlier.status, 'supersession') };
        await work.asSystem(() => work.write.update(Minute, earlier, superseded));
        work.write.noteReplacement(Minute, earlier.id);
        const points = await work.asSystem(() => work.manager.findBy(MinutePoint, { minuteId: earlier.id }));
        for (const point of points) work.write.noteReplacement(MinutePoint, point.id);
      }
      await applyNextReview(work, approved);
      work.recordEvent('minutes.approved', Minute, approved, { edition: approved.edition });
      return work.respond.found(MinuteView, id);
    });
  }

  /** Confirms the minutes at the panel's next meeting (JAG note, section 1.7). */
  confirm(actor: Actor, meetingId: string, id: string, request: MinuteConfirmation): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = requireMeeting(await work.records.findForUpdate('confirm', Minute, MinuteView, id), meetingId);
      const status = after(minuteMachine, found.status, 'confirmation');
      const { scheduledAt } = await work.records.find('read', Meeting, meetingId);
      const later = await work.records.findOrNull('read', Meeting, request.meetingId);
      if (
        later?.panelId !== found.panelId ||
        later.scheduledAt <= scheduledAt ||
        !['in_session', 'held'].includes(later.status)
      )
        throw unacceptable(
          'no-later-meeting',
          'Minutes are confirmed at a later meeting of the panel that is in session or was held. Name such a meeting.',
          [{ pointer: '/meetingId', detail: 'is no later meeting of this panel that is in session or was held' }],
        );
      const confirmed = await work.write.update(Minute, found, { status, confirmedAtId: later.id });
      work.recordEvent('minutes.confirmed', Minute, confirmed, { edition: confirmed.edition });
      return work.respond.found(MinuteView, id);
    });
  }

  /**
   * Records an action that an agency takes on in the item. The chair sums up and agencies offer (MARAC note, section
   * 2.3, running order). The action belongs to a plan of the case, or to the case alone if there is no plan yet. The
   * rules for all actions apply.
   */
  capture(
    actor: Actor,
    meetingId: string,
    listingId: string,
    { planId, ...request }: CapturedActionRequest,
  ): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const listing = await findItem(work, 'minute', meetingId, listingId);
      if (listing.removedAt) throw takenOffProblem();
      requireBegun(await work.records.find('read', Meeting, meetingId), work.now);
      const place = await findActionPlace(work, listing, planId);
      const captured = await insertAction(work, { ...place, listingId }, request);
      await work.write.insert(CapturedAction, { actionId: captured.id, ...valuesOfItem(actor, listing) });
      return work.respond.found(ActionView, captured.id, 201);
    });
  }
}

/** Returns the other shared editions of the item's minutes, including those that the actor may not read. */
const sharedEditions = (work: UnitOfWork, { id, listingId }: Minute): Promise<Minute[]> =>
  work.asSystem(() => work.manager.findBy(Minute, { id: Not(id), listingId, status: In(SHARED_STATUSES) }));

const draftExists = ({ id, edition }: Minute): Problem =>
  new Problem(
    428,
    'draft-exists',
    'Say which version you change',
    `The item has a draft of its minutes already (edition ${String(edition)}), which this request would replace as a whole. Read it (GET /v1/meetings/{id}/minutes/${id}), and send its ETag as If-Match with everything that the minutes shall say.`,
  );

/** Sets the next review of an open case to the day that the minutes name. */
async function applyNextReview(work: UnitOfWork, { caseId, nextReviewOn }: Minute): Promise<void> {
  if (!nextReviewOn) return;
  const found = await work.records.find('change', Case, caseId, { lock: true });
  if (found.stage === 'closed' || found.nextReviewOn === nextReviewOn) return;
  const changed = await work.write.update(Case, found, { nextReviewOn });
  work.recordEvent('case.changed', Case, changed, { fields: ['nextReviewOn'] });
}

/**
 * Returns the values of a point. Agency and category are those of the repeated contribution, otherwise of the request.
 */
async function resolvePoint(
  work: UnitOfWork,
  { caseId, partnershipId }: Listing,
  request: MinutePointRequest,
  pointer: string,
) {
  const { text, category, contributionId, agencyId = work.actor.agencyId } = request;
  if (contributionId) {
    const repeated = await work.records.findOrNull('read', Contribution, contributionId);
    if (repeated?.caseId !== caseId || repeated.agencyOnly)
      throw unacceptable(
        'no-such-contribution',
        'A point can repeat only a contribution to the case of the item. Name one, or leave out `contributionId`.',
        [{ pointer: `${pointer}/contributionId`, detail: 'is no contribution to this case that you may know of' }],
      );
    const { category, agencyId, contributingType } = repeated;
    return { text, contributionId, category, agencyId, contributingType };
  }
  const agency = category && (await work.records.findOrNull('read', Agency, agencyId));
  if (!agency || !(await actsIn(work, agency.id, partnershipId)))
    throw unacceptable(
      'sharing-agency-missing',
      'Each point needs the agency that shared it and a data category. Send `agencyId` and `category`.',
      [
        {
          pointer: `${pointer}/${category ? 'agencyId' : 'category'}`,
          detail: 'must be given, and the agency must work in the panel’s partnership',
        },
      ],
    );
  return { text, contributionId: null, category, agencyId: agency.id, contributingType: agency.type };
}

/** Returns the plan of the captured action, or the case if no plan is given. */
async function findActionPlace(
  work: UnitOfWork,
  { caseId }: Listing,
  planId: string | null | undefined,
): Promise<ActionPlace> {
  if (!planId) {
    const found = await work.records.find('plan', Case, caseId, { lock: true });
    mustBeOpen(found, 'no further actions');
    return { planId: null, caseId, panelId: found.panelId, partnershipId: found.partnershipId };
  }
  const [plan] = await work.records.findMany('add-action', Plan, { id: planId, caseId }, 1);
  if (plan) return placeInPlan(plan);
  throw noSuchPlan();
}

const noSuchPlan = (): Error =>
  unacceptable(
    'no-such-plan',
    'Name a plan of the case, or leave out `planId`. POST /v1/cases/{id}/plans drafts a plan.',
    [{ pointer: '/planId', detail: 'is no plan of this case that you may add to' }],
  );
