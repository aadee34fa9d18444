import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import { CHAIRING_ROLES, Membership } from '../panels/panel.entity.js';
import { rulesInForce } from '../panels/panels.service.js';
import { safeguardingLeadsOf } from '../panels/working-partnerships.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, refused, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { readAttendanceRule, type AttendanceRule } from './attendance-rules.js';
import { Attendance, isPresent } from './attendance.entity.js';
import type { AttendanceRequest, DepartureRequest } from './attendance.dto.js';
import { AttendanceView } from './attendance.response.js';
import { refuseInWriting } from '../meetings/in-writing.js';
import { Invitation, isToBeHeld, Listing, Meeting, type MeetingStatus } from '../meetings/meeting.entity.js';
import { requireBegun } from '../meetings/meeting-begun.js';
import { ItemPresenceService } from './item-presence.service.js';
import { ItemPresence } from './running-order.entity.js';

/** Attendance at meetings: presence, deputies, confidentiality and corrections. */
@Injectable()
export class AttendanceService {
  constructor(
    private readonly records: Records,
    private readonly itemPresence: ItemPresenceService,
  ) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Meeting, meetingId);
      return work.respond.page(AttendanceView, { meetingId }, query);
    });
  }

  get(actor: Actor, meetingId: string, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const found = await work.records.find('read', Attendance, id);
      if (found.meetingId !== meetingId) throw notFound();
      return work.respond.one(AttendanceView, found);
    });
  }

  /**
   * Records an attendance: everybody's own, or anybody's by the coordination, which confirms presence by the record.
   */
  attend(actor: Actor, meetingId: string, request: AttendanceRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { practitionerId, status, deputyForId = null, arrivedAt = null, correctionReason = null } = request;
      const meeting = await work.records.find('attend', Meeting, meetingId, { lock: true });
      refuseInWriting(meeting);
      requireOpenAttendance(meeting.status);
      const registers = (await work.records.findOrNull('register', Meeting, meetingId)) !== null;
      if (practitionerId !== actor.id && !registers)
        throw refused(
          'own-attendance-only',
          'Only the panel’s chair or coordinator can record the attendance of other people. Ask one of them.',
        );
      // apologies are sent in advance
      if (isPresent(status)) requireBegun(meeting, work.now);
      if (!isPresent(status) && (arrivedAt ?? deputyForId))
        throw unacceptable(
          'only-if-present',
          'Only a present person has an arrival or replaces a member. Leave these fields out, or send the status `present` or `deputy`.',
          [{ pointer: arrivedAt ? '/arrivedAt' : '/deputyForId', detail: 'is allowed only for a present person' }],
        );
      const person = await findAttendee(work, meeting, practitionerId);
      const { agencyId } = person;
      const rule = readAttendanceRule((await rulesInForce(work, meeting.panelId))?.rules);
      await checkDeputy(work, meeting, rule, request);
      const earlier = await work.records.findMany('read', Attendance, { meetingId, practitionerId });
      const listingIds = await findItemsOfGuest(work, meeting, person, arrivedAt ?? work.now);
      const accepted = request.confidentialityAccepted
        ? work.now
        : (earlier.find((one) => one.confidentialityAcceptedAt)?.confidentialityAcceptedAt ??
          (rule.declaredYearly ? await findYearlyAcceptance(work, meeting.panelId, practitionerId) : null));
      if (isPresent(status) && !accepted)
        throw unacceptable(
          'confidentiality-first',
          'A person must accept confidentiality to be recorded as present. Send `confidentialityAccepted: true`.',
          [{ pointer: '/confidentialityAccepted', detail: 'must be true for a present person' }],
        );
      const current = findReplacedRecord(earlier);
      // `attend` has decided about people who record themselves; people already recorded as present remain present
      if (practitionerId !== actor.id && !(current && (isPresent(current.status) || !isPresent(status))))
        await requirePlaceAtMeeting(work, meeting, person, isPresent(status));
      const arrival = isPresent(status) ? (arrivedAt ?? current?.arrivedAt ?? work.now) : null;
      const recorded = {
        status,
        listingIds: mergeItems(listingIds, current),
        deputyForId,
        arrivedAt: arrival,
        confidentialityAcceptedAt: accepted,
        ...(await resolveConfirmation(work, meeting, { practitionerId, arrival, registers, current })),
        ...(correctionReason ? { correctionReason } : {}),
      };
      checkArrival(work, arrival, earlier);
      await authorizeCorrection(work, { meetingId, arrival, registers, current, correctionReason });
      if (arrival && !(current && isPresent(current.status))) await endHiddenStay(work, meetingId, practitionerId);
      const attendance = current
        ? await work.write.update(Attendance, current, recorded)
        : await work.write.insert(Attendance, {
            meetingId,
            panelId: meeting.panelId,
            partnershipId: meeting.partnershipId,
            practitionerId,
            agencyId,
            ...recorded,
          });
      const { correctionReason: reason } = recorded;
      const data = { status, arrivedAt: arrival, ...(reason ? { correctionReason: reason } : {}) };
      work.recordEvent('attendance.recorded', Attendance, attendance, data);
      await this.itemPresence.recordPresenceSinceArrival(work, attendance);
      return work.respond.one(AttendanceView, attendance, { status: 201 });
    });
  }

  depart(actor: Actor, meetingId: string, id: string, { leftAt }: DepartureRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('depart', Attendance, AttendanceView, id);
      if (found.meetingId !== meetingId) throw notFound();
      requireOpenAttendance((await work.records.find('read', Meeting, meetingId)).status);
      if (!found.arrivedAt || found.leftAt) throw notPresent();
      const at = leftAt ?? work.now;
      if (at <= found.arrivedAt || at > work.now) throw departureInvalid();
      if (found.practitionerId === actor.id && !(await work.records.findOrNull('register', Meeting, meetingId)))
        await refuseIfItemHeard(work, { meetingId, from: found.arrivedAt, after: at });
      const departed = await work.write.update(Attendance, found, { leftAt: at });
      work.recordEvent('attendance.ended', Attendance, departed);
      return work.respond.one(AttendanceView, departed);
    });
  }
}

interface AttendanceInput {
  practitionerId: string;
  arrival: Date | null;
  registers: boolean;
  current?: Attendance;
}

/**
 * Returns the confirmation by which the person counts for the quorum. Chair or coordinator confirm presence while the
 * meeting is in session. Only the chair of this meeting confirms their own presence, and only with a seat as chair or
 * co-chair: a coordinator who opened the meeting cannot. A confirmation remains valid while the person stays and the
 * time of arrival is unchanged.
 */
async function resolveConfirmation(
  work: UnitOfWork,
  meeting: Meeting,
  { practitionerId, arrival, registers, current }: AttendanceInput,
): Promise<Pick<Attendance, 'confirmedAt' | 'confirmedById'>> {
  const { now, actor } = work;
  if (!arrival) return { confirmedAt: null, confirmedById: null };
  if (registers && meeting.status === 'in_session')
    if (
      !actor.registrationIds.includes(practitionerId) ||
      (practitionerId === actor.id && meeting.chairId === actor.id && (await isChairToday(work, meeting)))
    )
      return { confirmedAt: now, confirmedById: actor.id };
  if (current?.arrivedAt?.getTime() !== arrival.getTime()) return { confirmedAt: null, confirmedById: null };
  return { confirmedAt: current.confirmedAt, confirmedById: current.confirmedById };
}

/**
 * Authorizes the removal of a recorded presence or a part of it. People leave by a departure. Only chair or coordinator
 * correct an entry made in error, with a reason, and only if no item was heard in the time removed.
 */
async function authorizeCorrection(
  work: UnitOfWork,
  correction: Omit<AttendanceInput, 'practitionerId'> & Pick<Attendance, 'meetingId' | 'correctionReason'>,
): Promise<void> {
  const { meetingId, arrival, registers, current, correctionReason } = correction;
  const from = current?.arrivedAt;
  if (!from || (arrival && arrival <= from)) {
    if (!correctionReason) return;
    throw correctsNothing();
  }
  if (!registers) throw recordedAsThere();
  if (!correctionReason) throw correctionNeedsReason();
  await refuseIfItemHeard(work, { meetingId, from, until: arrival, practitionerId: current.practitionerId });
}

/**
 * Refuses to remove time in which an item was heard. Only items visible to the actor count, so that the answer reveals
 * no hidden item; presences at hidden items remain recorded with these items. Items at which the presence of the person
 * was corrected do not count.
 */
async function refuseIfItemHeard(
  work: UnitOfWork,
  {
    meetingId,
    from,
    after,
    until,
    practitionerId,
  }: { meetingId: string; from: Date; after?: Date; until?: Date | null; practitionerId?: string },
): Promise<void> {
  const notThere = practitionerId
    ? await work.records.findMany('read', ItemPresence, {
        ...{ meetingId, practitionerId, wasPresent: false, correctedAt: null },
      })
    : [];
  const items = await work.records.findMany('read', Listing, {
    meetingId,
    id: { $nin: notThere.map(({ listingId }) => listingId) },
    startedAt: { $ne: null },
    $or: [{ endedAt: null }, { endedAt: { $gt: from } }],
  });
  const isTaken = ({ startedAt }: Listing): boolean =>
    startedAt !== null && (!after || startedAt >= after) && (!until || startedAt < until);
  if (items.some(isTaken)) throw conflict('item-heard-since', after ? HEARD_AFTER_DEPARTURE : HEARD_WHILE_PRESENT);
}

const HEARD_AFTER_DEPARTURE =
  'An item was started after that time while you were recorded as present. Send a later `leftAt`, or ask the panel’s chair or coordinator.';
const HEARD_WHILE_PRESENT =
  'An item was heard while the person was recorded as present, so the presence cannot be removed. Record a departure: POST /v1/meetings/{id}/attendances/{attendanceId}/departure; or correct the presence at each item first: POST /v1/meetings/{id}/listings/{listingId}/presences/{presenceId}/correction.';

function requireOpenAttendance(status: MeetingStatus): void {
  if (!isToBeHeld(status))
    throw conflict(
      'not-in-this-state',
      `A meeting that is ${status} accepts no attendance. Its attendance is final; who was there for an item is corrected with POST /v1/meetings/{id}/listings/{listingId}/presences/{presenceId}/correction.`,
    );
}

async function findAttendee(
  work: UnitOfWork,
  { partnershipId }: Meeting,
  practitionerId: string,
): Promise<Practitioner> {
  const person = await work.records.findOrNull('read', Practitioner, practitionerId);
  if (!person || !(await work.manager.existsBy(AgencyPartnership, { agencyId: person.agencyId, partnershipId })))
    throw unacceptable('unknown-practitioner', 'Name a person whose agency works in the panel’s partnership.', [
      { pointer: '/practitionerId', detail: 'is no such person' },
    ]);
  return person;
}

/**
 * Refuses people with neither a seat nor an open invitation, who have no place at the meeting. A seat without access to
 * cases, such as an observer's, is sufficient: the chair asks observers to leave for the items, or invites them to an
 * item; without access they are not recorded as recipients. Only invitations visible to the actor count, so that the
 * answer reveals no hidden item; guests of a hidden item record their own attendance.
 */
async function requirePlaceAtMeeting(
  work: UnitOfWork,
  meeting: Meeting,
  person: Practitioner,
  isThere: boolean,
): Promise<void> {
  const { id: practitionerId, agencyId } = person;
  if (person.active || !isThere) {
    if (
      (
        await work.records.findMany(
          'read',
          Membership,
          { ...currentSeatFilter(work, meeting.panelId, practitionerId), agencyId },
          1,
        )
      ).length
    )
      return;
    const invitation = {
      meetingId: meeting.id,
      agencyId,
      withdrawnAt: null,
      opensAt: { $lte: work.now },
      closesAt: { $gt: work.now },
      $or: [{ practitionerId }, ...((await isLead(work, meeting, person)) ? [{ practitionerId: null }] : [])],
    };
    if ((await work.records.findMany('read', Invitation, invitation, 1)).length) return;
  }
  throw unacceptable(
    'not-invited',
    'Only members of the panel and invited guests can be recorded. Invite the person first, also during the meeting: POST /v1/meetings/{id}/listings/{listingId}/invitations; or appoint the person: POST /v1/panels/{id}/memberships.',
    [{ pointer: '/practitionerId', detail: 'has no seat on the panel and no open invitation to an item' }],
  );
}

/** Returns whether the actor has a seat as chair or co-chair of the panel today. */
async function isChairToday(work: UnitOfWork, { panelId }: Meeting): Promise<boolean> {
  const seat = { ...currentSeatFilter(work, panelId, work.actor.id), role: { $in: [...CHAIRING_ROLES] } };
  return (await work.records.findMany('read', Membership, seat, 1)).length > 0;
}

/**
 * Returns the items, including hidden ones, to which a person without a seat is invited. Null for people with a seat.
 */
function findItemsOfGuest(
  work: UnitOfWork,
  meeting: Meeting,
  person: Practitioner,
  since: Date,
): Promise<string[] | null> {
  return work.asSystem(async () => {
    const ofAgency = await isLead(work, meeting, person);
    const [{ seated, items }] = await work.manager.query<[{ seated: boolean; items: string[] }]>(
      SEAT_AND_INVITED_ITEMS,
      [meeting.id, meeting.panelId, person.id, person.agencyId, londonDay(work.now), work.now, since, ofAgency],
    );
    return seated ? null : items;
  });
}

/** Returns whether invitations of the whole agency apply to the person. */
const isLead = async (work: UnitOfWork, { partnershipId }: Meeting, { id, agencyId }: Practitioner): Promise<boolean> =>
  (await safeguardingLeadsOf(work, [agencyId], partnershipId)).includes(id);

const mergeItems = (listingIds: string[] | null, before?: Attendance): string[] | null =>
  listingIds && [...new Set([...(before?.listingIds ?? []), ...listingIds])];

/**
 * Ends an open stay hidden from the actor, because the person came for hidden items, before the actor records another.
 * A person has at most one open stay. Records of absence end nothing; hidden apologies remain beside the actor's
 * record.
 */
function endHiddenStay(work: UnitOfWork, meetingId: string, practitionerId: string): Promise<void> {
  return work.asSystem(async () => {
    const open = { meetingId, practitionerId, arrivedAt: Not(IsNull()), leftAt: IsNull() };
    const unseen = await work.manager.findOneBy(Attendance, open);
    if (!unseen?.arrivedAt) return;
    const leftAt = new Date(Math.max(work.now.getTime(), unseen.arrivedAt.getTime() + 1));
    await work.write.update(Attendance, unseen, { leftAt });
  });
}

/** Returns the record that a new one replaces: the open stay, otherwise the latest record of absence. */
function findReplacedRecord(earlier: Attendance[]): Attendance | undefined {
  const open = earlier.filter((one) => !one.leftAt);
  const latest = open.toSorted((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())[0];
  return open.find((one) => isPresent(one.status)) ?? latest;
}

/** Returns the filter for the current seats of the person on the panel. */
function currentSeatFilter({ now }: UnitOfWork, panelId: string, practitionerId: string | null) {
  const today = londonDay(now);
  return {
    panelId,
    practitionerId,
    validFrom: { $lte: today },
    $or: [{ validTo: null }, { validTo: { $gte: today } }],
  };
}

/** Refuses deputies if the panel allows none, and deputies without another member to replace. */
async function checkDeputy(
  work: UnitOfWork,
  { panelId }: Meeting,
  { deputiesAllowed }: AttendanceRule,
  { status, practitionerId, deputyForId }: AttendanceRequest,
): Promise<void> {
  if (status !== 'deputy') {
    if (!deputyForId) return;
    throw unacceptable(
      'no-deputy',
      'Only a deputy replaces another member. Leave out `deputyForId`, or send the status `deputy`.',
      [{ pointer: '/deputyForId', detail: 'is allowed only with the status deputy' }],
    );
  }
  if (!deputiesAllowed)
    throw unacceptable(
      'no-deputies',
      'The rules of this panel allow no deputies. Record the person as present, or record apologies.',
      [{ pointer: '/status', detail: 'deputies are not allowed on this panel' }],
    );
  const seat = currentSeatFilter(work, panelId, deputyForId ?? null);
  if (
    !deputyForId ||
    deputyForId === practitionerId ||
    !(await work.records.findMany('read', Membership, seat, 1)).length
  )
    throw unacceptable('deputy-for-missing', 'Name the other member of the panel whom the deputy replaces.', [
      { pointer: '/deputyForId', detail: 'must be another member of the panel' },
    ]);
}

/** Returns the time of the person's latest declaration to this panel within the past year; null without one. */
async function findYearlyAcceptance(work: UnitOfWork, panelId: string, practitionerId: string): Promise<Date | null> {
  const [last] = await work.manager.query<{ at: Date | null }[]>(
    `SELECT max(confidentiality_accepted_at) AS at FROM attendances WHERE panel_id = $1 AND practitioner_id = $2
       AND confidentiality_accepted_at > $3::timestamptz - interval '1 year'`,
    [panelId, practitionerId, work.now],
  );
  return last?.at ?? null;
}

/** Refuses arrivals in the future or before an earlier departure, and absence after a presence. */
function checkArrival(work: UnitOfWork, arrivedAt: Date | null, earlier: Attendance[]): void {
  const before = earlier.flatMap(({ leftAt }) => leftAt ?? []);
  if (!arrivedAt && before.length)
    throw conflict('was-present', 'The person was present and left, so no absence can be recorded.');
  if (arrivedAt && (arrivedAt > work.now || before.some((left) => left > arrivedAt)))
    throw unacceptable(
      'arrival-invalid',
      'An arrival must be after an earlier departure and not in the future. Correct `arrivedAt`.',
      [{ pointer: '/arrivedAt', detail: 'must not be before an earlier departure or in the future' }],
    );
}

const departureInvalid = (): Error =>
  unacceptable('departure-invalid', 'A departure must be after the arrival and not in the future. Correct `leftAt`.', [
    { pointer: '/leftAt', detail: 'must be after arrivedAt and not in the future' },
  ]);

const notPresent = (): Error =>
  conflict(
    'not-present',
    'The person is not recorded as present. Record the arrival first: POST /v1/meetings/{id}/attendances.',
  );

const correctionNeedsReason = (): Error =>
  unacceptable(
    'correction-needs-reason',
    'The person is recorded as present. Record a departure: POST /v1/meetings/{id}/attendances/{attendanceId}/departure; or send `correctionReason` if the entry is wrong.',
    [{ pointer: '/correctionReason', detail: 'is required to correct a recorded presence' }],
  );

const recordedAsThere = (): Error =>
  conflict(
    'recorded-as-there',
    'You are recorded as present. Record your departure: POST /v1/meetings/{id}/attendances/{attendanceId}/departure. If the entry is wrong, ask the panel’s chair or coordinator to correct it.',
  );

const correctsNothing = (): Error =>
  unacceptable('corrects-nothing', 'The request removes no recorded presence. Leave out `correctionReason`.', [
    { pointer: '/correctionReason', detail: 'is allowed only to correct a recorded presence' },
  ]);

/** Selects whether a person has a seat on the panel, and the items to which the person was invited. */
const SEAT_AND_INVITED_ITEMS = `SELECT EXISTS (SELECT FROM memberships m WHERE m.panel_id = $2 AND m.practitioner_id = $3 AND m.agency_id = $4
    AND m.valid_from <= $5 AND (m.valid_to IS NULL OR m.valid_to >= $5)) AS seated,
  ARRAY(SELECT DISTINCT i.listing_id FROM invitations i
    WHERE i.meeting_id = $1 AND i.agency_id = $4 AND (i.practitioner_id = $3 OR (i.practitioner_id IS NULL AND $8))
      AND i.withdrawn_at IS NULL AND i.opens_at <= $6 AND i.closes_at > $7 ORDER BY 1) AS items`;
