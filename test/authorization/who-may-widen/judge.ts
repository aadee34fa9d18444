/**
 * Whether what somebody did, and what anybody reads since, is a row of `docs/who-may-widen.md`. Two questions:
 *
 *   - of each command: was what it made (a seat, a role, a grant, a name in a case …) made by somebody who may, for somebody
 *     else, within the limits of its row?
 *   - of each growth of anybody's reach: which act of somebody else explains it? Of the person who acts, only rows marked self
 *     and records that the person made are explained.
 *
 * Numbers in comments are rows of the table.
 */
import fs from 'node:fs';
import { Bounds, Facts, LEADS, snake, UNBOUNDED, type Fault } from './bounds.ts';
import type { Command } from './commands.ts';
import type { Effect, Mirror, Row } from './mirror.ts';
import type { Channel, Reach } from './reach.ts';

export interface Done {
  command: Command;
  effects: Effect[];
  now: Date;
  answer?: Answer;
}

/** One record with which a command was answered. */
export interface Answer {
  /** Class of the record, such as `Case`. */
  subject: string;
  body: Record<string, unknown> & { id: string };
}

export interface Finding extends Fault {
  /** The commands of the sequence that matter, by their place. */
  commands: number[];
}

/** Content of a case whose author has a right there. */
const IN_CASE = ['contributions', 'assessments', 'plans', 'decisions'];
const SYSTEM_ROLES = ['auditor', 'data_protection_officer', 'emergency_access'];
const DAY = 86_400_000;
/** 25: how far ahead a first moment may lie. */
const AHEAD = 366;

const HOUR = 3_600_000;

const time = (value: unknown): number => Date.parse(value as string);
const gains = (before: Row | null, after: Row, column: string): string[] =>
  ((after[column] as string[] | null) ?? []).filter(
    (one) => !((before?.[column] as string[] | undefined) ?? []).includes(one),
  );

/** Last day of a seat. */
const lastDay = (row: Row | null): string => (row?.['valid_to'] as string | null | undefined) ?? '9999';

/** Opens the seat more than before? */
const isWiderSeat = (before: Row | null, after: Row): boolean =>
  !before ||
  lastDay(after) > lastDay(before) ||
  (after['valid_from'] as string) < (before['valid_from'] as string) ||
  before['role'] !== after['role'] ||
  (before['tier'] !== 'core' && after['tier'] === 'core');

/** What one command did that the table does not let its actor do. `mirror` is as it was before. */
export function judgeActs(mirror: Mirror, { command, effects, now }: Done): Fault[] {
  const facts = new Facts(mirror, now);
  const actor = mirror.one('practitioners', command.actorId);
  const faults: Fault[] = [];
  if (!actor) return faults;
  const by = `${command.operation} by ${command.who}`;
  const fault = (row: number, what: string, detail = ''): void =>
    void faults.push({ kind: `row ${String(row)}: ${what}`, detail: `${by} ${detail}`.trim() });
  const isOf = (agencyId: unknown): boolean => agencyId === actor['agency_id'];
  const ofColleague = (row: Row): boolean =>
    row['practitioner_id'] !== null && isOf(mirror.one('practitioners', row['practitioner_id'])?.['agency_id']);
  const madeHere = new Set(effects.flatMap(({ before, after }) => (after && !before ? [after.id] : [])));
  const steering = (panelId: unknown): Row[] => {
    const partnership = mirror.one('panels', panelId)?.['partnership_id'];
    return mirror.where('panels', { type: 'steering_group', partnership_id: partnership });
  };
  const chairs = (panelId: unknown): boolean =>
    facts.chairs(actor, panelId) || steering(panelId).some(({ id }) => facts.chairs(actor, id));
  const tooFar = (value: unknown, most = AHEAD): boolean =>
    value !== null && value !== undefined && time(value) > now.getTime() + most * DAY;

  for (const { table, before, after, columns } of effects) {
    const touched = (...names: string[]): boolean => !before || names.some((name) => columns?.includes(name));
    const becomes = (column: string, ...values: unknown[]): boolean =>
      touched(column) && values.includes(after?.[column]) && before?.[column] !== after?.[column];
    if (!after) {
      const isOwnReferral = mirror.one('referrals', before?.['referral_id'])?.['agency_id'] === actor['agency_id'];
      if (
        ['case_people', 'referral_people'].includes(table) &&
        !facts.leads(actor, before?.['panel_id']) &&
        !isOwnReferral
      )
        fault(27, 'a person taken out by somebody who does not chair or coordinate');
      continue;
    }
    if (table === 'memberships' && touched('practitioner_id', 'role', 'tier', 'valid_from', 'valid_to')) {
      const isLead = LEADS.includes(after['role'] as string);
      const what = isLead ? 2 : 1;
      const isWider = isWiderSeat(before, after);
      if (isWider && after['practitioner_id'] === actor.id) fault(what, 'a seat that somebody gave themselves');
      if (isWider && isLead && !chairs(after['panel_id']))
        fault(2, 'a seat as chair, co-chair or coordinator given by somebody who does not chair');
      if (isWider && !isLead && !facts.leads(actor, after['panel_id']) && !chairs(after['panel_id']))
        fault(1, 'a seat given by somebody who does not chair or coordinate');
      if (isWider && isLead && !facts.chairs(actor, after['panel_id']) && after['agency_id'] === actor['agency_id'])
        fault(
          2,
          'a seat as chair, co-chair or coordinator given to a colleague by somebody who does not chair that panel',
        );
      if (before && lastDay(before) < facts.today && lastDay(after) > lastDay(before))
        fault(what, 'a seat that had ended revived');
      if (before && isLead && lastDay(after) < lastDay(before)) {
        // 1: or the person leaves the agency
        const isLeaving = effects.some(
          (one) =>
            one.table === 'practitioners' && one.id === after['practitioner_id'] && one.columns?.includes('active'),
        );
        if (!chairs(after['panel_id']) && after['practitioner_id'] !== actor.id && !isLeaving)
          fault(2, 'a seat as chair, co-chair or coordinator ended by somebody who does not chair');
      }
      if (isWider && tooFar(after['valid_from'])) fault(25, 'a seat that begins more than a year ahead');
    }
    // 13: by a right in the case, which core members of its panel have
    if (IN_CASE.includes(table) && !before && after['case_id'] && !facts.isCore(actor, after['panel_id'])) {
      // 6: a guest contributes to the item; 19: an agency that is asked contributes what it found
      const isGuest = new Bounds(facts, actor).caseReasons(after['case_id']).includes('invitation');
      const isAsked = facts
        .by('research_requests', 'case_id', after['case_id'])
        .some((one) => isOf(one['asked_agency_id']));
      if (table !== 'contributions' || !(isGuest || isAsked))
        fault(13, `a row of ${table} written in a case by somebody who is no core member of its panel`);
    }
    if (table === 'handling_acknowledgements' && touched('practitioner_id') && after['practitioner_id'] !== actor.id)
      fault(15, 'conditions taken note of for somebody else');
    // a bid that goes on to the TTCG stays that of its agency
    if (table === 'bids' && after['escalated_from_id'] === null && !isOf(after['agency_id'])) {
      if (becomes('status', 'submitted')) fault(20, 'a bid submitted by another agency than its own');
      if (touched('waiver_reason') && after['waiver_reason'] !== null)
        fault(21, 'a waiver asked by another agency than that of the bid');
    }
    if (table === 'escalations' && !before) fault(23, 'an escalation by the command of a person');
    if (table === 'practitioners') {
      const administers = (of: Row): boolean =>
        facts.hasRole(actor, 'agency_administrator') && of['agency_id'] === actor['agency_id'];
      if (!before && !administers(after)) fault(3, 'somebody registered by one who does not administer their agency');
      if (before?.['active'] === false && after['active'] === true && !administers(after))
        fault(3, 'somebody made active by one who does not administer their agency');
      for (const role of gains(before, after, 'roles')) {
        if (before && !administers(before)) fault(4, 'a role given by one who does not administer the agency', role);
        if (after.id === actor.id) fault(4, 'a role that somebody gave themselves', role);
        if (SYSTEM_ROLES.includes(role)) fault(5, 'a role given by somebody who is not the operator', role);
      }
    }
    if (table === 'invitations' && touched('closes_at', 'opens_at', 'agency_id', 'practitioner_id')) {
      const meeting = mirror.one('meetings', after['meeting_id']);
      if (!facts.leads(actor, after['panel_id']))
        fault(6, 'an invitation by somebody who does not chair or coordinate');
      const isShorter =
        before !== null &&
        time(after['closes_at']) <= time(before['closes_at']) &&
        time(after['opens_at']) >= time(before['opens_at']) &&
        !touched('agency_id', 'practitioner_id');
      if (after['practitioner_id'] === actor.id && !isShorter) fault(6, 'an invitation that somebody gave themselves');
      const planned = time(meeting?.['ends_at'] ?? meeting?.['scheduled_at']);
      const ends = meeting?.['closed_at'] ? Math.min(planned, time(meeting['closed_at'])) : planned;
      if (meeting && time(after['closes_at']) > ends + 14 * DAY)
        fault(6, 'an invitation that lasts longer than 14 days after the meeting');
    }
    if (table === 'access_grants' && touched('expires_at', 'case_id', 'practitioner_id')) {
      const aCase = mirror.one('cases', after['case_id']);
      if (after['practitioner_id'] === actor.id) fault(7, 'access that somebody gave themselves');
      if (!facts.leads(actor, aCase?.['panel_id']))
        fault(7, 'access given by somebody who does not chair or coordinate');
      if (tooFar(after['expires_at'], 92)) fault(7, 'access for longer than 92 days');
    }
    if (table === 'emergency_accesses' && !before) {
      // one that is hidden from the person by now ends with the next
      const isEnded = (id: string): boolean => effects.some((one) => one.id === id && one.after?.['ended_at'] !== null);
      const open = mirror
        .where('emergency_accesses', { practitioner_id: actor.id })
        .filter((one) => one['ended_at'] === null && time(one['expires_at']) > now.getTime() && !isEnded(one.id));
      if (open.length) fault(8, 'an emergency access while another is open');
      if (after['practitioner_id'] !== actor.id) fault(8, 'an emergency access opened for somebody else');
      if (!facts.hasRole(actor, 'emergency_access')) fault(8, 'an emergency access without the role');
      if (time(after['expires_at']) > now.getTime() + HOUR) fault(8, 'an emergency access for longer than 60 minutes');
      const panelOfCase = mirror.one('panels', mirror.one('cases', after['case_id'])?.['panel_id']);
      if (panelOfCase?.['compartment'] === true) fault(8, 'an emergency access to a case of a compartment');
      if (!facts.worksIn(actor, panelOfCase?.['partnership_id']))
        fault(8, 'an emergency access to a case of a partnership in which the holder does not work');
    }
    if (table === 'sharing_agreement_versions' && becomes('status', 'active')) {
      if (!facts.hasRole(actor, 'data_protection_officer'))
        fault(9, 'an agreement put in force by somebody who is no data protection officer');
    }
    if (table === 'sharing_parties' && touched('signed_on') && after['signed_on'] !== null) {
      if (!isOf(after['agency_id'])) fault(9, 'an agreement signed for another agency');
    }
    if (table === 'referrals' && becomes('status', 'submitted') && !isOf(after['agency_id']))
      fault(10, 'a referral submitted for another agency');
    if (table === 'referrals' && becomes('status', 'accepted') && !facts.leads(actor, after['panel_id']))
      fault(11, 'a referral accepted by somebody who does not chair or coordinate');
    if (table === 'release_requests' && becomes('status', 'approved')) {
      if (!isOf(after['originator_agency_id'])) fault(14, 'a release by another than the originating agency');
      if (after['practitioner_id'] === actor.id) fault(14, 'a release that somebody gave themselves');
    }
    if (
      table === 'contributions' &&
      before &&
      (becomes('agency_only', false) || becomes('originator_control', false))
    ) {
      if (!isOf(after['agency_id'])) fault(16, 'a contribution opened by another than the originating agency');
    }
    if (table === 'actions' && touched('owner_practitioner_id') && after['owner_practitioner_id'] !== null) {
      if (!isOf(after['owner_agency_id'])) fault(17, 'a person named as owner by somebody of another agency');
    }
    if (table === 'listings' && !before && !facts.leads(actor, after['panel_id']))
      fault(18, 'a case listed by somebody who does not chair or coordinate');
    if (table === 'research_requests' && !before && !facts.leads(actor, after['panel_id']))
      fault(19, 'research asked for by somebody who does not chair or coordinate');
    if (table === 'release_requests' && touched('expires_at', 'status') && tooFar(after['expires_at']))
      fault(14, 'a release for longer than 366 days');
    if (table === 'case_people' && touched('since') && tooFar(after['since']))
      fault(25, 'a role in a case that begins more than a year ahead');
    if (table === 'practitioner_names' && before && after['entered_in_error_at'] !== null) {
      const bearer = mirror.one('practitioners', after['practitioner_id']);
      if (!facts.hasRole(actor, 'data_protection_officer') || isOf(bearer?.['agency_id']))
        fault(31, 'a name marked as entered in error by a colleague, or by no data protection officer');
    }
    if (table === 'exclusions' && before && touched('until') && after['until'] !== null) {
      const concerns =
        after['practitioner_id'] === actor.id ||
        (after['agency_id'] !== null && after['agency_id'] === actor['agency_id']) ||
        mirror.hasName(actor, after['name_key']);
      if (!facts.chairs(actor, after['panel_id']))
        fault(24, 'an exclusion ended by somebody who does not chair its panel');
      if (concerns) fault(24, 'an exclusion ended by somebody whom it keeps out');
      const isOwnAct = after['made_by_id'] === actor.id && after['declared'] === false;
      const isNamedColleague = mirror
        .where('practitioners', { agency_id: actor['agency_id'] })
        .some((one) => mirror.hasName(one, after['name_key']));
      if ((ofColleague(after) || isNamedColleague) && after['panel_id'] !== null && !isOwnAct)
        fault(24, 'an exclusion of a colleague ended by somebody who did not impose it');
    }
    if (table === 'recusals' && before && touched('ended_at') && after['ended_at'] !== null) {
      if (!facts.chairs(actor, after['panel_id']))
        fault(24, 'a recusal ended by somebody who does not chair its panel');
      if (after['practitioner_id'] === actor.id) fault(24, 'a recusal ended by the person whom it keeps out');
      if (ofColleague(after)) fault(24, 'a recusal ended by somebody of the same agency');
    }
    for (const naming of namings(table, before, after)) {
      const named = mirror.one(naming.table, naming.id);
      if (!named || madeHere.has(naming.id)) continue;
      const column = `${naming.table.replace(/s$/, '')}_id`;
      const about = [
        ...facts.by('cases', column, naming.id),
        ...(naming.table === 'persons' ? facts.by('case_people', column, naming.id) : []),
      ];
      // what a draft named may be submitted by any of its agency who may submit it
      const isOwn =
        table === 'referral_subjects'
          ? isOf(named['agency_id'])
          : facts.isOwn(actor, named, []) ||
            (isOf(named['agency_id']) && about.some((row) => facts.isCore(actor, row['panel_id'])));
      const ofPanel = (row: Row | undefined): boolean => row?.['panel_id'] === after['panel_id'];
      const inCase = about.some(ofPanel);
      // 11: what the referral named already comes into the case
      const wasReferred =
        table.startsWith('case') &&
        (facts.by('referral_people', column, naming.id).some(ofPanel) ||
          facts.by('referral_subjects', column, naming.id).some(ofPanel) ||
          facts.by('referrals', column, naming.id).some(ofPanel));
      const before_ =
        table === 'referral_subjects' &&
        facts.by('referrals', column, naming.id).some(({ id }) => id === after['referral_id']);
      const wasNamed = facts
        .by('referral_people', column, naming.id)
        .some((one) => one['referral_id'] === after['referral_id']);
      // 33: who chairs or coordinates puts back whom they took out of this very record
      const wasRemoved =
        facts.leads(actor, after['panel_id']) &&
        ['case', 'referral'].some((of) =>
          facts
            .by(`${of}_person_corrections`, column, naming.id)
            .some(
              (one) =>
                one['kind'] === 'entered_in_error' &&
                one['corrected_by_id'] === actor.id &&
                one[`${of}_id`] === after[`${of}_id`] &&
                now.getTime() - time(one['corrected_at']) <= 28 * DAY,
            ),
        );
      if (
        !isOwn &&
        !before_ &&
        !wasNamed &&
        !wasRemoved &&
        !(facts.isCore(actor, after['panel_id']) && (inCase || wasReferred))
      )
        fault(
          12,
          `a ${column.replace('_id', '')} named by somebody whose agency did not record it, for a panel that does not know it`,
          `names ${naming.id} (${table})`,
        );
    }
    // 8: to read
    const caseId = table === 'cases' ? after.id : after['case_id'];
    const reasons =
      caseId && !['emergency_accesses', 'disclosures', 'events', 'notices'].includes(table)
        ? new Bounds(facts, actor).caseReasons(caseId)
        : [];
    // 17: a task of one's agency is one's own to do, whatever else one may read
    const task = table === 'actions' ? before : mirror.one('actions', after['action_id']);
    const isOwnTask = task?.['owner_agency_id'] === actor['agency_id'];
    // a grant is for reading, too
    const isToRead = reasons.includes('emergency') && !reasons.includes('seat') && !reasons.includes('invitation');
    if (isToRead && after['practitioner_id'] !== actor.id && !isOwnTask)
      fault(8, 'written in a case that is open by an emergency access alone', table);
  }
  return faults;
}

/** Whom or what an effect names in a case or referral. */
function namings(table: string, before: Row | null, after: Row): { table: string; id: string }[] {
  if (!['cases', 'referrals', 'case_people', 'referral_people', 'referral_subjects'].includes(table)) return [];
  return (['person', 'place', 'group'] as const).flatMap((one) => {
    const id = after[`${one}_id`];
    return typeof id === 'string' && before?.[`${one}_id`] !== id ? [{ table: `${one}s`, id }] : [];
  });
}

/** An act of somebody that may open something to people. */
interface Licence {
  /** Who acted. */
  actorId: string;
  command: number;
  /** Whom it concerns. */
  opensTo: (person: Row) => boolean;
  /** Identifiers of records: it opens them and what belongs to them. Null opens whatever the bounds allow. */
  anchors: ReadonlySet<string> | null;
  /** Opens it to the acting person, too: of what they made themselves, that row alone. */
  isSelf: boolean;
  isRowAlone?: boolean;
  /** Only these columns of the row: what somebody wrote, they may read. */
  columns?: readonly string[];
  /** Agencies of which it opens what they contributed; where left out, whatever anybody did. */
  contributors?: ReadonlySet<unknown>;
}

const everybody = (): boolean => true;

/** Columns that change with every change, and decide nothing. */
const UNWEIGHED = ['version', 'updated_at'];

/** Is it the agreement that has been in force longest on the panels that it governs? It covers what agencies put before them. */
function isOwnAgreement(mirror: Mirror, versionId: unknown): boolean {
  const of = mirror.one('sharing_agreements', mirror.one('sharing_agreement_versions', versionId)?.['agreement_id']);
  const since = (agreement: Row): number =>
    Math.min(
      ...mirror
        .where('sharing_agreement_versions', { agreement_id: agreement.id })
        .map((one) => (one['activated_at'] === null ? Infinity : time(one['activated_at']))),
    );
  return (
    of !== undefined &&
    !mirror
      .where('sharing_agreements', { partnership_id: of['partnership_id'] })
      .some(
        (other) =>
          other.id !== of.id &&
          (other['panel_types'] as string[]).some((type) => (of['panel_types'] as string[]).includes(type)) &&
          since(other) < since(of),
      )
  );
}

/** 9: between the agencies that have signed the version. */
function ofSignatories(
  mirror: Mirror,
  versionId: unknown,
  licence: (anchors: null, opensTo: (person: Row) => boolean) => Licence,
): Licence {
  if (isOwnAgreement(mirror, versionId)) return licence(null, () => true);
  const parties = mirror.where('sharing_parties', { agreement_version_id: versionId });
  const signed = new Set(parties.filter((one) => one['signed_on'] !== null).map((one) => one['agency_id']));
  return { ...licence(null, (person) => signed.has(person['agency_id'])), contributors: signed };
}

/** 4: the safeguarding leads of the agency of a row. Where they have a seat, they work: it opens what the agency recorded there. */
const answersFor =
  (row: Row) =>
  (person: Row): boolean =>
    person['agency_id'] === row['agency_id'] && (person['roles'] as string[]).includes('safeguarding_lead');

/** 17: where the case stands, for the agency that owns an action in it. */
const statusOf = (caseId: unknown): string => `where ${String(caseId)} stands`;

/** Rows of the table by their number, with the commands that they name. */
export const ROWS = JSON.parse(fs.readFileSync('docs/who-may-widen.json', 'utf8')) as {
  number: number;
  commands: string[];
}[];

/** Commands that a row of the table names: by no other one does anybody come to read more than the very row that was written. */
export const WAYS: ReadonlySet<string> = new Set(ROWS.flatMap(({ commands }) => commands));

/** What the effects of a sequence may open, and to whom. `mirror` is as it is after them. */
export function licencesOf(facts: Facts, done: readonly Done[]): Licence[] {
  const { mirror } = facts;
  return done.flatMap(({ command, effects }, n): Licence[] => {
    const isWay = WAYS.has(command.operation);
    const licence = (
      anchors: unknown[] | null,
      opensTo: (person: Row) => boolean = everybody,
      isSelf = false,
    ): Licence => ({
      actorId: command.actorId,
      command: n,
      opensTo,
      anchors: anchors && new Set(anchors.filter((one): one is string => typeof one === 'string')),
      isSelf,
    });
    const isRedirection = command.operation.endsWith('/redirection');
    const isReversal = command.operation.endsWith('/reversal');
    const actor = mirror.one('practitioners', command.actorId);
    /** 27: nobody of the agency of the person who acts. */
    const ofOthers = (person: Row): boolean => person['agency_id'] !== actor?.['agency_id'];
    const all = effects.flatMap(({ table, before, after, columns }): Licence[] => {
      // 27: the case or referral, to whoever was kept out through the person who was taken out; a referral that repeats no case then
      const isLimited =
        table === 'repeated_cases' && before?.['for_agency_ids'] === null && after?.['for_agency_ids'] !== null;
      if (!after || isLimited)
        return before && ['case_people', 'referral_people', 'repeated_cases'].includes(table)
          ? [
              licence(
                [before['case_id'], before['referral_id'], before['person_id'], ...repeating(mirror, before)],
                ofOthers,
              ),
            ]
          : [];
      const concerns = (person: Row): boolean =>
        after['practitioner_id'] === person.id ||
        (after['practitioner_id'] === null && after['agency_id'] === person['agency_id']);
      // 6: the person who is named, or the safeguarding leads of the agency
      const invitation = (): Licence =>
        licence([after['case_id'], after['listing_id'], after['meeting_id']], (person) =>
          facts.isInvited(person, after),
        );
      // 19: names to search by, for the agency that is asked
      const isAsked = (person: Row): boolean => person['agency_id'] === after['asked_agency_id'];
      if (!before) {
        // what somebody made is theirs to read: that row, and not what it names
        const made = { ...licence([after.id], everybody, true), isRowAlone: true };
        switch (table) {
          case 'memberships':
            // 19: who answers for an agency in a partnership depends on who has seats there
            return [
              made,
              licence([after['panel_id']], concerns),
              licence([after['panel_id']], answersFor(after)),
              licence(null, (person) => concerns(person) && answersFor(after)(person)),
              licence([mirror.one('panels', after['panel_id'])?.['partnership_id']]),
            ];
          case 'practitioners':
            return [made, licence(null, (person) => person.id === after.id)];
          case 'invitations':
            return [made, invitation()];
          case 'access_grants':
            return [made, licence([after['case_id']], concerns)];
          case 'emergency_accesses':
            return [made, licence([after['case_id']], concerns, true)];
          case 'handling_acknowledgements':
            return [made, licence([after['contribution_id']], concerns, true)];
          case 'case_people':
          case 'referral_people':
          case 'referral_subjects':
            // 33: also to the person who puts back whom they removed
            return [made, licence([after['person_id'], after['place_id'], after['group_id']], everybody, isReversal)];
          case 'exclusions':
          case 'recusals':
            return [made, licence([after['partnership_id']])];
          case 'actions':
            return [made, licence([after.id, statusOf(after['case_id'])])];
          case 'research_requests':
            return [made, licence([after.id]), licence([after['case_id']], isAsked)];
          default:
            return isRedirection ? [made] : [made, licence([after.id, ...subjectsIn(mirror, table, after)])];
        }
      }
      const written = { ...licence([after.id], everybody, true), isRowAlone: true, columns: columns ?? [] };
      switch (table) {
        case 'disclosures':
          // a later correction is to be told as well: the notice that says so is shown again until then
          return [written, licence([after.id], everybody, columns?.includes('pending') ?? false)];
        case 'memberships':
          if (!isWiderSeat(before, after)) return [licence(ownReferrals(facts, before), concerns, true)];
          return [
            licence(ownReferrals(facts, before), concerns, true),
            licence([after['panel_id']], concerns),
            licence([after['panel_id']], answersFor(after)),
            licence(null, (person) => concerns(person) && answersFor(after)(person)),
            licence([mirror.one('panels', after['panel_id'])?.['partnership_id']]),
          ];
        case 'practitioners':
          return [
            ...(columns?.some((one) => ['roles', 'active', 'agency_id'].includes(one))
              ? [licence(null, (person) => person.id === after.id)]
              : []),
          ];
        // 31: the bearer of a name entered in error, and others who have or had it
        case 'practitioner_names':
          return [licence([after.id]), licence(null, (person) => shareName(mirror, person, after))];
        case 'exclusions':
        case 'recusals':
          return [
            licence([after.id]),
            // 24: what they could read without it
            licence(
              null,
              (person) =>
                concerns(person) ||
                mirror.hasName(person, after['name_key']) ||
                isRegistrationOf(mirror, person, after['practitioner_id']),
            ),
          ];
        // 26: what is corrected opens as what is given
        case 'invitations':
          return [licence([after.id]), invitation()];
        case 'access_grants':
          return [licence([after.id]), licence([after['case_id']], concerns)];
        // 9: what agencies contributed that have signed, to the people of those
        case 'sharing_agreement_versions':
          return columns?.includes('status') ? [ofSignatories(mirror, after.id, licence)] : [];
        case 'sharing_parties':
          return columns?.includes('signed_on') ? [ofSignatories(mirror, after['agreement_version_id'], licence)] : [];
        // where a case stands opens nothing that is in it
        case 'cases':
          // 32: a case that was closed as referred in error
          return columns?.some((one) => /_id$|^category$/.test(one)) || before['closure_reason'] === 'referred_in_error'
            ? [licence([after.id, ...subjectsIn(mirror, table, after)])]
            : [{ ...licence([after.id]), isRowAlone: true }];
        case 'actions':
          return [licence([after.id, statusOf(after['case_id'])])];
        case 'release_requests':
          return [licence([after['contribution_id'], after.id])];
        // 19: an agency that is asked again
        case 'research_requests':
          return [
            written,
            licence([after.id]),
            ...(columns?.includes('status') && after['status'] === 'asked'
              ? [licence([after['case_id']], isAsked)]
              : []),
          ];
        case 'referrals':
          return isRedirection ? [] : [licence([after.id, ...subjectsIn(mirror, table, after)])];
        default:
          return columns?.every((one) => UNWEIGHED.includes(one))
            ? []
            : [written, licence([after.id, ...subjectsIn(mirror, table, after)])];
      }
    });
    return isWay ? all : all.filter(({ isRowAlone }) => isRowAlone);
  });
}

/** Whether the two are registrations of one agency with the same login, or with a name in common: what keeps one out keeps both. */
function isRegistrationOf(mirror: Mirror, person: Row, id: unknown): boolean {
  const other = mirror.one('practitioners', id);
  if (other?.['agency_id'] !== person['agency_id']) return false;
  const names = mirror.names.get(person.id);
  return (
    other?.['subject'] === person['subject'] ||
    [...(mirror.names.get(id as string) ?? [])].some((name) => names?.has(name) ?? false)
  );
}

/** Whether the person has or had the name, in the agency of its bearer. */
const shareName = (mirror: Mirror, person: Row, name: Row): boolean =>
  person.id === name['practitioner_id'] ||
  (person['agency_id'] === mirror.one('practitioners', name['practitioner_id'])?.['agency_id'] &&
    (mirror.names.get(person.id)?.has(name['name_key'] as string) ?? false));

/**
 * 30: referrals without a case that the former holder of the seat wrote, or submitted or completed for the agency, to its panel, and that an exclusion keeps from whoever
 * decides there.
 */
function ownReferrals(facts: Facts, before: Row): string[] {
  const { mirror } = facts;
  const holder = mirror.one('practitioners', before['practitioner_id']);
  if (!holder || !LEADS.includes(before['role'] as string)) return [];
  const exclusions = facts.exclusions(holder);
  return mirror
    .where('referrals', { panel_id: before['panel_id'] })
    .filter(
      (one) =>
        [one['author_id'], ...(one['co_author_ids'] as string[])].includes(holder.id) &&
        one['case_id'] === null &&
        exclusions.some((exclusion) =>
          [...recordsNaming(mirror, exclusion['person_id']), ...repeatsOf(mirror, exclusion['case_id'])].includes(
            one.id,
          ),
        ),
    )
    .map(({ id }) => id);
}

/** The people, places and groups whom a referral or case names. */
function subjectsIn(mirror: Mirror, table: string, row: Row): unknown[] {
  if (table !== 'cases' && table !== 'referrals') return [];
  const column = table === 'cases' ? 'case_id' : 'referral_id';
  const roles = mirror.where(table === 'cases' ? 'case_people' : 'referral_people', { [column]: row.id });
  return [row['person_id'], row['place_id'], row['group_id'], ...roles.map((one) => one['person_id'])];
}

/** The people of a referral that a removed row said to repeat a case. */
const repeating = (mirror: Mirror, removed: Row): unknown[] => {
  const referral = 'matched_case_id' in removed ? mirror.one('referrals', removed['referral_id']) : undefined;
  return referral ? subjectsIn(mirror, 'referrals', referral) : [];
};

/** Cases and referrals of a person: from all of them an exclusion from the person keeps somebody away. */
function recordsNaming(mirror: Mirror, personId: unknown): unknown[] {
  if (typeof personId !== 'string') return [];
  const of = { person_id: personId };
  return [
    ...[...mirror.where('cases', of), ...mirror.where('referrals', of)].map(({ id }) => id),
    ...mirror.where('case_people', of).map((one) => one['case_id']),
    ...mirror.where('referral_people', of).map((one) => one['referral_id']),
  ];
}

/** Referrals that repeat a case: while they wait, an exclusion from the case keeps somebody away from them, too. */
const repeatsOf = (mirror: Mirror, caseId: unknown): unknown[] =>
  typeof caseId === 'string'
    ? mirror.where('repeated_cases', { matched_case_id: caseId }).map((one) => one['referral_id'])
    : [];

/** The table of a type of record. */
const tableNamed = (type: string): string =>
  `${snake(type)}s`
    .replace(/_persons$/, '_people')
    .replace(/ys$/, 'ies')
    .replace(/ss$/, 'sses');

/** Tables of which a row is about one person, and kept from whoever is excluded from that person. */
const OF_PERSON = [
  'exclusions',
  'protected_addresses',
  'case_people',
  'case_person_corrections',
  'disclosures',
  'referral_people',
  'referral_person_corrections',
  'referral_subjects',
];

/** Everything to which a row belongs: by its references, and, for those who are named, by the records that name them. */
export class Belonging {
  private readonly known = new Map<string, Set<string>>();
  private readonly facts: Facts;

  constructor(facts: Facts) {
    this.facts = facts;
  }

  of(table: string, row: Row, depth = 0): Set<string> {
    const key = `${table} ${row.id}`;
    const known = this.known.get(key);
    if (known) return known;
    const found = new Set([row.id]);
    if (depth === 0) this.known.set(key, found);
    const { mirror } = this.facts;
    for (const [column, value] of Object.entries(row)) {
      const to = typeof value === 'string' ? mirror.target(table, column) : null;
      if (!to || ['agencies', 'partnerships', 'practitioners', 'persons', 'places', 'groups'].includes(to)) {
        // an address, a role and what is corrected of it belong to their person, an event to whatever it tells of
        if (to !== 'persons' || !OF_PERSON.includes(table)) continue;
      }
      found.add(value as string);
      if (to === 'panels' || depth > 3) continue;
      const other = mirror.one(to, value);
      if (other) for (const id of this.of(to, other, depth + 1)) found.add(id);
    }
    for (const told of ['subject', 'record']) {
      const id = row[`${told}_id`];
      if (typeof id !== 'string') continue;
      found.add(id);
      const other = tableNamed(row[`${told}_type`] as string);
      const record = depth === 0 ? mirror.one(other, id) : undefined;
      if (record) for (const one of this.of(other, record, depth + 1)) found.add(one);
    }
    if (['persons', 'places', 'groups'].includes(table)) {
      const column = `${table.replace(/s$/, '')}_id`;
      for (const naming of ['cases', 'referrals', 'case_people', 'referral_people', 'referral_subjects'])
        for (const one of this.facts.by(naming, column, row.id)) {
          for (const id of [one.id, one['case_id'], one['referral_id'], one['panel_id']])
            if (typeof id === 'string') found.add(id);
        }
    }
    return found;
  }

  /** The rows that name the person in a case. */
  namingsOf = (personId: string): Row[] => this.facts.by('case_people', 'person_id', personId);
}

export interface Grown {
  person: Row;
  channel: Channel;
  id: string;
  /** Fields shown now that were not before; null for a record that was not readable. */
  fields: string[] | null;
  /** The records that a field names now, and whether each was readable before; empty where it names none. */
  names: (field: string) => { id: string; isKnown: boolean }[];
}

/** Tables of the directory: whom and what their identifiers name is known to everybody. */
const TOLD_TO_ALL = ['agencies', 'panels', 'partnerships', 'practitioners'];

/**
 * Fields of the answer to a command that no read shows to the person who gave it: `reaches` are those before and after it. What the
 * command itself wrote may be answered, and of a record that it made whatever its author may know. `mirror` is as it is after it.
 */
export function judgeAnswer(
  channels: readonly Channel[],
  reaches: readonly Reach[],
  mirror: Mirror,
  { command, effects, answer }: Done,
): Fault[] {
  const name = `read ${answer?.subject ?? ''}`;
  const channel = channels.find((one) => one.name === name);
  if (!answer || !channel) return [];
  const { id } = answer.body;
  const seen = reaches.flatMap((reach) => reach.get(name)?.get(id) ?? []);
  const shown = new Set(seen.flatMap(({ fields }) => fields.split(' ')));
  const isMade = effects.some((one) => one.id === id && !one.before);
  const written = new Set(effects.flatMap((one) => (one.id === id ? (one.columns ?? []) : [])));
  const isWritten = (field: string): boolean => isMade || written.has(snake(field));
  const given = Object.keys(answer.body).filter((field) => channel.shape.properties.has(field));
  const unread = given.filter((field) => field !== 'id' && !isWritten(field) && !shown.has(field));
  const asked = `${command.path} ${JSON.stringify(command.body ?? null)}`;
  const isKnown = (field: string, to: string): boolean =>
    TOLD_TO_ALL.includes(mirror.target(channel.table, snake(field)) ?? '') ||
    [command.actorId, command.agencyId].includes(to) ||
    asked.includes(to) ||
    effects.some((one) => one.id === to && !one.before) ||
    reaches.some((reach) => channels.some((one) => reach.get(one.name)?.has(to)));
  const hidden = channel.references.filter((field) =>
    [answer.body[field] ?? []].flat().some((to) => {
      const isShown = seen.some(({ references }) => [references[field] ?? []].flat().includes(to as string));
      return !isShown && !(isWritten(field) && isKnown(field, to as string));
    }),
  );
  const fault = (what: string, fields: string[]): Fault[] =>
    fields.length
      ? [
          {
            kind: `answer: ${command.operation} answers with ${what} of ${answer.subject}`,
            detail: `${command.who} is answered with ${fields.join(', ')} of ${answer.subject} ${id}`,
          },
        ]
      : [];
  return [
    ...fault('fields that no read shows', unread),
    ...fault(
      'references that no read shows',
      hidden.filter((field) => !unread.includes(field)),
    ),
  ];
}

/** By a route that shows it in part, something may be read that another shows already: a person's reach is what all show. */
export function grownBetween(person: Row, channels: readonly Channel[], before: Reach, after: Reach): Grown[] {
  const others = Map.groupBy(channels, (channel) => channel.table);
  return channels.flatMap((channel): Grown[] => {
    const now = after.get(channel.name);
    const then = before.get(channel.name);
    if (!now || now === then) return [];
    return [...now].flatMap(([id, seen]): Grown[] => {
      if (then?.get(id)?.fields === seen.fields) return [];
      const old = (others.get(channel.table) ?? []).flatMap(({ name }) => before.get(name)?.get(id) ?? []);
      const names: Grown['names'] = (field) =>
        [seen.references[field] ?? []]
          .flat()
          .map((one) => ({ id: one, isKnown: channels.some(({ name }) => before.get(name)?.has(one)) }));
      if (!old.length) return [{ person, channel, id, fields: null, names }];
      const had = new Set(old.flatMap(({ fields }) => fields.split(' ')));
      if (channel.name === 'research Person' && hasReadRole(before, id)) had.add('roles');
      const fields = seen.fields.split(' ').filter((one) => one && !had.has(one));
      return fields.length ? [{ person, channel, id, fields, names }] : [];
    });
  });
}

/** Roles by which to search are those of the people of the case: readers of these know them. */
const hasReadRole = (before: Reach, personId: string): boolean =>
  [...(before.get('read CasePerson')?.values() ?? [])].some(
    ({ fields, references }) => references['personId'] === personId && fields.split(' ').includes('role'),
  );

/** 19: what those read who answer for an agency. */
/** 11, 17: columns in which somebody who may follow the status of a case reads which case it is. */
const NAME_TRACKED_CASES = ['bids.case_id', 'disclosures.case_id', 'notices.case_id', 'referrals.case_id'];
const RESEARCH = ['read ResearchRequest', 'read ResearchPoint', 'research Person', 'ask Listing'];

/** Is the growth a row of the table? Null where it is; else which acts did it. */
export function judgeGrowth(
  { person, channel, id, fields, names }: Grown,
  mirror: Mirror,
  belonging: Belonging,
  licences: readonly Licence[],
  done: readonly Done[],
): Finding | null {
  const row = mirror.one(channel.table, id);
  if (!row || DIRECTORY.includes(channel.subject.name)) return null;
  if (fields?.every((field) => tellsNothing(channel, row, field, names(field), done))) return null;
  const anchors = new Set(belonging.of(channel.table, row));
  /** The row itself, and what its new fields name. */
  const itself = new Set([row.id]);
  // a reference is shown as soon as the record is readable to which it refers: what explains that one explains it
  for (const field of fields ?? [])
    for (const anchor of referredTo(channel, row, field, mirror, belonging)) {
      anchors.add(anchor);
      if (anchor === row[snake(field)]) itself.add(anchor);
      if (NAME_TRACKED_CASES.includes(`${channel.table}.${snake(field)}`)) anchors.add(statusOf(anchor));
    }
  // whom an agency is asked to search for is shown with the roles of the namings, which are records of their own
  if (channel.name === 'research Person' && fields?.every((field) => field === 'roles'))
    for (const naming of belonging.namingsOf(id)) itself.add(naming.id);
  if (RESEARCH.includes(channel.name)) anchors.add(row['partnership_id'] as string);
  if (channel.name === 'track Case') anchors.add(statusOf(id));
  const isExplained = licences.some(
    (one) =>
      (one.actorId !== person.id || one.isSelf) &&
      one.opensTo(person) &&
      (!one.columns || fields?.every((field) => one.columns?.includes(snake(field)))) &&
      (!one.contributors || row['agency_id'] === undefined || one.contributors.has(row['agency_id'])) &&
      (one.anchors === null || [...one.anchors].some((anchor) => (one.isRowAlone ? itself : anchors).has(anchor))),
  );
  if (isExplained) return null;
  const isActor = done.some(({ command }) => command.actorId === person.id);
  const who = isActor ? 'the person who acts' : 'somebody';
  const commands = relatedTo(anchors, done);
  const last = done[commands.at(-1) ?? 0]?.command.operation ?? '';
  return {
    kind: `growth: ${who} gains ${fields ? 'fields' : 'records'} by "${channel.name}" (${last})`,
    detail: `${person['subject'] as string} gains ${channel.name} ${id}${fields ? `: ${fields.join(', ')}` : ''}`,
    commands,
  };
}

/**
 * A reference that is shown as empty, because its reader must not know that the record exists; or one that was written anew,
 * and names nothing or only what its reader could read before.
 */
function tellsNothing(
  { references }: Channel,
  row: Row,
  field: string,
  named: ReturnType<Grown['names']>,
  done: readonly Done[],
): boolean {
  if (!references.includes(field)) return false;
  const column = snake(field);
  const isWritten = done.some(({ effects }) =>
    effects.some(({ id, columns }) => id === row.id && columns?.includes(column)),
  );
  return isWritten ? named.every(({ isKnown }) => isKnown) : !named.length && row[column] !== null;
}

/** Everything to which the record belongs whose identifier the field holds; nothing where the field holds none. */
function referredTo(channel: Channel, row: Row, field: string, mirror: Mirror, belonging: Belonging): Set<string> {
  const column = snake(field);
  const table = mirror.target(channel.table, column);
  const other = table && mirror.one(table, row[column]);
  return table && other ? belonging.of(table, other) : new Set();
}

/** Tables from which it follows who somebody is and what is kept from them. */
const ABOUT_PEOPLE = [
  'memberships',
  'practitioners',
  'practitioner_names',
  'exclusions',
  'recusals',
  'invitations',
  'access_grants',
  'emergency_accesses',
  'sharing_agreement_versions',
];

/** The commands that changed something that belongs to the same records, or something about people; all, where none did. */
export function relatedTo(anchors: ReadonlySet<string>, done: readonly Done[]): number[] {
  const related = done.flatMap(({ effects }, n) =>
    effects.some(
      ({ table, after, before }) =>
        ABOUT_PEOPLE.includes(table) ||
        Object.entries(after ?? before ?? {}).some(
          ([column, value]) =>
            !/(panel|agency|partnership|practitioner)_id$/.test(column) &&
            typeof value === 'string' &&
            anchors.has(value),
        ),
    )
      ? [n]
      : [],
  );
  return related.length ? related : done.map((_, n) => n);
}

/** Rows 3 and 1: the directory of agencies, staff and panels, and the meetings of a panel. */
const DIRECTORY = UNBOUNDED.filter(
  (name) => !['AccessRequest', 'EmergencyAccess', 'Exclusion', 'Recusal'].includes(name),
);

/** Cases that somebody lost by the act of a panel that does not hear them. */
export function judgeLosses(
  person: Row,
  before: Reach,
  after: Reach,
  mirror: Mirror,
  facts: Facts,
  done: readonly Done[],
): Finding[] {
  // what else takes a case away from somebody
  const loses = ['memberships', 'access_grants', 'invitations', 'emergency_accesses'];
  const isOther = ({ table, after: made, before: old }: Effect): boolean =>
    (loses.includes(table) && (made ?? old)?.['practitioner_id'] === person.id) ||
    (table === 'exclusions' && made?.['declared'] === true && made['practitioner_id'] === person.id) ||
    (table === 'practitioners' && (made ?? old)?.id === person.id);
  if (done.some(({ effects }) => effects.some(isOther))) return [];
  const now = after.get('read Case');
  return [...(before.get('read Case')?.keys() ?? [])].flatMap((id): Finding[] => {
    const aCase = mirror.one('cases', id);
    if (!aCase || now?.has(id)) return [];
    // an exclusion reaches the panel that made it, unless it says that it reaches the partnership
    const excluding = done.flatMap(({ effects }, n) =>
      effects.flatMap(({ table, before: old, after: made }) =>
        table === 'exclusions' &&
        !old &&
        made !== null &&
        made['panel_id'] !== null &&
        made['reach'] !== 'partnership' &&
        facts.peopleOf(aCase).includes(made['person_id']) &&
        (made['practitioner_id'] === person.id ||
          made['agency_id'] === person['agency_id'] ||
          mirror.names.get(person.id)?.has(made['name_key'] as string))
          ? [{ n, isOwn: made['panel_id'] === aCase['panel_id'] }]
          : [],
      ),
    );
    const byAnother = excluding.some(({ isOwn }) => isOwn) ? [] : excluding.map(({ n }) => n);
    if (byAnother.length)
      return [
        {
          kind: 'loss: an exclusion by one panel takes a case of another panel away',
          detail: `${person['subject'] as string} loses case ${aCase['reference'] as string}`,
          commands: byAnother,
        },
      ];
    const mayTake = done.some(({ command }) => {
      const actor = mirror.one('practitioners', command.actorId);
      return (
        actor !== undefined &&
        (facts.isCore(actor, aCase['panel_id']) ||
          mirror
            .where('panels', { type: 'steering_group', partnership_id: aCase['partnership_id'] })
            .some((one) => facts.leads(actor, one.id)) ||
          (facts.hasRole(actor, 'agency_administrator') && actor['agency_id'] === person['agency_id']) ||
          facts.hasRole(actor, 'data_protection_officer'))
      );
    });
    if (mayTake || done.some(({ command }) => command.actorId === person.id)) return [];
    const commands = done.flatMap(({ effects }, n) =>
      effects.some(({ table }) => ['exclusions', 'memberships', 'case_people', 'practitioners'].includes(table))
        ? [n]
        : [],
    );
    return [
      {
        kind: 'loss: somebody loses a case by the act of a panel that does not hear it',
        detail: `${person['subject'] as string} loses case ${aCase['reference'] as string}`,
        commands: commands.length ? commands : done.map((_, n) => n),
      },
    ];
  });
}
