import { Injectable } from '@nestjs/common';
import { IsNull, LessThan, MoreThan } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Case } from '../cases/case.entity.js';
import { workingDaysAfter } from '../panels/working-days.js';
import type { Actor } from '../policy/actor.js';
import { conflict, refused, unacceptable } from '../policy/problems.js';
import { londonDay } from '../records/london-day.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { Work } from '../records/work.js';
import { EMERGENCY_MINUTES, EmergencyAccess } from '../sharing/access.entity.js';
import { EmergencyAccessView } from './access.views.js';
import type { EmergencyOpening, EmergencyReview } from './emergency.requests.js';

/** Within how many working days it is reviewed. Source: law and standards note, section 5.4, REQ-BTG-01. */
const REVIEW_WORKING_DAYS = 2;

/**
 * Breaking the glass: one case, to read, for an hour, reviewed afterwards. What is sealed, excluded or in a compartment
 * stays closed. Source: law and standards note, section 5.4 "Break-glass".
 */
@Injectable()
export class EmergencyService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(EmergencyAccessView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(EmergencyAccessView, await work.find('read', EmergencyAccess, id)),
    );
  }

  open(actor: Actor, { caseId, caseReference, reasonCode, reason }: EmergencyOpening): Promise<Presented> {
    if (!caseReference === !caseId)
      throw unacceptable('which-case', 'Name the one case by its identifier or by its reference.', [
        { pointer: '/caseId', detail: 'give either caseId or caseReference' },
      ]);
    return this.records.change(actor, async (work) => {
      await mustBeReviewed(work);
      const id = caseId ?? (await idOf(work, (caseReference as string).toUpperCase()));
      const about = await work.find('open-in-emergency', Case, id, { lock: true });
      const open = { practitionerId: actor.id, caseId: id, endedAt: IsNull(), expiresAt: MoreThan(work.now) };
      if (await work.manager.existsBy(EmergencyAccess, open))
        throw conflict('open-already', 'You have emergency access to this case already.');
      const made = await work.insert(EmergencyAccess, {
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
        reviewDueOn: workingDaysAfter(londonDay(work.now), REVIEW_WORKING_DAYS),
        outcome: null,
        reviewNote: null,
        reviewedById: null,
        reviewedAt: null,
      });
      happenedUnnamed(work, 'emergency-access.opened', made);
      return work.show(EmergencyAccessView, made.id, 201);
    });
  }

  /** Ends it before its time. */
  end(actor: Actor, id: string): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('end', EmergencyAccess, EmergencyAccessView, id);
      if (found.endedAt || found.expiresAt <= work.now)
        throw conflict('ended', 'This emergency access has ended already.');
      happenedUnnamed(work, 'emergency-access.ended', await work.update(EmergencyAccess, found, { endedAt: work.now }));
      return work.show(EmergencyAccessView, id);
    });
  }

  review(actor: Actor, id: string, { outcome, note }: EmergencyReview): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('review', EmergencyAccess, EmergencyAccessView, id);
      if (found.reviewedAt) throw conflict('reviewed', 'This emergency access was reviewed already.');
      const review = { outcome, reviewNote: note, reviewedById: actor.id, reviewedAt: work.now };
      happenedUnnamed(work, 'emergency-access.reviewed', await work.update(EmergencyAccess, found, review), {
        outcome,
      });
      return work.show(EmergencyAccessView, id);
    });
  }
}

/** Whoever's last use was not reviewed in time waits for that: it is the reviewer who is asked, not the glass. */
async function mustBeReviewed(work: Work): Promise<void> {
  const overdue = { practitionerId: work.actor.id, reviewedAt: IsNull(), reviewDueOn: LessThan(londonDay(work.now)) };
  if (await work.manager.existsBy(EmergencyAccess, overdue))
    throw refused(
      'review-overdue',
      'An earlier emergency access of yours is overdue for review. Ask your partnership’s data protection officer to review it.',
    );
}

/** The case of that reference; where there is none, an identifier that nothing has. */
async function idOf(work: Work, reference: string): Promise<string> {
  return (await work.manager.findOneBy(Case, { reference }))?.id ?? uuidv7();
}

/** Not on the case's timeline: it would name who did it. Those concerned read the access itself, by reference. */
function happenedUnnamed(
  work: Work,
  event: string,
  { caseId: _, ...access }: EmergencyAccess,
  data: Record<string, unknown> = {},
): void {
  work.happened(event, EmergencyAccess, access, data);
}
