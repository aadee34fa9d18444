/**
 * Upper bounds of reach, written from the rows of `docs/who-may-widen.md` and the principles 3 to 6 of the design, against rows
 * of tables. Nothing here is read off the policy's declarations. Numbers in comments are rows of the table.
 *
 * A bound says why a person may read a record at all; a record that is readable without any reason is a fault, with no command
 * given. What no bound speaks of (directories of staff, panels, meetings as such) is listed in `UNBOUNDED`.
 */
import type { Mirror, Row } from './mirror.ts';
import type { Channel, Reach, Seen } from './reach.ts';

export interface Fault {
  /** Faults of one kind are one finding. */
  kind: string;
  detail: string;
}

/** Read by all of a partnership, or by those of the panel: no record of a case or person. */
export const UNBOUNDED = [
  'Agency',
  'AgendaEdition',
  'Attendance',
  'AccessRequest',
  'Client',
  'Cycle',
  'CycleMeeting',
  'CycleTemplate',
  'DocumentCopy',
  'EmergencyAccess',
  'Exclusion',
  'JobRun',
  'Meeting',
  'Membership',
  'PackRecall',
  'Panel',
  'Partnership',
  'Practitioner',
  'CirculationCheck',
  'Recusal',
  'Resource',
  'SharingSimulation',
];

export const LEADS = ['chair', 'co_chair', 'coordinator'];
/** Why a case was closed, or a referral withdrawn, that named the wrong people. */
const IN_ERROR = 'referred_in_error';
/** An action in which something is still to be done. */
const OPEN_ACTION = ['proposed', 'agreed', 'in_progress', 'blocked'];
const day = (now: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', dateStyle: 'short' }).format(now);
const at = (value: unknown): number => Date.parse(value as string);

/** What holds now, by the rows of the tables. */
export class Facts {
  readonly mirror: Mirror;
  readonly now: Date;
  /** The day in London. */
  readonly today: string;
  private readonly indexes = new Map<string, Map<unknown, Row[]>>();

  constructor(mirror: Mirror, now: Date) {
    this.mirror = mirror;
    this.now = now;
    this.today = day(now);
  }

  /** Rows by the value of one column. */
  by(table: string, column: string, value: unknown): Row[] {
    const key = `${table}.${column}`;
    let index = this.indexes.get(key);
    if (!index) this.indexes.set(key, (index = Map.groupBy(this.mirror.all(table), (row) => row[column])));
    return index.get(value) ?? [];
  }

  /** Seats of today, as long as the person works for the agency for which the seat was given. */
  seats(person: Row): Row[] {
    return this.by('memberships', 'practitioner_id', person.id).filter(
      (seat) =>
        seat['agency_id'] === person['agency_id'] &&
        (seat['valid_from'] as string) <= this.today &&
        (seat['valid_to'] === null || (seat['valid_to'] as string) >= this.today),
    );
  }

  sits = (person: Row, panelId: unknown): boolean => this.seats(person).some((seat) => seat['panel_id'] === panelId);
  isCore = (person: Row, panelId: unknown): boolean =>
    this.seats(person).some((seat) => seat['panel_id'] === panelId && seat['tier'] === 'core');
  leads = (person: Row, panelId: unknown): boolean =>
    this.seats(person).some((seat) => seat['panel_id'] === panelId && LEADS.includes(seat['role'] as string));
  chairs = (person: Row, panelId: unknown): boolean =>
    this.seats(person).some(
      (seat) => seat['panel_id'] === panelId && ['chair', 'co_chair'].includes(seat['role'] as string),
    );
  hasRole = (person: Row, role: string): boolean => (person['roles'] as string[]).includes(role);

  /** In which partnerships somebody works: where they have a seat; all of the agency where it acts in one borough only. */
  worksIn(person: Row, partnershipId: unknown): boolean {
    const seats = this.seats(person).map((seat) => this.mirror.one('panels', seat['panel_id'])?.['partnership_id']);
    if (seats.includes(partnershipId)) return true;
    const acts = this.by('agency_partnerships', 'agency_id', person['agency_id']).map((one) => one['partnership_id']);
    const boroughs = acts.filter((id) => this.mirror.one('partnerships', id)?.['kind'] === 'borough');
    return boroughs.length === 1 && acts.includes(partnershipId);
  }

  /** Principle 4: the agency's own record opens to its author, its safeguarding leads and those with a seat where it is heard. */
  isOwn(person: Row, row: Row, heardAt: readonly unknown[]): boolean {
    if (row['author_id'] === person.id) return true;
    if (row['agency_id'] !== person['agency_id']) return false;
    return (
      (this.hasRole(person, 'safeguarding_lead') && this.worksIn(person, row['partnership_id'])) ||
      heardAt.some((panelId) => this.sits(person, panelId))
    );
  }

  /** 6: by name, or as safeguarding lead of the agency that is invited; no administrator and no other colleague. */
  isInvited(person: Row, invitation: Row): boolean {
    if (invitation['agency_id'] !== person['agency_id']) return false;
    if (invitation['practitioner_id'] !== null) return invitation['practitioner_id'] === person.id;
    return this.hasRole(person, 'safeguarding_lead') && this.worksIn(person, invitation['partnership_id']);
  }

  /** Exclusions that hold, also by any name that the person ever had. */
  exclusions(person: Row): Row[] {
    return this.mirror
      .all('exclusions')
      .filter(
        (one) =>
          (one['practitioner_id'] === person.id ||
            (one['agency_id'] !== null && one['agency_id'] === person['agency_id']) ||
            this.mirror.hasName(person, one['name_key'])) &&
          at(one['since']) <= this.now.getTime() &&
          (one['until'] === null || at(one['until']) > this.now.getTime()),
      );
  }

  /** Exclusions that may hold for the person by another registration of the agency, with the same login or under a name in common. */
  private wideExclusions(person: Row): Row[] {
    const names = this.mirror.names.get(person.id) ?? new Set<string>();
    const others = this.by('practitioners', 'agency_id', person['agency_id']).filter(
      (one) =>
        one['subject'] === person['subject'] ||
        [...(this.mirror.names.get(one.id) ?? [])].some((name) => names.has(name)),
    );
    return [...new Set(others.flatMap((one) => this.exclusions(one)))];
  }

  /** Cases that a core member reads by the seat alone: those of the panel that no exclusion which reaches it hides. */
  casesOfSeat(person: Row, seat: Row): Row[] {
    const isCurrent = this.seats(person).some(({ id, tier }) => id === seat.id && tier === 'core');
    const acts = this.by('agency_partnerships', 'agency_id', person['agency_id']).map((one) => one['partnership_id']);
    if (!isCurrent) return [];
    const hidden = this.hidden(person, this.wideExclusions(person));
    return this.by('cases', 'panel_id', seat['panel_id']).filter(
      (one) => !hidden.has(one.id) && one['closure_reason'] !== IN_ERROR && acts.includes(one['partnership_id']),
    );
  }

  peopleOf(aCase: Row): unknown[] {
    return [aCase['person_id'], ...this.by('case_people', 'case_id', aCase.id).map((one) => one['person_id'])];
  }

  /** Author of a referral, or one of those who submitted or completed it for the agency. */
  private isWriter = (person: Row, referral: Row): boolean =>
    [referral['author_id'], ...((referral['co_author_ids'] as string[] | null) ?? [])].includes(person.id);

  private agencyOf = (id: unknown): unknown =>
    (this.mirror.one('practitioners', id) ?? this.mirror.one('clients', id))?.['agency_id'];

  /** 27: repeats of a case, without those that a removal left to the people of other agencies. */
  private repeatsOf = (caseId: unknown, agencyId: unknown): Row[] =>
    this.by('repeated_cases', 'matched_case_id', caseId).filter(
      ({ for_agency_ids: agencies }) =>
        agencies === null || agencies === undefined || (agencies as unknown[]).includes(agencyId),
    );

  /** 24: a case and the cases that repeat it, also through other repeats; not those that were hidden at a declaration. */
  private matterOf(caseId: string, agencyId: unknown, without: readonly string[]): Set<string> {
    const matter = new Set([caseId]);
    for (const id of matter)
      for (const repeat of this.repeatsOf(id, agencyId)) {
        const later = this.mirror.one('referrals', repeat['referral_id'])?.['case_id'];
        if (typeof later === 'string' && !without.includes(later)) matter.add(later);
      }
    return matter;
  }

  /**
   * 27: cases, and referrals without a case, that an exclusion from a person goes on to hide, because a colleague of the person
   * excluded was the last to take the person out of them, while the exclusion was in force.
   */
  private keptAfterRemoval(exclusion: Row, agencyId: unknown): string[] {
    const last = new Map<string, Row>();
    const isReversed = (table: string, one: Row): boolean =>
      this.by(table, 'role_id', one['role_id']).some(
        (back) => back['kind'] === 'put_back' && at(back['corrected_at']) >= at(one['corrected_at']),
      );
    // whoever removes one role of two has not removed the person
    const isRemoval = (table: string, one: Row): boolean =>
      one['kind'] === 'entered_in_error' && one['was_last_role'] === true && !isReversed(table, one);
    const removals = [
      ...this.by('case_person_corrections', 'person_id', exclusion['person_id'])
        .filter((one) => isRemoval('case_person_corrections', one))
        .map((one) => ({ one, from: one['case_id'] as string })),
      ...this.by('referral_person_corrections', 'person_id', exclusion['person_id'])
        .filter((one) => {
          const submitted = this.mirror.one('referral_screenings', one['referral_id']);
          return (
            isRemoval('referral_person_corrections', one) &&
            submitted &&
            at(submitted['created_at']) <= at(one['corrected_at'])
          );
        })
        .map((one) => {
          const opened = this.mirror.one('referrals', one['referral_id'])?.['case_id'];
          return { one, from: (opened ?? one['referral_id']) as string };
        }),
    ];
    for (const { one, from } of removals) {
      const known = last.get(from);
      if (!known || at(known['corrected_at']) < at(one['corrected_at'])) last.set(from, one);
    }
    return [...last].flatMap(([from, one]) => {
      const isReached =
        exclusion['partnership_id'] === one['partnership_id'] &&
        (exclusion['reach'] === 'partnership' || exclusion['panel_id'] === one['panel_id']) &&
        at(exclusion['since']) <= at(one['corrected_at']);
      return isReached && this.agencyOf(one['corrected_by_id']) === agencyId ? [from] : [];
    });
  }

  /** The records whose existence is protected from the person: excluded, in a compartment, or an item of a recusal. */
  hidden(person: Row, exclusions = this.exclusions(person)): Set<string> {
    const hidden = new Set<string>();
    for (const one of exclusions) {
      if (one['case_id'] !== null)
        for (const id of this.matterOf(
          one['case_id'] as string,
          person['agency_id'],
          (one['hidden_from_declarer_ids'] as string[]) ?? [],
        )) {
          hidden.add(id);
          // 11: a repeat without a case, but for its author who does not lead the panel, and for who made it a repeat
          for (const { referral_id, found_by_id: finder } of this.repeatsOf(id, person['agency_id'])) {
            const repeat = this.mirror.one('referrals', referral_id);
            if (!repeat || repeat['case_id'] !== null) continue;
            const isSparedAuthor = this.isWriter(person, repeat) && !this.leads(person, repeat['panel_id']);
            if (!isSparedAuthor && finder !== person.id) hidden.add(repeat.id);
          }
        }
      if (one['person_id'] === null) continue;
      const reaches = (panelId: unknown): boolean => one['reach'] !== 'panel' || panelId === one['panel_id'];
      if (one['reach'] !== 'panel') hidden.add(one['person_id'] as string);
      for (const role of this.by('case_people', 'person_id', one['person_id']))
        if (reaches(role['panel_id'])) hidden.add(role['case_id'] as string);
      for (const aCase of this.by('cases', 'person_id', one['person_id']))
        if (reaches(aCase['panel_id'])) hidden.add(aCase.id);
      const naming = this.by('referral_people', 'person_id', one['person_id']).map((role) => role['referral_id']);
      for (const referral of [
        ...this.by('referrals', 'person_id', one['person_id']),
        ...naming.flatMap((id) => this.mirror.one('referrals', id) ?? []),
      ]) {
        // a panel takes no draft from anybody, and from its author nothing that waits, but where the author runs the panel
        const isOwnWaiting = this.isWriter(person, referral) && !this.leads(person, referral['panel_id']);
        const isSpared =
          one['reach'] === 'panel' &&
          referral['case_id'] === null &&
          (referral['submitted_at'] === null || isOwnWaiting);
        if (reaches(referral['panel_id']) && !isSpared) hidden.add(referral.id);
      }
      for (const id of this.keptAfterRemoval(one, person['agency_id'])) {
        const referral = this.mirror.one('referrals', id);
        const isOwn = referral && this.isWriter(person, referral) && !this.leads(person, referral['panel_id']);
        if (!referral || (referral['submitted_at'] !== null && !isOwn)) hidden.add(id);
      }
    }
    for (const panel of this.mirror.all('panels'))
      if (panel['compartment'] === true && !this.sits(person, panel.id)) {
        for (const aCase of this.by('cases', 'panel_id', panel.id)) hidden.add(aCase.id);
        for (const referral of this.by('referrals', 'panel_id', panel.id)) hidden.add(referral.id);
      }
    for (const id of [...hidden]) for (const referral of this.by('referrals', 'case_id', id)) hidden.add(referral.id);
    for (const id of this.recusedItems(person)) hidden.add(id);
    return hidden;
  }

  /**
   * Items hidden by recusals: the item, and those of the case and of cases that repeat it directly that were not decided
   * before; of a conflict that is over, those that were decided meanwhile.
   */
  private recusedItems(person: Row): string[] {
    return this.by('recusals', 'practitioner_id', person.id).flatMap((one) => {
      const opening = this.repeatsOf(one['case_id'], person['agency_id']).map(
        ({ referral_id }) => this.mirror.one('referrals', referral_id)?.['case_id'],
      );
      const items = [one['case_id'], ...opening].flatMap((id) => (id ? this.by('listings', 'case_id', id) : []));
      return items.flatMap(({ id }) => {
        const decided = this.by('decisions', 'listing_id', id)[0]?.['created_at'];
        const isLater = decided === undefined || at(decided) >= at(one['created_at']);
        const isMeanwhile = decided !== undefined && isLater && at(decided) < at(one['ended_at']);
        const isHidden =
          one['ended_at'] === null ? id === one['listing_id'] || isLater : one['end_kind'] === 'ended' && isMeanwhile;
        return isHidden ? [id] : [];
      });
    });
  }
}

/** Reasons for one person to read something, now. */
export class Bounds {
  readonly facts: Facts;
  readonly person: Row;
  readonly hidden: Set<string>;
  private readonly reasons = new Map<string, string[]>();

  constructor(facts: Facts, person: Row) {
    this.facts = facts;
    this.person = person;
    this.hidden = facts.hidden(person);
  }

  private invitations(): Row[] {
    const { facts, person } = this;
    const now = facts.now.getTime();
    return facts.mirror
      .all('invitations')
      .filter(
        (one) =>
          facts.isInvited(person, one) &&
          at(one['opens_at']) <= now &&
          at(one['closes_at']) > now &&
          one['withdrawn_at'] === null &&
          facts.mirror.one('listings', one['listing_id'])?.['removed_at'] === null,
      );
  }

  /** Why the case itself is readable: rows 1, 2, 6, 7 and 8. */
  caseReasons(id: unknown): string[] {
    const key = id as string;
    const known = this.reasons.get(key);
    if (known) return known;
    const { facts, person } = this;
    const aCase = facts.mirror.one('cases', id);
    const now = facts.now.getTime();
    const found: string[] = [];
    // 32: closed as referred in error, it is read by the coordination alone
    if (aCase?.['closure_reason'] === IN_ERROR) {
      const isCoordination = facts.isCore(person, aCase['panel_id']) && facts.leads(person, aCase['panel_id']);
      if (isCoordination && !this.hidden.has(aCase.id)) found.push('seat');
    } else if (aCase && !this.hidden.has(aCase.id)) {
      if (facts.isCore(person, aCase['panel_id'])) found.push('seat');
      if (this.invitations().some((one) => one['case_id'] === id)) found.push('invitation');
      if (
        facts
          .by('access_grants', 'practitioner_id', person.id)
          .some((one) => one['case_id'] === id && one['revoked_at'] === null && at(one['expires_at']) > now)
      )
        found.push('grant');
      if (
        facts
          .by('emergency_accesses', 'practitioner_id', person.id)
          .some((one) => one['case_id'] === id && one['ended_at'] === null && at(one['expires_at']) > now)
      )
        found.push('emergency');
    }
    this.reasons.set(key, found);
    return found;
  }

  readsCase = (id: unknown): boolean => this.caseReasons(id).length > 0;

  /** Only by an invitation: then only what belongs to that item. */
  isGuest = (caseId: unknown): boolean => {
    const reasons = this.caseReasons(caseId);
    return reasons.length === 1 && reasons[0] === 'invitation';
  };

  isInvitedTo = (listingId: unknown): boolean => this.invitations().some((one) => one['listing_id'] === listingId);

  private referral(row: Row): boolean {
    if (this.hidden.has(row.id)) return false;
    const { facts, person } = this;
    const isInError =
      row['case_in_error'] === true || (row['status'] === 'withdrawn' && row['reason_code'] === IN_ERROR);
    const isBefore =
      row['status'] !== 'draft' &&
      facts.isCore(person, row['panel_id']) &&
      (!isInError || facts.leads(person, row['panel_id']));
    return isBefore || facts.isOwn(person, row, [row['panel_id']]);
  }

  /** Panels that hear of it, in cases or referrals. */
  private heardAt(table: 'person' | 'place' | 'group', id: string): Row[] {
    const { facts } = this;
    const column = `${table}_id`;
    const roles =
      table === 'person'
        ? [...facts.by('case_people', column, id), ...facts.by('referral_people', column, id)].map((role) =>
            role['case_id']
              ? facts.mirror.one('cases', role['case_id'])
              : facts.mirror.one('referrals', role['referral_id']),
          )
        : [];
    const others = facts
      .by('referral_subjects', column, id)
      .map((one) => facts.mirror.one('referrals', one['referral_id']));
    return [...roles, ...others, ...facts.by('cases', column, id), ...facts.by('referrals', column, id)].filter(
      (one) => one !== undefined,
    );
  }

  /** 12 and 10: by a case or referral that is readable; principle 4: as the agency's own record. */
  private subject(table: 'person' | 'place' | 'group', row: Row): boolean {
    if (this.hidden.has(row.id)) return false;
    const heard = this.heardAt(table, row.id);
    if (
      this.facts.isOwn(
        this.person,
        row,
        heard.map((one) => one['panel_id']),
      )
    )
      return true;
    return heard.some((one) => (one['stage'] !== undefined ? this.readsCase(one.id) : this.referral(one)));
  }

  /** 17: the task, without the case. */
  private task(row: Row): boolean {
    const { facts, person } = this;
    if ([row['case_id'], row['listing_id']].some((id) => this.hidden.has(id as string))) return false;
    if (row['owner_practitioner_id'] === person.id && row['owner_named_by_id'] !== person.id) return true;
    return (
      row['owner_agency_id'] === person['agency_id'] &&
      (facts.sits(person, row['panel_id']) ||
        (facts.hasRole(person, 'safeguarding_lead') && facts.worksIn(person, row['partnership_id'])))
    );
  }

  private isTask(actionId: unknown): boolean {
    const of = this.facts.mirror.one('actions', actionId);
    return of !== undefined && this.task(of);
  }

  /** 17, 20, 23 and 9: what somebody is told of a task or bid that is theirs; 2: what the coordination of a panel is told. */
  private notice(row: Row): boolean {
    const { facts, person } = this;
    if (this.hidden.has(row['case_id'] as string)) return false;
    if (facts.leads(person, row['panel_id'])) return true;
    if (row['agency_id'] !== person['agency_id']) return false;
    return (
      facts.sits(person, row['panel_id']) ||
      facts.sits(person, row['plan_panel_id']) ||
      this.isTask(row['subject_id']) ||
      this.isAuthor('referrals', row['subject_id']) ||
      facts.hasRole(person, 'data_protection_officer') ||
      (facts.hasRole(person, 'safeguarding_lead') && facts.worksIn(person, row['partnership_id'])) ||
      (row['kind'] === 'agreement_review_due' && facts.hasRole(person, 'agency_administrator'))
    );
  }

  /** 10: who made the referral, and goes on reading it. */
  private isAuthor = (table: string, id: unknown): boolean =>
    this.facts.mirror.one(table, id)?.['author_id'] === this.person.id;

  /** 5: in every partnership in which the agency takes part. */
  private isOfficer = (row: Row): boolean =>
    this.facts.hasRole(this.person, 'data_protection_officer') &&
    this.facts
      .by('agency_partnerships', 'agency_id', this.person['agency_id'])
      .some((one) => one['partnership_id'] === row['partnership_id']);

  /** 19: the people of an agency that is asked. */
  private isAsked = (row: Row): boolean =>
    row['asked_agency_id'] === this.person['agency_id'] || row['agency_id'] === this.person['agency_id'];

  private child(row: Row): boolean {
    const caseId = row['case_id'];
    if (!this.readsCase(caseId)) return false;
    const listing = row['listing_id'] ?? null;
    return !this.isGuest(caseId) || listing === null || this.isInvitedTo(listing);
  }

  /** Null where no bound speaks of the channel. */
  may({ name, subject, action }: Channel, row: Row): boolean | null {
    const { facts, person } = this;
    if (action === 'explain') return this.isOfficer(row) || facts.leads(person, row['panel_id']);
    if (name === 'track Case')
      return (
        this.readsCase(row.id) ||
        // 17: while the task is open
        facts
          .by('actions', 'case_id', row.id)
          .some((one) => OPEN_ACTION.includes(one['status'] as string) && this.task(one)) ||
        // 11: who made the referral; `referral` is wider by the core members of the panel, who read the case
        (!this.hidden.has(row.id) && facts.by('referrals', 'case_id', row.id).some((one) => this.referral(one)))
      );
    // 11, principle 4
    if (name === 'track Referral') return this.referral(row);
    if (name === 'ask Listing' || name === 'see-chairs Meeting') return null;
    if (name === 'research Person') return null;
    switch (subject.name) {
      case 'Case':
        return this.readsCase(row.id);
      case 'Referral':
        return this.referral(row);
      case 'ReferralPerson':
      case 'ReferralPersonCorrection':
      case 'ReferralDecision':
      case 'ReferralScreening':
      case 'ReferralSubject': {
        const referral = facts.mirror.one('referrals', row['referral_id'] ?? row.id);
        return referral !== undefined && this.referral(referral);
      }
      case 'Person':
        return this.subject('person', row);
      case 'ProtectedAddress': {
        const onItsPanel = (): boolean =>
          this.heardAt('person', row['person_id'] as string).some(
            (one) => one['stage'] !== undefined && one['panel_id'] === row['panel_id'] && this.readsCase(one.id),
          );
        // 13, principle 4: no panel that hears the person opens it to a colleague of the agency that wrote it
        return !this.hidden.has(row['person_id'] as string) && (facts.isOwn(person, row, []) || onItsPanel());
      }
      case 'Place':
        return this.subject('place', row);
      case 'Group':
        return this.subject('group', row);
      case 'Action':
        return this.child(row) || this.task(row);
      case 'ActionNote': {
        return this.child(row) || this.isTask(row['action_id']);
      }
      // 23, and 17 for the agency whose action it is
      case 'Escalation':
        return (
          facts.isCore(person, row['steering_panel_id']) ||
          this.task(row) ||
          this.isTask(row['action_id']) ||
          this.child(row)
        );
      case 'Notice':
        return this.notice(row);
      case 'Disclosure':
        return this.disclosure(row);
      case 'DisclosureRevision': {
        const of = facts.mirror.one('disclosures', row['disclosure_id']);
        return of !== undefined && this.disclosure(of);
      }
      case 'Event':
        return (
          this.child(row) ||
          // 17: an event of the own task, for a guest of the case
          (row['subject_type'] === 'Action' && this.readsCase(row['case_id']) && this.isTask(row['subject_id']))
        );
      case 'ResearchRequest':
      case 'ResearchPoint':
        return this.child(row) || this.isAsked(row);
      // 20, 21: the bid, without the case
      case 'Bid':
      case 'BidDecision':
      case 'BidResult':
        return (
          row['agency_id'] === person['agency_id'] ||
          facts.isCore(person, row['panel_id']) ||
          this.readsCase(row['case_id']) ||
          facts.leads(person, row['plan_panel_id']) ||
          facts.isCore(person, row['plan_panel_id']) ||
          facts.by('bids', 'id', row['bid_id']).some((bid) => bid['agency_id'] === person['agency_id']) ||
          facts.mirror
            .all('bids')
            .some((bid) => bid['escalated_from_id'] === row.id && facts.isCore(person, bid['panel_id']))
        );
      // 22
      case 'Feed':
        return ['panel_id', 'from_panel_id', 'plan_panel_id'].some((column) => facts.isCore(person, row[column]));
      // 6
      case 'Invitation':
        return (
          (facts.leads(person, row['panel_id']) && this.child(row)) ||
          row['practitioner_id'] === person.id ||
          (row['practitioner_id'] === null && row['agency_id'] === person['agency_id'])
        );
      case 'ReleaseRequest':
        return this.child(row);
      default:
        if (UNBOUNDED.includes(subject.name)) return null;
        return row['case_id'] !== undefined ? this.child(row) : null;
    }
  }

  private disclosure(row: Row): boolean {
    const { facts, person } = this;
    return (
      this.isOfficer(row) ||
      facts.leads(person, row['panel_id']) ||
      (row['origin_agency_id'] === person['agency_id'] &&
        (facts.hasRole(person, 'safeguarding_lead') ||
          (row['panel_id'] !== null && facts.sits(person, row['panel_id'])) ||
          this.wrote(row)))
    );
  }

  /** Did the person write the record of which this tells? */
  private wrote(disclosure: Row): boolean {
    const table = `${snake(disclosure['record_type'] as string)}s`;
    return this.facts.mirror.one(table, disclosure['record_id'])?.['author_id'] === this.person.id;
  }

  /** What the rows of a channel say that their reader may not read: nothing here looks at a route. */
  says(channel: Channel, row: Row, seen: Seen, reach: Reach): Fault[] {
    const faults: Fault[] = [];
    const person = this.person['subject'] as string;
    for (const [property, value] of Object.entries(seen.references))
      for (const id of [value].flat())
        if (id && this.hidden.has(id) && !this.isOwnAct(channel, row))
          faults.push({
            kind: `${channel.name}: ${property} names a record whose existence is protected from its reader`,
            detail: `${person} reads ${channel.subject.name} ${row.id}, whose ${property} is ${id}`,
          });
    if (channel.name === 'read Membership' && row['practitioner_id'] === this.person.id)
      faults.push(...this.missing(row, reach));
    if (channel.subject.name === 'Event') faults.push(...this.event(row, reach));
    if (channel.subject.name === 'Contribution') faults.push(...this.contribution(row, seen));
    return faults;
  }

  /** An exclusion by one panel takes nothing that another hears: what a core member has to read is there. */
  private missing(seat: Row, reach: Reach): Fault[] {
    const read = reach.get('read Case');
    return this.facts.casesOfSeat(this.person, seat).flatMap((one) =>
      read?.has(one.id)
        ? []
        : [
            {
              kind: 'a core member misses a case of the panel that no exclusion by it keeps away',
              detail: `${this.person['subject'] as string} does not read case ${one['reference'] as string}`,
            },
          ],
    );
  }

  /** The words of a contribution, for people of other agencies than the one that contributed it. */
  private contribution(row: Row, { fields }: Seen): Fault[] {
    const { facts, person } = this;
    const shown = fields.split(' ').filter((field) => ['summary', 'text'].includes(field));
    if (!shown.length || row['agency_id'] === person['agency_id']) return [];
    const own = { contribution_id: row.id, practitioner_id: person.id };
    const isReleased = facts.mirror
      .where('release_requests', { contribution_id: row.id, status: 'approved', agency_id: person['agency_id'] })
      .some(
        (one) =>
          (one['released_to'] === 'agency' || one['practitioner_id'] === person.id) &&
          at(one['expires_at']) > facts.now.getTime(),
      );
    const isAcknowledged = facts.mirror
      .where('handling_acknowledgements', own)
      .some(({ voided_at }) => voided_at === null);
    const kept = [
      row['recalled_at'] !== null && 'took back',
      row['agency_only'] === true && 'keeps to itself',
      row['originator_control'] === true && !isReleased && 'controls and has not released',
      row['handling'] === 'C' && !isAcknowledged && 'put under conditions that the reader has not taken note of',
    ].filter((one) => one !== false);
    return kept.map((how) => ({
      kind: `read Contribution: words that the agency ${how}`,
      detail: `${person['subject'] as string} reads ${shown.join(' and ')} of contribution ${row.id}`,
    }));
  }

  /** Whoever declared a conflict or asked for access goes on seeing that they did. */
  private isOwnAct = ({ subject }: Channel, row: Row): boolean =>
    ['Recusal', 'AccessRequest', 'Exclusion'].includes(subject.name) && row['practitioner_id'] === this.person.id;

  /** Principle 5 and 6: an event shows no more than its record would show. */
  private event(row: Row, reach: Reach): Fault[] {
    const person = this.person['subject'] as string;
    const type = row['subject_type'] as string;
    const record = reach.get(`read ${type}`)?.get(row['subject_id'] as string);
    const guest = this.isGuest(row['case_id']) ? 'an invited guest' : 'somebody';
    if (!record)
      return [
        {
          kind: `read Event: ${guest} reads of a ${type} that they may not read`,
          detail: `${person} reads ${row['type'] as string} of ${type} ${row['subject_id'] as string}`,
        },
      ];
    return [];
  }
}

/** The name that SQL gives to a property or class. */
export const snake = (name: string): string =>
  name.replace(/^./, (one) => one.toLowerCase()).replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`);
