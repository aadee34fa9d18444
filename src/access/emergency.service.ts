import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Departures } from '../agencies/departures.js';
import { Case } from '../cases/case.entity.js';
import { workingDaysAfter } from '../panels/working-days.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, refused, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Notice, NOTICES } from '../jobs/notice.entity.js';
import { EMERGENCY_MINUTES, EmergencyAccess } from '../sharing/access.entity.js';
import { EmergencyAccessView } from './access.response.js';
import type { EmergencyOpening, EmergencyReview } from './emergency.dto.js';

/**
 * Working days within which an emergency access is reviewed. Source: law and standards note, section 5.4, REQ-BTG-01.
 */
const REVIEW_WORKING_DAYS = 2;

/**
 * Emergency access to one case: read-only, for one hour, reviewed afterwards. Sealed data, and cases hidden by an
 * exclusion or a compartment, remain closed. Source: law and standards note, section 5.4 "Break-glass".
 */
@Injectable()
export class EmergencyService {
  constructor(
    private readonly records: Records,
    departures: Departures,
  ) {
    departures.register(async (work, { id }) => {
      for (const one of await openOf(work, id)) await ended(work, one);
    });
  }

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(EmergencyAccessView, {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(EmergencyAccessView, await work.records.find('read', EmergencyAccess, id)),
    );
  }

  open(actor: Actor, { caseId, caseReference, reasonCode, reason }: EmergencyOpening): Promise<AuthorizedResponse> {
    if (!caseReference === !caseId)
      throw unacceptable('case-missing', 'Name the one case by its identifier or by its reference.', [
        { pointer: '/caseId', detail: 'give either caseId or caseReference' },
      ]);
    return this.records.change(actor, async (work) => {
      // the lock makes two simultaneous requests see each other
      await work.lock(`emergency ${actor.id}`);
      // as the system: a conflict declared since hides the case of an earlier access from the person, but not from
      // these limits
      await work.asSystem(() => mustBeReviewed(work));
      // before the search for the case, so that the response is the same for every case
      const unread = await oneAtATime(work);
      const id = caseId ?? (await idOf(work, (caseReference as string).toUpperCase()));
      const about = await work.records.find('open-in-emergency', Case, id, { lock: true });
      for (const one of unread) await work.asSystem(() => ended(work, one));
      const isRepeated = await work.asSystem(() => isSecond(work));
      const made = await work.write.insert(EmergencyAccess, {
        partnershipId: about.partnershipId,
        practitionerId: actor.id,
        agencyId: actor.agencyId,
        caseId: id,
        panelId: about.panelId,
        reasonCode,
        reason,
        openedAt: work.now,
        expiresAt: new Date(work.now.getTime() + EMERGENCY_MINUTES * 60_000),
        endedAt: null,
        isRepeated,
        reviewDueOn: workingDaysAfter(londonDay(work.now), REVIEW_WORKING_DAYS),
        outcome: null,
        reviewNote: null,
        reviewedById: null,
        reviewedAt: null,
      });
      happenedUnnamed(work, 'emergency-access.opened', made);
      if (isRepeated) await alarm(work, made);
      return work.respond.found(EmergencyAccessView, made.id, 201);
    });
  }

  /** Ends an emergency access early. */
  end(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('end', EmergencyAccess, EmergencyAccessView, id);
      if (found.endedAt || found.expiresAt <= work.now)
        throw conflict('ended', 'This emergency access has ended already.');
      await ended(work, found);
      return work.respond.found(EmergencyAccessView, id);
    });
  }

  review(actor: Actor, id: string, { outcome, note }: EmergencyReview): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('review', EmergencyAccess, EmergencyAccessView, id);
      if (!found.endedAt && found.expiresAt > work.now)
        throw conflict(
          'still-open',
          'It is still open. Review it when it has ended; POST /v1/emergency-accesses/{id}/ending ends it now.',
        );
      if (found.reviewedAt) throw conflict('reviewed', 'This emergency access was reviewed already.');
      const review = { outcome, reviewNote: note, reviewedById: actor.id, reviewedAt: work.now };
      happenedUnnamed(work, 'emergency-access.reviewed', await work.write.update(EmergencyAccess, found, review), {
        outcome,
      });
      return work.respond.found(EmergencyAccessView, id);
    });
  }
}

/** Returns open emergency accesses of the person, even if the case is hidden from the person since. */
const openOf = (work: UnitOfWork, practitionerId: string): Promise<EmergencyAccess[]> =>
  work.manager.findBy(EmergencyAccess, { practitionerId, endedAt: IsNull(), expiresAt: MoreThan(work.now) });

/** Ends an emergency access. If it was opened while the request waited, it ends at the time of its opening. */
async function ended(work: UnitOfWork, access: EmergencyAccess): Promise<void> {
  const endedAt = access.openedAt > work.now ? access.openedAt : work.now;
  happenedUnnamed(work, 'emergency-access.ended', await work.write.update(EmergencyAccess, access, { endedAt }));
}

/**
 * Refuses another emergency access while the person can end an open one. Returns open ones that an exclusion hides from
 * the person, who can neither read nor end them: they end when the next is opened. They still count for the review, the
 * limits and the alarm.
 */
async function oneAtATime(work: UnitOfWork): Promise<EmergencyAccess[]> {
  const open = await work.asSystem(() => openOf(work, work.actor.id));
  for (const one of open) {
    if (!(await work.records.findOrNull('end', EmergencyAccess, one.id))) continue;
    work.command.noteSubject('open-in-emergency', EmergencyAccess, one);
    throw conflict('open-already', 'You have an emergency access that is open. End it first: one case at a time.');
  }
  return open;
}

/** Hours within which another emergency access of the same person raises an alarm. */
const ALARM_HOURS = 24;
/** Maximum number of unreviewed emergency accesses of one person. */
const MOST_UNREVIEWED = 3;

/** Refuses another emergency access while the review of an earlier one is overdue, or while too many are unreviewed. */
async function mustBeReviewed(work: UnitOfWork): Promise<void> {
  const unreviewed = { practitionerId: work.actor.id, reviewedAt: IsNull() };
  if ((await work.manager.countBy(EmergencyAccess, unreviewed)) >= MOST_UNREVIEWED)
    throw refused(
      'review-first',
      `${String(MOST_UNREVIEWED)} emergency accesses of yours wait for their review. Ask your partnership’s data protection officer to review them, or the chair of the panel for access: POST /v1/access-requests.`,
    );
  const overdue = { ...unreviewed, reviewDueOn: LessThan(londonDay(work.now)) };
  if (await work.manager.existsBy(EmergencyAccess, overdue))
    throw refused(
      'review-overdue',
      'An earlier emergency access of yours is overdue for review. Ask your partnership’s data protection officer to review it.',
    );
}

/** Returns whether the person opened another emergency access shortly before. */
async function isSecond(work: UnitOfWork): Promise<boolean> {
  const since = new Date(work.now.getTime() - ALARM_HOURS * 3_600_000);
  return work.manager.existsBy(EmergencyAccess, { practitionerId: work.actor.id, openedAt: MoreThan(since) });
}

/**
 * Notifies agencies with a data protection officer in the partnership at once, rather than on the day of the review.
 */
async function alarm(work: UnitOfWork, { id, partnershipId, caseId, panelId }: EmergencyAccess): Promise<void> {
  const agencies = await work.manager.query<{ agencyId: string }[]>(
    `SELECT DISTINCT p.agency_id AS "agencyId" FROM agency_partnerships ap
     JOIN practitioners p ON p.agency_id = ap.agency_id AND p.active AND 'data_protection_officer' = ANY (p.roles)
     WHERE ap.partnership_id = $1`,
    [partnershipId],
  );
  const kind = 'emergency_alarm';
  const about = { kind, subjectType: NOTICES[kind].about, level: NOTICES[kind].level, subjectId: id } as const;
  await work.write.insertMany(
    Notice,
    agencies.map((to) => ({ ...about, ...to, partnershipId, caseId, panelId, dueOn: londonDay(work.now) })),
  );
}

/** Returns the identifier of the case with the reference, or an unused identifier if there is none. */
async function idOf(work: UnitOfWork, reference: string): Promise<string> {
  return (await work.manager.findOneBy(Case, { reference }))?.id ?? uuidv7();
}

/**
 * Records an event without the case, whose timeline would identify the person. People concerned read the access itself,
 * by reference.
 */
function happenedUnnamed(
  work: UnitOfWork,
  event: string,
  { caseId: _, ...access }: EmergencyAccess,
  data: Record<string, unknown> = {},
): void {
  work.recordEvent(event, EmergencyAccess, access, data);
}
