import { Injectable } from '@nestjs/common';
import { IsNull, MoreThanOrEqual } from 'typeorm';
import { Practitioner } from '../agencies/agency.entity.js';
import { actsIn } from '../agencies/acting-in.js';
import { mustEntrustSeldom } from '../agencies/entrusting.js';
import { Departures, LEFT_THE_AGENCY } from '../agencies/departures.js';
import { watchOffices } from './oversight.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { conflict, notFound, refused, unacceptable } from '../http/problems.js';
import { londonDay } from '../time/clock.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import {
  DAYS_TO_APPOINT_A_CHAIR,
  mustBeginWithin,
  mustEndWithin,
  MOST_SEAT_BACKDATING_DAYS,
  yearsAfter,
} from './limits.js';
import { ruleNumber } from './panel-rules.js';
import { daysAfter } from './working-days.js';
import { CHAIRING_ROLES, GOVERNING_ROLES, Membership, Panel, PanelRules } from './panel.entity.js';
import { chairedPanels, coordinatedPanels } from './panels.policy.js';
import type {
  MembershipEnd,
  MembershipEnding,
  MembershipRequest,
  PanelChange,
  PanelRulesRequest,
} from './panel.dto.js';
import { MembershipView, PanelRulesView, PanelView } from './panel.response.js';

/** Panels, their members and their rules. */
@Injectable()
export class PanelsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly departures: Departures,
  ) {
    departures.register(endSeatsOf);
  }

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(PanelView, {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(PanelView, await work.records.find('read', Panel, id)),
    );
  }

  change(actor: Actor, id: string, request: PanelChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('convene', Panel, PanelView, id, { writes: request });
      const changed = await work.write.updateIfChanged(Panel, found, request);
      work.recordEvent('panel.changed', Panel, changed, { fields: Object.keys(request) });
      return work.respond.one(PanelView, changed);
    });
  }

  memberships(actor: Actor, panelId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Panel, panelId);
      return work.respond.page(MembershipView, { panelId }, query);
    });
  }

  appoint(actor: Actor, panelId: string, request: MembershipRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const isGoverning = GOVERNING_ROLES.includes(request.role);
      // an invalid role does not tell which permission the command needs; either permission suffices to see the
      // validation error
      const appointsChairs =
        isGoverning ||
        (actor.call.deferredProblem && (await work.records.findOrNull('appoint-chairs', Panel, panelId)) !== null);
      const panel = await work.records.find(appointsChairs ? 'appoint-chairs' : 'appoint', Panel, panelId, {
        lock: !!request.replacesId,
      });
      const member = await findAppointee(work, request.practitionerId, panel);
      if (isGoverning) await mustBeOfAnotherAgency(work, member, panel);
      await mustEntrustSeldom(work, member.id);
      const rules = (await rulesInForce(work, panelId))?.rules;
      mustBeginWithin(request.validFrom, work.now, ruleNumber(rules, 'membershipStartDays'), {
        pointer: '/validFrom',
        atMostDaysAgo: MOST_SEAT_BACKDATING_DAYS,
      });
      const latest = yearsAfter(request.validFrom, ruleNumber(rules, 'membershipYears'));
      const validTo = request.validTo ?? latest;
      mustEndWithin(validTo, request.validFrom, latest, { pointer: '/validTo' });
      const { replacesId, replaceReason, ...seat } = request;
      const mustLeaveSomebody = replacesId ? await this.watchChairs(work, panel, request.validFrom) : null;
      const replaced = replacesId ? await this.endReplacedSeat(work, panelId, request) : null;
      await mustNotOverlap(work, panelId, { ...seat, validTo });
      const given = { ...seat, validTo, panelId, agencyId: member.agencyId, appointedById: actor.id };
      const membership = await work.write.insert(Membership, given);
      if (replaced && CHAIRING_ROLES.includes(replaced.role)) {
        await mustLeaveChair(work, replaced, replaced.validTo as string);
        await mustLeaveSomebody?.();
      }
      work.recordEvent('membership.began', Membership, membership, { tier: request.tier, role: request.role });
      return work.respond.one(MembershipView, membership, { status: 201 });
    });
  }

  end(actor: Actor, panelId: string, id: string, { validTo }: MembershipEnd): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const panel = await work.records.find('read', Panel, panelId, { lock: true });
      await work.records.find('end', Membership, id);
      const mustLeaveSomebody = await this.watchChairs(work, panel, daysAfter(validTo, 1));
      const membership = await work.records.findForUpdate('end', Membership, MembershipView, id, {
        writes: { validTo },
      });
      if (membership.panelId !== panelId) throw notFound();
      mustShorten(work, membership, validTo);
      const ended = await work.write.updateIfChanged(Membership, membership, { validTo });
      // after the update, which waits for concurrent changes of seats
      if (CHAIRING_ROLES.includes(membership.role)) await leaveChair(work, membership, validTo, mustLeaveSomebody);
      work.recordEvent('membership.ends', Membership, ended, { validTo });
      return work.respond.one(MembershipView, ended);
    });
  }

  /** Ends a seat at once, and with it the access it gave. A seat that has not begun is cancelled. */
  endNow(actor: Actor, panelId: string, id: string, { reason }: MembershipEnding): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      await work.records.find('read', Panel, panelId);
      const seat = await work.records.find('end', Membership, id);
      // before the panel is locked, because this locks items of meetings
      if (seat.panelId === panelId) await this.departures.leaving(work, seat.practitionerId);
      const panel = await work.records.find('read', Panel, panelId, { lock: true });
      const mustLeaveSomebody = await this.watchChairs(work, panel, londonDay(work.now));
      const membership = await work.records.findForUpdate('end', Membership, MembershipView, id);
      if (membership.panelId !== panelId) throw notFound();
      const ended = await endSeatNow(work, membership, reason);
      if (CHAIRING_ROLES.includes(ended.role))
        await leaveChair(work, ended, ended.validTo as string, mustLeaveSomebody);
      return work.respond.one(MembershipView, ended);
    });
  }

  /**
   * Counts the chairs of the panel's open matters before a seat ends. A lock serializes two chairs who leave at the
   * same time.
   */
  private watchChairs(
    work: UnitOfWork,
    { id: panelId, partnershipId }: Panel,
    from: string,
  ): Promise<() => Promise<void>> {
    return watchOffices(work, this.actors, { partnershipId, panelId, from });
  }

  /** Ends the seat that a new one replaces. The actor needs permission to end the old seat. */
  private async endReplacedSeat(
    work: UnitOfWork,
    panelId: string,
    { replacesId, replaceReason, practitionerId, validFrom }: MembershipRequest,
  ): Promise<Membership> {
    if (!replaceReason)
      throw unacceptable('reason-missing', 'Give a reason for the replacement of the seat.', [
        { pointer: '/replaceReason', detail: 'is required with replacesId' },
      ]);
    const old = await work.records.find('end', Membership, replacesId as string, { lock: true });
    if (old.panelId !== panelId || old.practitionerId !== practitionerId) throw notFound();
    const today = londonDay(work.now);
    if (validFrom < today)
      throw unacceptable(
        'replaced-in-the-past',
        'A seat cannot be replaced in the past. Choose today or a later day.',
        [{ pointer: '/validFrom', detail: `must not be earlier than ${today}` }],
      );
    if (validFrom === today) return endSeatNow(work, old, replaceReason);
    const validTo = daysAfter(validFrom, -1);
    mustShorten(work, old, validTo);
    const ended = await work.write.update(Membership, old, { validTo });
    work.recordEvent('membership.ends', Membership, ended, { validTo });
    return ended;
  }

  rules(actor: Actor, panelId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Panel, panelId);
      return work.respond.page(PanelRulesView, { panelId }, query);
    });
  }

  setRules(actor: Actor, panelId: string, request: PanelRulesRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      await work.records.find('rule', Panel, panelId, { lock: true });
      const editions = await work.records.findMany('read', PanelRules, { panelId });
      const edition = Math.max(0, ...editions.map((one) => one.edition)) + 1;
      const made = await work.write.insert(PanelRules, { ...request, rules: { ...request.rules }, panelId, edition });
      work.recordEvent('panel.rules-set', PanelRules, made, { edition });
      return work.respond.one(PanelRulesView, made, { status: 201 });
    });
  }
}

/** Returns the practitioner to appoint: another person, active, whose agency acts in the panel's partnership. */
async function findAppointee(
  work: UnitOfWork,
  practitionerId: string,
  { partnershipId }: Panel,
): Promise<Practitioner> {
  if (work.actor.registrationIds.includes(practitionerId))
    throw refused(
      'own-appointment',
      'You cannot appoint yourself, or a person registered by your agency under a name that you have or had. Ask another person who may give this seat.',
    );
  // locked, so that nobody is appointed while being deactivated
  const member = await work.records.findOrNull('appoint', Practitioner, practitionerId, { lock: true });
  if (member && (await actsIn(work, member.agencyId, partnershipId))) return member;
  throw unacceptable('unknown-practitioner', 'Appoint a person whose agency acts in the panel’s partnership.', [
    { pointer: '/practitionerId', detail: 'no such practitioner in this partnership' },
  ]);
}

/**
 * Requires a person of another agency if the steering group appoints. Two colleagues in a steering group could
 * otherwise put each other in charge of every panel.
 */
async function mustBeOfAnotherAgency(work: UnitOfWork, { agencyId }: Practitioner, { id }: Panel): Promise<void> {
  if (agencyId === work.actor.agencyId && !chairedPanels(work.actor).includes(id))
    throw refused(
      'own-agency-appointment',
      'As a chair of the steering group you cannot appoint a colleague of your own agency. Ask another chair of the steering group, or a chair of the panel.',
    );
}

/**
 * Refuses a seat that overlaps another one of the same person. An exclusion constraint in the database catches
 * concurrent requests.
 */
async function mustNotOverlap(
  work: UnitOfWork,
  panelId: string,
  { practitionerId, validFrom, validTo }: MembershipRequest,
): Promise<void> {
  const [taken] = await work.manager.query<{ id: string }[]>(
    `SELECT id FROM memberships WHERE panel_id = $1 AND practitioner_id = $2
       AND daterange(valid_from, valid_to + 1, '[)') && daterange($3::date, $4::date + 1, '[)') LIMIT 1`,
    [panelId, practitionerId, validFrom, validTo ?? null],
  );
  if (taken)
    throw conflict(
      'seat-overlaps',
      `This person already has a seat on the panel in that period. ${howToEndTheOther(work.actor, panelId)}`,
    );
}

/**
 * Returns how the appointer gets the other seat ended. Does not depend on that seat, which a chair of the steering group
 * sees only if it is the seat of a chair, co-chair or coordinator.
 */
const howToEndTheOther = (actor: Actor, panelId: string): string =>
  coordinatedPanels(actor).includes(panelId)
    ? 'End that seat first, or replace it with replacesId.'
    : 'End the seat of a chair, co-chair or coordinator first, or replace it with replacesId. The coordinator of the panel ends any other seat first (POST /v1/panels/{id}/memberships/{membershipId}/ending); then send the appointment again.';

/**
 * Ends a seat at once. The last whole day becomes the day before, so that rules that count by days no longer count the
 * seat.
 */
async function endSeatNow(work: UnitOfWork, seat: Membership, endReason: string): Promise<Membership> {
  const today = londonDay(work.now);
  if (seat.endedAt || (seat.validTo && seat.validTo < today))
    throw conflict('seat-ended', 'This seat has ended. Appoint the person again.');
  const hasBegun = seat.validFrom <= today;
  const validTo = daysAfter(hasBegun ? today : seat.validFrom, -1);
  const ended = await work.write.update(Membership, seat, { validTo, endedAt: work.now, endReason });
  work.recordEvent(hasBegun ? 'membership.ended' : 'membership.cancelled', Membership, ended, { validTo });
  return ended;
}

/**
 * Ends the seats of a person who left the agency, including the last chair's. Source:
 * `docs/decisions/0048-deactivate-the-only-chair-at-once.md`.
 */
async function endSeatsOf(work: UnitOfWork, { id: practitionerId }: Practitioner): Promise<void> {
  const today = londonDay(work.now);
  const seats = await work.manager.find(Membership, {
    where: [
      { practitionerId, endedAt: IsNull(), validTo: IsNull() },
      { practitionerId, endedAt: IsNull(), validTo: MoreThanOrEqual(today) },
    ],
    order: { id: 'ASC' },
  });
  for (const seat of seats) await endSeatNow(work, seat, LEFT_THE_AGENCY);
}

/** Throws unless `validTo` shortens the seat. An ended seat, or a longer one, needs a new appointment. */
function mustShorten(work: UnitOfWork, seat: Membership, validTo: string): void {
  const today = londonDay(work.now);
  if (seat.endedAt || (seat.validTo && seat.validTo < today))
    throw conflict('seat-ended', 'This seat has ended. Appoint the person again.');
  if (validTo < today)
    throw unacceptable(
      'end-in-the-past',
      'The last day cannot be in the past. Choose today or a later day, or end the seat at once: POST /v1/panels/{id}/memberships/{membershipId}/ending.',
      [{ pointer: '/validTo', detail: `must not be earlier than ${today}` }],
    );
  if (validTo < seat.validFrom || (seat.validTo && validTo > seat.validTo))
    throw unacceptable(
      'end-not-earlier',
      `Choose a last day from ${seat.validFrom}${seat.validTo ? ` to ${seat.validTo}` : ''}. For a longer seat, make a new appointment.`,
      [{ pointer: '/validTo', detail: 'is before the first day, or after the current last day' }],
    );
}

/**
 * Requires that the panel has another chair on the day after. A chair whose own seat ends before a successor could be
 * appointed does not count. The number of days is a constant: if it were a rule of the panel, its chair could set it so
 * that no successor qualifies.
 */
async function mustLeaveChair(work: UnitOfWork, seat: Membership, validTo: string): Promise<void> {
  const [left] = await work.manager.query<{ id: string }[]>(
    `SELECT m.id FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id AND p.agency_id = m.agency_id AND p.active
     WHERE m.panel_id = $1 AND m.id <> $2 AND m.role = ANY ($3) AND m.valid_from <= $4::date + 1
       AND (m.valid_to IS NULL OR m.valid_to > greatest($4::date, $5::date) + $6::int) LIMIT 1`,
    [seat.panelId, seat.id, CHAIRING_ROLES, validTo, londonDay(work.now), DAYS_TO_APPOINT_A_CHAIR],
  );
  if (!left)
    throw unacceptable(
      'no-chair-left',
      'The panel would have no chair. Appoint a chair or co-chair first: POST /v1/panels/{id}/memberships.',
      [{ pointer: '/validTo', detail: 'the panel would have no chair after that day' }],
    );
}

/**
 * Returns the edition of a panel's rules in force today, or null. If several editions have the same day, the highest
 * number applies.
 */
export async function rulesInForce(work: UnitOfWork, panelId: string): Promise<PanelRules | null> {
  const today = londonDay(work.now);
  const [inForce] = await work.manager.query<{ id: string }[]>(
    `SELECT id FROM panel_rules WHERE panel_id = $1 AND effective_from <= $2
     ORDER BY effective_from DESC, edition DESC LIMIT 1`,
    [panelId, today],
  );
  return inForce ? work.manager.findOneByOrFail(PanelRules, { id: inForce.id }) : null;
}

/** Requires that the panel keeps a chair, and that somebody remains to act for it. */
async function leaveChair(
  work: UnitOfWork,
  seat: Membership,
  lastDay: string,
  mustLeaveSomebody: () => Promise<void>,
): Promise<void> {
  await mustLeaveChair(work, seat, lastDay);
  await mustLeaveSomebody();
}
