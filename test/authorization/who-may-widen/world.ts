/**
 * The world in which the sequences run: the seeded sandbox, and generated rows that make reach depend on several things at
 * once. People of the cast get second seats, seats that ended, exclusions (by case, by person, by a typed name), recusals,
 * grants, invitations and system roles; persons, actions and earlier cases are spread over panels and agencies. Of seeded identifiers
 * only the end is used: it is the same whenever the sandbox is seeded.
 */
import type pg from 'pg';
import type { Chance } from '../../support/chance.ts';

/** Repeats of cases from which somebody is excluded that have opened a case of their own. */
const REPEATS_OPENED = 8;

interface Seat {
  panel: string;
  practitioner: string;
  agency: string;
  partnership: string;
}

/** Adds the rows; the connection is that of the owner, maintaining. */
export async function enrich(client: pg.Client, c: Chance, now: Date): Promise<void> {
  const many = async <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query(sql, values)).rows as T[];
  const add = async (table: string, row: Record<string, unknown>): Promise<void> => {
    const whole = { id: c.uuid(), version: 1, created_at: now, updated_at: now, ...row };
    const columns = Object.keys(whole);
    await client.query(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${String(n + 1)}`).join(', ')})
       ON CONFLICT DO NOTHING`,
      Object.values(whole),
    );
  };
  const days = (n: number): Date => new Date(now.getTime() + n * 86_400_000);
  const day = (n: number): string => days(n).toISOString().slice(0, 10);
  const draw = <T>(all: readonly T[], most: number): T[] =>
    all
      .map((one) => ({ one, at: c.next() }))
      .sort((a, b) => a.at - b.at)
      .slice(0, most)
      .map(({ one }) => one);

  const people = await many<{ id: string; agency: string; name: string; name_key: string; roles: string[] }>(
    'SELECT id, agency_id AS agency, name, name_key, roles FROM practitioners ORDER BY id',
  );
  const seats = await many<Seat>(
    `SELECT m.panel_id AS panel, m.practitioner_id AS practitioner, m.agency_id AS agency, p.partnership_id AS partnership
       FROM memberships m JOIN panels p ON p.id = m.panel_id WHERE m.tier = 'core' AND NOT p.compartment
        AND (m.valid_to IS NULL OR m.valid_to > $1) ORDER BY m.id`,
    [day(0)],
  );
  const panels = await many<{ id: string; partnership: string }>(
    `SELECT id, partnership_id AS partnership FROM panels WHERE NOT compartment AND type NOT IN ('tasking', 'ttcg') ORDER BY id`,
  );
  const cases = await many<{ id: string; panel: string; partnership: string }>(
    'SELECT id, panel_id AS panel, partnership_id AS partnership FROM cases ORDER BY id',
  );

  // a second panel in the same partnership, and seats that ended a while ago
  const boroughs = new Set(panels.map((one) => one.partnership));
  for (const seat of draw(
    seats.filter((one) => boroughs.has(one.partnership)),
    14,
  )) {
    const other = c.pick(panels.filter((one) => one.partnership === seat.partnership && one.id !== seat.panel));
    await add('memberships', {
      panel_id: other.id,
      agency_id: seat.agency,
      practitioner_id: seat.practitioner,
      tier: 'core',
      role: c.pick(['member', 'member', 'coordinator', 'analyst']),
      valid_from: day(-90),
      valid_to: null,
    });
  }
  for (const seat of draw(seats, 8)) {
    const other = c.pick(panels);
    await add('memberships', {
      panel_id: other.id,
      agency_id: seat.agency,
      practitioner_id: seat.practitioner,
      tier: 'core',
      role: 'member',
      valid_from: day(-300),
      valid_to: day(-20),
    });
  }

  // earlier cases and referrals, to which later ones refer
  for (const one of draw(cases, 25)) {
    const earlier = cases.filter((other) => other.partnership === one.partnership && other.id < one.id);
    if (earlier.length)
      await client.query('UPDATE cases SET previous_case_id = $2, is_repeat = true WHERE id = $1', [
        one.id,
        c.pick(earlier).id,
      ]);
  }
  const referrals = await many<{ id: string; partnership: string }>(
    `SELECT r.id, r.partnership_id AS partnership FROM referrals r JOIN referral_screenings s ON s.id = r.id ORDER BY r.id`,
  );
  for (const one of draw(referrals, 40)) {
    const earlier = referrals.filter((other) => other.partnership === one.partnership && other.id < one.id);
    if (earlier.length)
      await client.query(
        `UPDATE referral_screenings SET is_repeat = true, previous_referral_id = $2, duplicate_of_id = $3 WHERE id = $1`,
        [one.id, c.pick(earlier).id, c.happens(0.5) ? c.pick(earlier).id : null],
      );
  }

  // exclusions of those who sit on the panel: from a case, from a person, by a typed name
  const exclude = (seat: Seat, whom: Record<string, unknown>, what: Record<string, unknown>): Promise<void> =>
    add('exclusions', {
      partnership_id: seat.partnership,
      panel_id: seat.panel,
      reason: 'A relative of somebody in the matter.',
      since: days(-10),
      until: null,
      declared: false,
      reach: 'panel',
      ...whom,
      ...what,
    });
  const casesOf = (seat: Seat): string[] => cases.filter((one) => one.panel === seat.panel).map(({ id }) => id);
  const seatsWithCases = seats.filter((seat) => casesOf(seat).length > 0);
  const referred = new Set(
    (
      await many<{ id: string }>(
        `SELECT previous_case_id AS id FROM cases WHERE previous_case_id IS NOT NULL
         UNION SELECT r.case_id FROM referral_screenings s JOIN referrals r ON r.id IN (s.previous_referral_id, s.duplicate_of_id) WHERE r.case_id IS NOT NULL`,
      )
    ).map(({ id }) => id),
  );
  for (const seat of draw(seatsWithCases, 20)) {
    const named = casesOf(seat).filter((id) => referred.has(id));
    await exclude(
      seat,
      { practitioner_id: seat.practitioner },
      { case_id: c.pick(named.length ? named : casesOf(seat)) },
    );
  }
  for (const seat of draw(seatsWithCases, 12)) {
    const whom = people.find(({ id }) => id === seat.practitioner);
    if (whom) await exclude(seat, { name: whom.name, name_key: whom.name_key }, { case_id: c.pick(casesOf(seat)) });
  }
  for (const seat of draw(seatsWithCases, 8)) {
    const named = await many<{ id: string }>(
      'SELECT DISTINCT person_id AS id FROM case_people WHERE panel_id = $1 ORDER BY 1',
      [seat.panel],
    );
    if (!named.length) continue;
    const whom = { practitioner_id: seat.practitioner };
    await exclude(seat, whom, { person_id: c.pick(named).id });
    // a panel excludes on its own behalf; whoever declares a conflict keeps away from the person on every panel
    if (c.happens(0.6))
      await exclude(seat, whom, {
        person_id: c.pick(named).id,
        declared: true,
        reach: 'partnership',
        made_by_id: seat.practitioner,
      });
  }

  // items of meetings to come, from which one member is kept away, and to which guests are invited
  const meetings = await many<{ id: string; panel: string; partnership: string; at: Date }>(
    `SELECT id, panel_id AS panel, partnership_id AS partnership, scheduled_at AS at FROM meetings WHERE status = 'scheduled' ORDER BY id`,
  );
  const typeOf = new Map(
    (await many<{ id: string; type: string }>('SELECT id, type FROM agencies')).map(({ id, type }) => [id, type]),
  );
  for (const meeting of meetings) {
    const open = await many<{ id: string }>(
      `SELECT id FROM cases c WHERE panel_id = $1 AND closed_at IS NULL
         AND NOT EXISTS (SELECT FROM listings l WHERE l.case_id = c.id AND l.meeting_id = $2) ORDER BY id`,
      [meeting.panel, meeting.id],
    );
    const chair = seats.find((one) => one.panel === meeting.panel);
    if (!chair) continue;
    for (const [position, { id: caseId }] of draw(open, 2).entries()) {
      const listing = c.uuid();
      const stands = {
        partnership_id: meeting.partnership,
        panel_id: meeting.panel,
        case_id: caseId,
        meeting_id: meeting.id,
      };
      await add('listings', {
        id: listing,
        ...stands,
        agency_id: chair.agency,
        contributing_type: typeOf.get(chair.agency),
        kind: 'review',
        reason: 'review_due',
        position: 50 + position,
        timebox_minutes: 10,
        presented_by_agency_id: chair.agency,
      });
      const kept = c.pick(seats.filter((one) => one.panel === meeting.panel));
      await add('recusals', {
        ...stands,
        listing_id: listing,
        agency_id: kept.agency,
        contributing_type: typeOf.get(kept.agency),
        practitioner_id: kept.practitioner,
        reason: 'Knows the family.',
        declared: c.happens(0.5),
      });
      const members = new Set(seats.filter((one) => one.panel === meeting.panel).map((one) => one.practitioner));
      const inPartnership = new Set(
        (
          await many<{ id: string }>(
            'SELECT agency_id AS id FROM agency_partnerships WHERE partnership_id = $1 ORDER BY 1',
            [meeting.partnership],
          )
        ).map(({ id }) => id),
      );
      const guest = c.pick(people.filter(({ id, agency }) => !members.has(id) && inPartnership.has(agency)));
      await add('invitations', {
        ...stands,
        listing_id: listing,
        agency_id: guest.agency,
        practitioner_id: guest.id,
        opens_at: days(-1),
        closes_at: new Date(meeting.at.getTime() + 86_400_000),
      });
    }
  }

  for (const seat of draw(seatsWithCases, 6)) {
    const elsewhere = cases.filter((one) => one.partnership === seat.partnership && one.panel !== seat.panel);
    await add('access_grants', {
      partnership_id: seat.partnership,
      practitioner_id: seat.practitioner,
      case_id: c.pick(elsewhere).id,
      granted_at: days(-1),
      expires_at: days(20),
    });
  }

  // people known to two panels
  const known = await many<{ person: string; partnership: string; panel: string; agency: string; type: string }>(
    `SELECT DISTINCT ON (person_id) person_id AS person, partnership_id AS partnership, panel_id AS panel,
        agency_id AS agency, contributing_type AS type FROM case_people ORDER BY person_id, id`,
  );
  for (const one of draw(known, 20)) {
    const elsewhere = cases.filter((other) => other.partnership === one.partnership && other.panel !== one.panel);
    const other = elsewhere.length ? c.pick(elsewhere) : null;
    if (other)
      await add('case_people', {
        partnership_id: one.partnership,
        agency_id: one.agency,
        contributing_type: one.type,
        case_id: other.id,
        panel_id: other.panel,
        person_id: one.person,
        role: 'witness',
        rationale: 'Saw what happened.',
        since: day(-20),
      });
  }

  const typed = new Set(
    (await many<{ key: string }>('SELECT name_key AS key FROM exclusions WHERE name_key IS NOT NULL')).map(
      ({ key }) => key,
    ),
  );
  const colleagues = people.filter((one) =>
    people.some((other) => other.agency === one.agency && other.id !== one.id && typed.has(other.name_key)),
  );
  for (const { id } of draw(colleagues, 4))
    await client.query(`UPDATE practitioners SET roles = array_append(roles, 'agency_administrator') WHERE id = $1`, [
      id,
    ]);
  // somebody who had another name when an exclusion by that name was made
  const excluded = people.filter((one) => typed.has(one.name_key));
  for (const [n, { id }] of draw(excluded, 4).entries()) {
    const name = `Renamed Earlier${String(n)}`;
    await client.query(
      `UPDATE practitioners SET name = $2, name_key = lower($2), updated_at = updated_at + interval '1 second' WHERE id = $1`,
      [id, name],
    );
  }
  // people who were given a name in error
  for (const [n, { id, name, name_key }] of draw(people, 12).entries())
    for (const [text, key] of [
      [`Misspelt${String(n)} ${name}`, `misspelt${String(n)} ${name_key}`],
      [name, name_key],
    ])
      await client.query('UPDATE practitioners SET name = $2, name_key = $3 WHERE id = $1', [id, text, key]);
  for (const { id, roles } of draw(people, 6))
    await client.query(
      'UPDATE practitioners SET roles = (SELECT array_agg(DISTINCT one) FROM unnest(roles || $2::text[]) one) WHERE id = $1',
      [id, [...new Set([...roles, c.pick(['emergency_access', 'emergency_access', 'agency_administrator'])])]],
    );

  // data protection officers of agencies that take part in several boroughs
  await client.query(
    `UPDATE practitioners SET roles = array_append(roles, 'data_protection_officer')
     WHERE subject IN ('pellworth-inspector', 'idva')`,
  );

  // emergencies that are open, in cases of panels on which the reader does not sit
  const outside = seats.flatMap((seat) => {
    const own = new Set(seats.filter((one) => one.practitioner === seat.practitioner).map(({ panel }) => panel));
    return cases
      .filter((one) => one.partnership === seat.partnership && !own.has(one.panel))
      .map((one) => ({ seat, one }));
  });
  const holders = draw([...new Set(outside.map(({ seat }) => seat.practitioner))], 8);
  for (const holder of holders) {
    const { seat, one } = c.pick(outside.filter(({ seat: { practitioner } }) => practitioner === holder));
    await client.query(
      `UPDATE practitioners SET roles = array_append(array_remove(roles, 'emergency_access'), 'emergency_access') WHERE id = $1`,
      [holder],
    );
    await add('emergency_accesses', {
      partnership_id: one.partnership,
      practitioner_id: holder,
      agency_id: seat.agency,
      case_id: one.id,
      panel_id: one.panel,
      reason_code: 'imminent_harm',
      reason: 'Somebody is in danger tonight and the panel cannot be reached.',
      opened_at: now,
      expires_at: new Date(now.getTime() + 3_500_000),
      review_due_on: day(2),
    });
  }

  // requests that wait for an answer: for access to a case, and to release a contribution under its originator's control
  for (const seat of draw(seatsWithCases, 14)) {
    const elsewhere = cases.filter((one) => one.partnership === seat.partnership && one.panel !== seat.panel);
    if (!elsewhere.length) continue;
    const asked = c.pick(elsewhere).id;
    await add('access_requests', {
      practitioner_id: seat.practitioner,
      agency_id: seat.agency,
      asked,
      case_id: asked,
      reason: 'We need to know what must not be said to the family before we visit.',
      purpose: 'VICTIM_SUPPORT',
      status: 'submitted',
    });
  }
  const contributed = await many<{ id: string; partnership: string; panel: string; of: string; agency: string }>(
    `SELECT id, partnership_id AS partnership, panel_id AS panel, case_id AS of, agency_id AS agency FROM contributions ORDER BY id`,
  );
  for (const seat of draw(seatsWithCases, 14)) {
    const others = contributed.filter((one) => one.panel === seat.panel && one.agency !== seat.agency);
    if (!others.length) continue;
    const one = c.pick(others);
    await client.query('UPDATE contributions SET originator_control = true, agency_only = false WHERE id = $1', [
      one.id,
    ]);
    await add('release_requests', {
      partnership_id: one.partnership,
      agency_id: seat.agency,
      contributing_type: typeOf.get(seat.agency),
      case_id: one.of,
      panel_id: one.panel,
      contribution_id: one.id,
      originator_agency_id: one.agency,
      practitioner_id: seat.practitioner,
      released_to: c.pick(['agency', 'person']),
      reason: 'Needed to decide with the school which exits are watched.',
      status: 'submitted',
    });
  }

  // more referrals that are drafted or wait for a decision, each with the people whom it names
  const waiting = await many<{ id: string }>(
    `SELECT id FROM referrals WHERE status IN ('draft', 'submitted', 'returned') ORDER BY id`,
  );
  let number = 90_000;
  for (const { id } of [...waiting, ...waiting]) {
    const copy = c.uuid();
    number += 1;
    await client.query(
      `INSERT INTO referrals SELECT (jsonb_populate_record(r, jsonb_build_object('id', $2::text, 'external_ref', NULL,
         'reference', CASE WHEN r.reference IS NOT NULL THEN 'R-COPY-2026-' || $3::text END))).* FROM referrals r WHERE id = $1`,
      [id, copy, String(number)],
    );
    for (const table of ['referral_people', 'referral_subjects', 'referral_screenings'])
      await client.query(
        `INSERT INTO ${table} SELECT (jsonb_populate_record(r, jsonb_build_object('id',
           CASE WHEN $3 THEN $2::text ELSE overlay(md5(right(r.id::text, 20) || $2::text)::uuid::text PLACING '7' FROM 15 FOR 1) END, 'referral_id', $2::text))).*
         FROM ${table} r WHERE ${table === 'referral_screenings' ? 'id' : 'referral_id'} = $1`,
        [id, copy, table === 'referral_screenings'],
      );
  }

  // referrals that repeat a case of their panel, from which somebody is kept away: often their author, who may decide there
  const repeating = await many<{ id: string; panel: string; partnership: string; author: string }>(
    `SELECT r.id, r.panel_id AS panel, r.partnership_id AS partnership, r.author_id AS author
       FROM referrals r JOIN referral_screenings s ON s.id = r.id
      WHERE r.case_id IS NULL AND r.submitted_at IS NOT NULL ORDER BY r.id`,
  );
  const kept = new Set(
    (await many<{ id: string }>('SELECT case_id AS id FROM exclusions WHERE case_id IS NOT NULL')).map(({ id }) => id),
  );
  for (const one of draw(repeating, 30)) {
    const ofPanel = cases.filter(({ panel }) => panel === one.panel);
    if (!ofPanel.length) continue;
    const excluding = ofPanel.filter(({ id }) => kept.has(id));
    const earlier = c.pick(excluding.length ? excluding : ofPanel);
    const seat = seats.find(({ panel, practitioner }) => panel === one.panel && practitioner === one.author);
    if (seat && c.happens(0.5)) await exclude(seat, { practitioner_id: seat.practitioner }, { case_id: earlier.id });
    await add('repeated_cases', {
      partnership_id: one.partnership,
      referral_id: one.id,
      panel_id: one.panel,
      matched_case_id: earlier.id,
      found_by_id: seat && c.happens(0.2) ? seat.practitioner : null,
    });
  }

  // work of agencies that act in several boroughs, and drafts of referrals
  const wide = await many<{ id: string }>(
    'SELECT agency_id AS id FROM agency_partnerships GROUP BY 1 HAVING count(*) > 1 ORDER BY 1',
  );
  const actions = await many<{ id: string }>(
    `SELECT t.id FROM actions t JOIN panels p ON p.id = t.panel_id AND p.type IN ('marac', 'jag')
      JOIN agency_partnerships ap ON ap.partnership_id = t.partnership_id AND ap.agency_id = ANY ($1)
      WHERE NOT EXISTS (SELECT FROM escalations e WHERE e.action_id = t.id) GROUP BY 1 ORDER BY 1`,
    [wide.map(({ id }) => id)],
  );
  for (const { id } of draw(actions, 25))
    await client.query(
      `UPDATE actions t SET owner_agency_id = (SELECT agency_id FROM agency_partnerships ap
         WHERE ap.partnership_id = t.partnership_id AND ap.agency_id = ANY ($2) ORDER BY md5(right(ap.agency_id::text, 20) || right(t.id::text, 20)) LIMIT 1),
         owner_practitioner_id = NULL WHERE id = $1`,
      [id, wide.map((one) => one.id)],
    );
  for (const { id } of draw(await many<{ id: string }>('SELECT id FROM contributions ORDER BY id'), 30))
    await client.query(
      `UPDATE contributions SET originator_control = $2, agency_only = $3, handling = $4, conditions = $5 WHERE id = $1`,
      [
        id,
        ...c.pick([
          [true, false, 'P', null],
          [false, true, 'P', null],
          [false, false, 'C', 'For the panel alone.'],
        ]),
      ],
    );

  // exclusions that apply to a case although nobody excluded anybody from it: a repeat of an excluded case that was opened …
  const accepted = await many<{ id: string; panel: string; partnership: string; of: string }>(
    `SELECT r.id, r.panel_id AS panel, r.partnership_id AS partnership, r.case_id AS of
       FROM referrals r JOIN referral_screenings s ON s.id = r.id WHERE r.case_id IS NOT NULL ORDER BY r.id`,
  );
  let opened = 0;
  for (const one of draw(accepted, accepted.length)) {
    const earlier = cases.filter(({ id, panel }) => panel === one.panel && id !== one.of && kept.has(id));
    if (!earlier.length || opened === REPEATS_OPENED) continue;
    opened += 1;
    await add('repeated_cases', {
      partnership_id: one.partnership,
      referral_id: one.id,
      panel_id: one.panel,
      matched_case_id: c.pick(earlier).id,
    });
  }
  // … and a case from which a colleague took the person out, from whom somebody is excluded; somebody else's removal opens the case
  const named = await many<{ case: string; panel: string; person: string; type: string }>(
    `SELECT c.id AS case, c.panel_id AS panel, p.id AS person, c.contributing_type AS type FROM cases c
       JOIN persons p USING (partnership_id) WHERE c.person_id IS DISTINCT FROM p.id
        AND NOT EXISTS (SELECT FROM case_people n WHERE n.case_id = c.id AND n.person_id = p.id) ORDER BY 1, 3`,
  );
  for (const seat of draw(seatsWithCases, 16)) {
    const isByColleague = c.happens(0.5);
    const removers = seats.filter(
      (one) =>
        one.panel === seat.panel &&
        one.practitioner !== seat.practitioner &&
        (one.agency === seat.agency) === isByColleague,
    );
    const colleagues = people.filter(({ id, agency }) => agency === seat.agency && id !== seat.practitioner);
    const remover = removers.length
      ? c.pick(removers)
      : isByColleague && colleagues.length
        ? { practitioner: c.pick(colleagues).id, agency: seat.agency }
        : null;
    const removable = named.filter(({ panel }) => panel === seat.panel);
    if (!remover || !removable.length) continue;
    const removed = c.pick(removable);
    await exclude(seat, { practitioner_id: seat.practitioner }, { person_id: removed.person });
    const id = c.uuid();
    const stands = {
      partnership_id: seat.partnership,
      agency_id: seat.agency,
      contributing_type: removed.type,
      case_id: removed.case,
      panel_id: seat.panel,
    };
    await add('case_person_corrections', {
      id,
      ...stands,
      role_id: c.uuid(),
      person_id: removed.person,
      kind: 'entered_in_error',
      reason: 'Another person of that name.',
      role: 'witness',
      rationale: 'Saw what happened.',
      since: day(-20),
      named_at: days(-20),
      corrected_by_id: remover.practitioner,
      corrected_by_agency_id: remover.agency,
      was_last_role: true,
      corrected_at: now,
    });
    await client.query(
      `INSERT INTO events (id, at, type, subject_type, subject_id, partnership_id, panel_id, case_id, actor_id, agency_id, contributing_type, data)
       VALUES ($1, $2, 'case.person-removed', 'CasePersonCorrection', $3, $4, $5, $6, $7, $8, $9, '{}')`,
      [
        c.uuid(),
        now,
        id,
        seat.partnership,
        seat.panel,
        removed.case,
        remover.practitioner,
        remover.agency,
        removed.type,
      ],
    );
  }

  // cases closed as referred in error, to which guests are invited or somebody was granted access
  const reached = await many<{ id: string }>(
    `SELECT case_id AS id FROM invitations UNION SELECT case_id FROM access_grants ORDER BY 1`,
  );
  for (const { id } of draw(reached, 5))
    await client.query(
      `UPDATE cases SET stage = 'closed', closed_at = $2, closure_reason = 'referred_in_error', outcome = 'not_applicable'
        WHERE id = $1 AND stage <> 'closed'`,
      [id, now],
    );
}
