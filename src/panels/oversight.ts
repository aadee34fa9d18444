/**
 * Refusal of changes that would remove the last chair, auditor or data protection officer from a matter. A matter is a
 * case, a referral, an item of a meeting or the audit log about a person. Source: docs/who-may-widen.md,
 * "Compartments and their auditors".
 *
 * The check evaluates the policy for each candidate before and after the change, in one transaction. Every rule that
 * denies access therefore counts, and no rule is duplicated here.
 */
import type { EntityManager } from 'typeorm';
import { DAYS_TO_APPOINT_A_CHAIR } from './limits.js';
import { CHAIRING_ROLES } from './panel.entity.js';
import { daysAfter } from './working-days.js';
import { Actors, type Actor } from '../authentication/actor.js';
import { tableOf, type RecordClass } from '../database/columns.js';
import { parseCondition, type Where } from '../authorization/conditions.js';
import { unacceptable } from '../http/problems.js';
import { Parameters, toSql } from '../authorization/conditions-to-sql.js';
import { subjectOf, typeNamed } from '../authorization/subjects.js';
import { asKnownToAsker } from '../records/known-attributes.js';
import { londonDay } from '../time/clock.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { conditionHolds } from '../authorization/conditions-in-memory.js';
import { notDenied, permittedRows } from '../authorization/applicable-rules.js';

interface OverseenRecord {
  id: string;
  type: 'Case' | 'Referral' | 'Listing' | 'Person';
  /** Null for a person, because one audit log about a person serves all panels. */
  panelId: string | null;
  caseId: string | null;
  /** Whether the matter needs a chair. False for an item that was heard or removed. */
  isChaired: boolean;
}

/** Scope of a change: cases, items, all matters that name the people, or all open matters of a panel. */
export interface Concern {
  partnershipId: string;
  caseIds?: string[];
  personIds?: string[];
  listingIds?: string[];
  /** Panel on which the seat of a chair ends. Auditors and officers are then not checked. */
  panelId?: string;
  /** First day on which chairs are counted (London time). Default: today. */
  from?: string;
}

/** Selects the matters of a concern. $1 cases, $2 people, $3 items, $4 panel. */
const SELECT_CONCERNED_MATTERS = `WITH named AS (SELECT c.id, c.panel_id FROM cases c WHERE c.id = ANY ($1::uuid[]) OR c.person_id = ANY ($2::uuid[])
    OR c.id IN (SELECT p.case_id FROM case_people p WHERE p.person_id = ANY ($2::uuid[]))
    OR c.panel_id = $4::uuid AND c.stage <> 'closed')
  SELECT 'Case' AS type, id, panel_id AS "panelId", id AS "caseId", true AS "isChaired" FROM named
  UNION ALL SELECT 'Referral', r.id, r.panel_id, r.case_id, true FROM referrals r WHERE r.submitted_at IS NOT NULL
    AND (r.case_id IN (SELECT id FROM named) OR r.case_id IS NULL AND r.id IN (SELECT repeated.referral_id FROM repeated_cases repeated
        WHERE repeated.matched_case_id IN (SELECT id FROM named)) OR r.person_id = ANY ($2::uuid[])
      OR r.id IN (SELECT p.referral_id FROM referral_people p WHERE p.person_id = ANY ($2::uuid[]))
      OR r.panel_id = $4::uuid AND r.status = 'submitted')
  UNION ALL SELECT 'Listing', l.id, l.panel_id, l.case_id, l.id = ANY ($3::uuid[]) OR (l.ended_at IS NULL AND l.removed_at IS NULL)
    FROM listings l WHERE l.id = ANY ($3::uuid[]) OR l.case_id IN (SELECT id FROM named)
  UNION ALL SELECT 'Person', person.id, NULL, NULL, false FROM unnest($2::uuid[]) person (id)`;

/** Selects the auditors and data protection officers of a partnership. $1 partnership. */
const SELECT_OFFICE_HOLDERS = `SELECT DISTINCT p.id FROM practitioners p JOIN agency_partnerships ap ON ap.agency_id = p.agency_id
  WHERE ap.partnership_id = $1 AND p.active AND p.roles && '{auditor,data_protection_officer}'`;

/**
 * Selects the chairs of panels on a day. A seat that ends before a successor could be appointed does not last; a seat
 * held through an agency that the person has left is void. $1 panels, $2 day, $3 roles, $4 day until which a seat must
 * last.
 */
const SELECT_CHAIRS = `SELECT m.panel_id AS "panelId", m.practitioner_id AS id, coalesce(m.valid_to >= $4, true) AS lasts
  FROM memberships m JOIN practitioners p ON p.id = m.practitioner_id AND p.agency_id = m.agency_id AND p.active
  WHERE m.panel_id = ANY ($1::uuid[]) AND m.role = ANY ($3) AND m.valid_from <= $2 AND coalesce(m.valid_to >= $2, true)`;

interface Seat {
  panelId: string;
  id: string;
  lasts: boolean;
}

const MISSING = {
  chair: {
    code: 'no-chair-left',
    detail: `This change would leave nobody to chair this matter, today and for the next ${String(DAYS_TO_APPOINT_A_CHAIR)} days. Appoint a co-chair first: POST /v1/panels/{id}/memberships. A chair who has a conflict can also declare it.`,
  },
  auditor: {
    code: 'no-auditor-left',
    detail:
      'This change would leave no auditor for this matter. Ask the operator of the service to give the role to another person first.',
  },
  officer: {
    code: 'no-officer-left',
    detail:
      'This change would leave no data protection officer for this matter. Ask the operator of the service to give the role to another person first.',
  },
} as const;

/**
 * Identifiers of the matters without a holder, by office. `lastingChair` counts only chairs whose seat lasts long
 * enough to appoint a successor.
 */
type Vacancies = Record<'chair' | 'lastingChair' | 'auditor' | 'officer', Set<string>>;

const MINUTE = 60_000;

/**
 * Returns a time one minute ahead. A record committed meanwhile by a concurrent request may begin later than this
 * request and must count.
 */
const shortlyAfter = ({ now, call }: Actor): Pick<Actor, 'now' | 'call'> => ({
  now: new Date(now.getTime() + MINUTE),
  call,
});

/**
 * Collects the matters that lack a holder of an office now. The returned function does so again after the change and throws if a matter has
 * lost its last holder. A lock serializes such changes in the partnership until the transaction ends.
 */
export async function watchOffices(work: UnitOfWork, actors: Actors, concern: Concern): Promise<() => Promise<void>> {
  await work.lock(`offices ${concern.partnershipId}`);
  const { caseIds = [], personIds = [], listingIds = [], panelId = null } = concern;
  const matters = await work.asSystem(() =>
    work.manager.query<OverseenRecord[]>(SELECT_CONCERNED_MATTERS, [caseIds, personIds, listingIds, panelId]),
  );
  const chaired = await filterReadable(
    work,
    matters.filter(({ isChaired }) => isChaired),
  );
  const count = async (): Promise<Vacancies> => ({
    ...(await findWithoutChair(work, actors, concern, chaired)),
    ...(panelId ? OVERSIGHT_NOT_CHECKED : await findWithoutOversight(work, actors, concern, matters)),
  });
  const before = await count();
  return async () => {
    const after = await count();
    for (const [office, missing] of [
      ['chair', MISSING.chair],
      ['lastingChair', MISSING.chair],
      ['auditor', MISSING.auditor],
      ['officer', MISSING.officer],
    ] as const)
      if ([...after[office]].some((id) => !before[office].has(id))) throw unacceptable(missing.code, missing.detail);
  };
}

const OVERSIGHT_NOT_CHECKED: Pick<Vacancies, 'auditor' | 'officer'> = { auditor: new Set(), officer: new Set() };

/** Returns the matters that the actor may read, so that a refusal reveals no other matter. */
async function filterReadable(work: UnitOfWork, matters: OverseenRecord[]): Promise<OverseenRecord[]> {
  const found: OverseenRecord[] = [];
  for (const [type, all] of Map.groupBy(matters, (one) => one.type)) {
    const ids = all.map(({ id }) => id);
    const rows = await work.records.findMany('read', typeNamed<{ id: string }>(type), { id: { $in: ids } }, ids.length);
    const known = new Set(rows.map(({ id }) => id));
    found.push(...all.filter(({ id }) => known.has(id)));
  }
  return found;
}

/**
 * Returns the matters without a chair. Counts only exclusions and recusals that the actor may read or that this request
 * makes, because a refusal must not reveal a conflict declared elsewhere. If such a conflict leaves no chair, the
 * deadline job notifies the agencies that appoint chairs.
 */
async function findWithoutChair(
  work: UnitOfWork,
  actors: Actors,
  { from = londonDay(work.now) }: Concern,
  matters: OverseenRecord[],
): Promise<Pick<Vacancies, 'chair' | 'lastingChair'>> {
  const byPanel = Map.groupBy(matters, ({ panelId }) => panelId as string);
  const seats = await work.asSystem(() =>
    work.manager.query<Seat[]>(SELECT_CHAIRS, [
      [...byPanel.keys()],
      from,
      CHAIRING_ROLES,
      daysAfter(from, DAYS_TO_APPOINT_A_CHAIR),
    ]),
  );
  const known = new Map(
    (await asKnownToAsker(work, await loadActors(work, actors, seats))).map((one) => [one.id, one]),
  );
  const of = (panel: string, isAsked: (seat: Seat) => boolean): Actor[] =>
    seats.flatMap((seat) => (seat.panelId === panel && isAsked(seat) ? (known.get(seat.id) ?? []) : []));
  const vacant = { chair: new Set<string>(), lastingChair: new Set<string>() };
  for (const [panel, all] of byPanel) {
    await addHiddenFromAll(
      work,
      vacant.chair,
      all,
      of(panel, () => true),
    );
    await addHiddenFromAll(
      work,
      vacant.lastingChair,
      all,
      of(panel, ({ lasts }) => lasts),
    );
  }
  return vacant;
}

/**
 * Returns the matters without an auditor or officer. Counts every exclusion and recusal, including those of unrelated
 * panels, because the log about a person is shared and no job reports a missing auditor. The refusal reveals only that
 * the office would be vacant.
 */
async function findWithoutOversight(
  work: UnitOfWork,
  actors: Actors,
  { partnershipId }: Concern,
  matters: OverseenRecord[],
): Promise<Pick<Vacancies, 'auditor' | 'officer'>> {
  const ids = await work.asSystem(() => work.manager.query<{ id: string }[]>(SELECT_OFFICE_HOLDERS, [partnershipId]));
  const holders = await loadActors(work, actors, ids);
  const log = subjectOf(typeNamed('AuditEntry'));
  const reading = holders.flatMap((one) => {
    const where = permittedRows(one, log, 'read');
    return where ? [parseCondition(where)] : [];
  });
  const unread = matters.filter((one) => {
    const entry = entryAbout(one, partnershipId);
    return !reading.some((condition) => conditionHolds(condition, entry));
  });
  const officer = new Set<string>();
  const officers = holders.filter(({ roles }) => roles.includes('data_protection_officer'));
  await addHiddenFromAll(
    work,
    officer,
    matters.filter(({ type }) => type !== 'Person'),
    officers,
  );
  return { auditor: new Set(unread.map(({ id }) => id)), officer };
}

/** Returns an audit entry as other actors would cause it with the record. */
const entryAbout = ({ type, id, panelId, caseId }: OverseenRecord, partnershipId: string): Record<string, unknown> => ({
  partnershipId,
  panelIds: panelId ? [panelId] : [],
  recordIds: [id],
  parentIds: caseId ? [caseId] : [],
  personIds: type === 'Person' ? [id] : [],
  actorId: null,
  rule: null,
});

/** Loads the candidates as actors, including uncommitted changes of this transaction. Inactive people are omitted. */
function loadActors(work: UnitOfWork, actors: Actors, of: readonly { id: string }[]): Promise<Actor[]> {
  const ids = [...new Set(of.map(({ id }) => id))];
  return actors.practitionersWithin((sql, values) => work.manager.query(sql, values), ids, shortlyAfter(work.actor));
}

/** Adds to `to` the matters that a conflict hides from all of the people in `from`. */
async function addHiddenFromAll(
  work: UnitOfWork,
  to: Set<string>,
  matters: OverseenRecord[],
  from: Actor[],
): Promise<void> {
  for (const [type, all] of Map.groupBy(matters, (one) => one.type)) {
    const ids = { id: { $in: all.map(({ id }) => id) } };
    const closed = await work.asSystem(() => findRowsHiddenFromAll(work.manager, typeNamed(type), ids, from));
    for (const { id } of closed) to.add(id);
  }
}

/**
 * Returns the rows that a conflict hides from all of the people; all rows if `from` is empty. `alsoClosed` adds rows
 * that a person may read but not decide.
 */
export async function findRowsHiddenFromAll(
  manager: EntityManager,
  type: RecordClass,
  filter: Where,
  from: Actor[],
  alsoClosed: (one: Actor) => Where | null = () => null,
): Promise<{ id: string; panelId: string }[]> {
  const parameters = new Parameters();
  const closed = from.map((one): Where => {
    const barred: Where = { $nor: [notDenied(one, subjectOf(type), 'conflict')] };
    const more = alsoClosed(one);
    return more ? { $or: [barred, more] } : barred;
  });
  const where = toSql(parseCondition({ $and: [filter, ...closed] }), type, 't', parameters);
  const sql = `SELECT t.id, t.panel_id AS "panelId" FROM ${tableOf(type)} t WHERE ${where}`;
  return manager.query(sql, parameters.values);
}
