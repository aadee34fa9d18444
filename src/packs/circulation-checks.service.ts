import { Injectable } from '@nestjs/common';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { Actors, type Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { conflict, notFound } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { findBasis, isStale, findChecksNamingMany, requireApprovedCheck, staleProblem } from './circulation.js';
import { isToBeHeld, Listing, Meeting } from '../meetings/meeting.entity.js';
import { findContent } from './pack-content.js';
import { createRowFinder } from './packs.service.js';
import { CirculationCheck, type Recipient } from './circulation-check.entity.js';
import { CirculationCheckItemView, CirculationCheckView } from './circulation-check.response.js';
import { listingIdOf, namedPeople, findRecipients } from './receiving.js';
import { countPeople, findWarnings } from './warnings.js';
import type { ActionOf } from '../database/columns.js';

/** Circulation checks: who would receive what of a meeting’s papers. */
@Injectable()
export class CirculationChecksService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    hooks: MeetingHooks,
  ) {
    hooks.register({ beforeCirculation: requireApprovedCheck });
  }

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.records.find('read', Meeting, meetingId);
      const given = (rows: CirculationCheck[]): Promise<Row> => valuesForReader(work, meeting, rows);
      return work.respond.page(CirculationCheckItemView, { meetingId }, query, { given });
    });
  }

  get(actor: Actor, meetingId: string, id: string, status = 200): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await findCheck(work, 'read', meetingId, id);
      return work.respond.one(CirculationCheckView, found, {
        status,
        given: await presentFindings(work, this.actors, found),
      });
    });
  }

  /**
   * Makes a check. The response is read afterwards, also for a repeated request, for the items that the reader may see
   * then.
   */
  async check(actor: Actor, meetingId: string): Promise<AuthorizedResponse> {
    const { body } = await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('circulate', Meeting, meetingId, { lock: true });
      if (!isToBeHeld(meeting.status))
        throw conflict(
          'meeting-over',
          `The papers of a meeting that is ${meeting.status} can no longer be circulated, so they need no check.`,
        );
      const content = await findContent(actor, createRowFinder(work, meeting), meetingId);
      const rules = (await rulesInForce(work, meeting.panelId))?.rules;
      const named = namedPeople(content);
      const earlier = await work.records.findMany('read', CirculationCheck, { meetingId });
      const made = await work.write.insert(CirculationCheck, {
        meetingId,
        panelId: meeting.panelId,
        partnershipId: meeting.partnershipId,
        edition: Math.max(0, ...earlier.map(({ edition }) => edition)) + 1,
        recipients: await findRecipients(work, this.actors, meeting, content),
        named,
        basis: await findBasis(work, meeting),
        needsSecondApproval: countPeople(named) > ruleNumber(rules, 'circulationCheckNamedPeople'),
        madeById: actor.id,
        approvedById: null,
        approvedAt: null,
      });
      work.recordEvent('circulation-check.made', CirculationCheck, made, { edition: made.edition });
      return work.respond.one(CirculationCheckItemView, made, {
        status: 201,
        given: await valuesForReader(work, meeting, [made]),
      });
    });
    return this.get(actor, meetingId, (body as CirculationCheckItemView).id, 201);
  }

  /**
   * Approves a check. The response is read afterwards, also for a repeated request, for the items that the reader may
   * see then.
   */
  async approve(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    await this.records.change(actor, async (work) => {
      const meeting = await work.records.find('circulate', Meeting, meetingId, { lock: true });
      await findCheck(work, 'approve', meetingId, id);
      const found = await work.records.findForUpdate('approve', CirculationCheck, CirculationCheckView, id);
      if (found.approvedAt)
        throw conflict(
          'approved-already',
          'This check is already approved. Circulate the agenda: POST /v1/meetings/{id}/agenda/circulation.',
        );
      if (await isStale(work, meeting, found)) throw staleProblem();
      const approved = await work.write.update(CirculationCheck, found, {
        approvedById: actor.id,
        approvedAt: work.now,
      });
      work.recordEvent('circulation-check.approved', CirculationCheck, approved, { edition: approved.edition });
      return work.respond.one(CirculationCheckItemView, approved, {
        given: await valuesForReader(work, meeting, [approved]),
      });
    });
    return this.get(actor, meetingId, id);
  }
}

/** Returns, by check, the values that depend on the items visible to the actor. */
async function valuesForReader(work: UnitOfWork, meeting: Meeting, checks: CirculationCheck[]): Promise<Row> {
  const many = await findChecksNamingMany(work, meeting, checks);
  return Object.fromEntries(checks.map(({ id }) => [id, { needsSecondApproval: many.has(id) }]));
}

async function findCheck(
  work: UnitOfWork,
  action: ActionOf<typeof CirculationCheck>,
  meetingId: string,
  id: string,
): Promise<CirculationCheck> {
  const found = await work.records.find(action, CirculationCheck, id);
  if (found.meetingId !== meetingId) throw notFound();
  return found;
}

/** Returns whether the person receives papers regardless of other items. */
const isRecipientOf = ({ isSeated = false, invitedTo = [], items }: Recipient, listingIds: string[]): boolean =>
  isSeated || items.length > 0 || invitedTo.some((id) => listingIds.includes(id));

/**
 * Returns recipients and named people as the reader may know them. The maker reads the stored findings. Another reader
 * may know of fewer or more conflicts, and reads the findings of the same check made now, limited to the items that it
 * covered.
 */
async function findFindings(
  work: UnitOfWork,
  actors: Actors,
  meeting: Meeting,
  check: CirculationCheck,
): Promise<Pick<CirculationCheck, 'recipients' | 'named'>> {
  if (check.madeById === work.actor.id) return check;
  const covered = new Set(check.named.map(({ listingId }) => listingId));
  const now = await findContent(work.actor, createRowFinder(work, meeting), meeting.id);
  const content = now.filter((item) => covered.has(listingIdOf(item)));
  return { recipients: await findRecipients(work, actors, meeting, content), named: namedPeople(content) };
}

/** Returns the findings of the check in the items that the reader may see. */
async function presentFindings(work: UnitOfWork, actors: Actors, check: CirculationCheck): Promise<Row> {
  const meeting = await work.records.find('read', Meeting, check.meetingId);
  const found = await findFindings(work, actors, meeting, check);
  const visible = await work.records.findMany('read', Listing, {
    id: { $in: found.named.map(({ listingId }) => listingId) },
  });
  const listingIds = visible.map(({ id }) => id);
  const isVisible = ({ listingId }: { listingId: string }): boolean => listingIds.includes(listingId);
  const recipients = found.recipients
    .map((one) => ({ ...one, items: one.items.filter(isVisible) }))
    .filter((one) => isRecipientOf(one, listingIds));
  const needsSecondApproval = (await findChecksNamingMany(work, meeting, [check])).has(check.id);
  return {
    stale: await isStale(work, meeting, check),
    namedPeople: countPeople(found.named.filter(isVisible)),
    recipients: recipients.map(({ practitionerId, agencyId, items }) => ({
      practitionerId,
      agencyId,
      items: items.map(({ listingId, receives }) => ({ listingId, receives })),
      receivesNothing: items.length === 0,
    })),
    needsSecondApproval,
    warnings: findWarnings(recipients, listingIds, needsSecondApproval),
  };
}
