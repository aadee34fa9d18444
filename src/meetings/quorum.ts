/**
 * Is a sitting quorate? No number is published anywhere: what is demanded stands in the panel's rules, and a panel without
 * such a rule is always quorate. An inquorate sitting may note, but not agree a plan or close a case, unless the rules say
 * that a missed quorum only warns. Source: JAG note, section 1.2 "Quoracy"; MARAC note, section 3.4.
 */
import { rulesInForce } from '../panels/panels.service.js';
import type { Work } from '../records/work.js';
import type { DecisionKind, Meeting } from './meeting.entity.js';

export interface QuorumRule {
  minAgencies: number;
  /** Types of agency without which it is not met. */
  mandatory: string[];
  chairRequired: boolean;
  /** A missed quorum is noted and forbids nothing. */
  onlyWarns: boolean;
}

/** The `quorum` of the panel's rules; what makes no sense there is as if it were not there. */
export function quorumRule(rules: Record<string, unknown> = {}): QuorumRule {
  const { minAgencies, mandatory, chairRequired, chairPresent, onFail } = Object(rules['quorum']) as Record<
    string,
    unknown
  >;
  return {
    minAgencies: typeof minAgencies === 'number' ? minAgencies : 0,
    mandatory: Array.isArray(mandatory) ? mandatory.filter((type) => typeof type === 'string') : [],
    chairRequired: chairRequired === true || chairPresent === true,
    onlyWarns: onFail === 'warn',
  };
}

export interface Present {
  agencies: number;
  agencyTypes: string[];
  chaired: boolean;
}

/** What is missing, in words; nothing where the quorum is met. */
export function shortfalls(rule: QuorumRule, present: Present): string[] {
  const { minAgencies, mandatory, chairRequired } = rule;
  return [
    ...(present.agencies < minAgencies ? [`${String(minAgencies)} agencies must be present`] : []),
    ...mandatory.filter((type) => !present.agencyTypes.includes(type)).map((type) => `${type} must be present`),
    ...(chairRequired && !present.chaired ? ['the chair must be present'] : []),
  ];
}

const NEEDS_QUORUM: readonly DecisionKind[] = ['plan_agreed', 'close'];

export interface Quorum {
  missing: string[];
  rulesEdition: number | null;
  /** Does what is missing stand against this kind of decision? */
  forbids(kind: DecisionKind): boolean;
}

export async function quorumOf(work: Work, { id, panelId }: Meeting): Promise<Quorum> {
  const inForce = await rulesInForce(work, panelId);
  const rule = quorumRule(inForce?.rules);
  const [present] = await work.manager.query<[Present]>(
    `SELECT count(DISTINCT a.agency_id)::int AS agencies, coalesce(jsonb_agg(DISTINCT g.type), '[]') AS "agencyTypes",
       coalesce(bool_or(m.id IS NOT NULL), false) AS chaired
     FROM attendances a JOIN agencies g ON g.id = a.agency_id
     LEFT JOIN memberships m ON m.panel_id = a.panel_id AND m.practitioner_id = a.practitioner_id
       AND m.role IN ('chair', 'co_chair') AND m.valid_from <= ($2::timestamptz AT TIME ZONE 'Europe/London')::date
       AND (m.valid_to IS NULL OR m.valid_to >= ($2::timestamptz AT TIME ZONE 'Europe/London')::date)
     WHERE a.meeting_id = $1 AND a.status IN ('present', 'deputy')`,
    [id, work.now],
  );
  const missing = shortfalls(rule, present);
  return {
    missing,
    rulesEdition: inForce?.edition ?? null,
    forbids: (kind) => missing.length > 0 && !rule.onlyWarns && NEEDS_QUORUM.includes(kind),
  };
}
