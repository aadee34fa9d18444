/**
 * Evaluates how much of a loaded row a reader receives: the second step of the policy, after the row rules.
 *
 * The level of a value is the level of the active agreement row for its category, the type of the contributing agency,
 * the type of the reading agency, the panel and the reader's purpose. The reading agency must have signed the
 * agreement; so must the contributing agency, unless the agreement is the panel's own. An agency always reads its own
 * contributions in full. Without an active row the level is `none`. A handling condition (sharing limit) may lower the
 * level, never raise it.
 */
import { permissionsOf } from './actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import { SEALED_CATEGORIES, SHARING_LEVELS, type Classification, type SharingLevel } from './data-categories.js';
import type { ColumnClass } from './classification.js';
import { parseCondition, type Row, type Where } from './conditions.js';
import { conditionHolds } from './conditions-in-memory.js';
import type { SharingLimit, Step, Subject } from './subject.types.js';
import { type ReadingContext, READING_CONTEXT, APPLICABLE_LIMITS } from './reading-context.js';
import type { AgreementFact } from './agreement-fact.js';

/** Returns whether the granted level includes the needed one. */
export function isAtLeast(granted: SharingLevel, needed: SharingLevel): boolean {
  return SHARING_LEVELS.indexOf(granted) >= SHARING_LEVELS.indexOf(needed);
}

function higherLevel(a: SharingLevel, b: SharingLevel): SharingLevel {
  return isAtLeast(a, b) ? a : b;
}

export interface GrantedLevel {
  level: SharingLevel;
  rowId: string | null;
  versionId: string | null;
}
const NOTHING: GrantedLevel = { level: 'none', rowId: null, versionId: null };
const UNSIGNED: GrantedLevel = { ...NOTHING };
export const ANY = 'any';

/**
 * Agency that contributed a value, and its type at that time. Null if the row does not say: no signature covers such a
 * value.
 */
export interface Contributor {
  /** Undefined for agencies in general, evaluated as if the agency had signed. */
  agencyId?: string | null;
  type: string | null;
}
const ANYBODY: Contributor = { type: null };
/** Panel itself as contributor, covered by its own agreement alone. */
const PANEL: Contributor = { agencyId: null, type: null };

/** Levels that one agreement grants in one capacity of the actor. */
export interface Table {
  /** Agencies whose contributions the agreement covers; null if all are covered. */
  contributorIds: ReadonlySet<string> | null;
  /** Granted levels by `category/contributing type`. */
  rows: Map<string, GrantedLevel>;
}

/**
 * Values derived from the actor's agreements and coordinated panels. Cached by the identity of the list of agreements,
 * because unchanged agreements are always the same object.
 */
interface Following {
  tables: Map<string, Table[]>;
  reaching: Map<string, Where[]>;
}
const following = new WeakMap<AgreementFact[], Map<string, Following>>();

export function followingOf(actor: Actor): Following {
  return permissionsOf(actor).memoize('following', () => {
    const byCoordination = following.get(actor.agreements) ?? new Map<string, Following>();
    following.set(actor.agreements, byCoordination);
    const key = actor.coordinatedPanelIds.join();
    const known = byCoordination.get(key) ?? { tables: tabulated(actor), reaching: new Map() };
    byCoordination.set(key, known);
    return known;
  });
}

/**
 * Returns the tables of each panel: one per agreement and capacity of the actor (agency, coordination of the panel).
 * Within a table the more specific row takes precedence; between tables the higher level does.
 */
export const tablesOf = (actor: Actor): Map<string, Table[]> => followingOf(actor).tables;

function tabulated(actor: Actor): Map<string, Table[]> {
  const byPanel = new Map<string, Table[]>();
  for (const agreement of actor.agreements) {
    const signedAgencyIds = new Set(agreement.signedAgencyIds);
    for (const panelId of agreement.panelIds)
      for (const toCoordination of [false, true]) {
        if (toCoordination && !actor.coordinatedPanelIds.includes(panelId)) continue;
        const rows = agreement.rows.filter((row) => row.toCoordination === toCoordination);
        if (!rows.length) continue;
        const table: Table = {
          contributorIds: agreement.ownPanelIds.includes(panelId) ? null : signedAgencyIds,
          rows: new Map(
            rows.map((row) => [
              `${row.category}/${row.contributingType}`,
              { level: row.level, rowId: row.rowId, versionId: agreement.versionId },
            ]),
          ),
        };
        byPanel.set(panelId, [...(byPanel.get(panelId) ?? []), table]);
      }
  }
  return byPanel;
}

const wider = (a: GrantedLevel, b: GrantedLevel): GrantedLevel =>
  a === NOTHING ||
  (a === UNSIGNED && b !== NOTHING) ||
  (b.level !== a.level && higherLevel(a.level, b.level) === b.level)
    ? b
    : a;

/**
 * Returns the lowest level among all contexts of a row. A record read through two panels shows no more than the
 * stricter panel allows, so that adding a more generous panel shows nobody more of the record. Source: design, section
 * 1, principle 3.
 */
const narrowest = ([first = NOTHING, ...others]: GrantedLevel[]): GrantedLevel =>
  others.reduce((a, b) => (isAtLeast(b.level, a.level) ? a : b), first);

export const inTable = ({ rows }: Table, category: string, type: string | null): GrantedLevel =>
  rows.get(`${category}/${type ?? ANY}`) ?? rows.get(`${category}/${ANY}`) ?? NOTHING;

const covers = ({ contributorIds }: Table, agencyId: string | null | undefined): boolean =>
  contributorIds === null || agencyId === undefined || (agencyId !== null && contributorIds.has(agencyId));

/** Returns the level that the agreements grant the actor for a category, a contributor and a panel. */
export function grantedLevel(
  actor: Actor,
  panelId: string,
  category: string,
  { agencyId, type }: Contributor = ANYBODY,
): GrantedLevel {
  return (tablesOf(actor).get(panelId) ?? [])
    .map((table) => {
      const given = inTable(table, category, type);
      return given.level === 'none' || covers(table, agencyId) ? given : UNSIGNED;
    })
    .reduce(wider, NOTHING);
}

/** Returns the contributing type in the key of a table row, or null if the key is of another category. */
export function typeIn(key: string, category: string): string | null {
  const [of, type] = key.split('/') as [string, string];
  return of === category ? type : null;
}

export const unshared = (category: string, given: GrantedLevel): string =>
  given === UNSIGNED
    ? 'the agency that contributed it has not signed the agreement'
    : given.rowId
      ? `the agreement does not share ${category} with this agency`
      : `no active agreement row for ${category}`;

export interface SharingEvaluation {
  level: SharingLevel;
  /** Step that decided the level. */
  step: Step | 'administrative';
  /** Rule that decided the level, worded for a reader who may know that the record exists. */
  rule: string;
  /** Action that would lift a handling condition, if one lowered the level. */
  remedy?: string;
  agreementRowId?: string | null;
  agreementVersionId?: string | null;
}

/** Returns the rule, with the agreement row if one was evaluated. */
export const ruleText = (weighed: { rule: string; agreementRowId?: string | null }): string =>
  weighed.rule + (weighed.agreementRowId ? ` (agreement row ${weighed.agreementRowId})` : '');

/** Evaluates how much of a value classified as `column` the actor receives, and by which rule. */
export function evaluateSharing(
  actor: Actor,
  subject: Subject,
  row: Row,
  column: ColumnClass | undefined,
): SharingEvaluation {
  if (!column) return { level: 'none', step: 'agreement', rule: 'unclassified: never shared' };
  const category = (
    typeof column.category === 'string' ? column.category : row[column.category.column]
  ) as Classification;
  if (category === 'administrative') return { level: 'full', step: 'administrative', rule: 'about the process' };
  const contributor = column.isOfPanel ? undefined : subject.contributor;
  if (contributor && row[contributor.agency] === actor.agencyId)
    return { level: 'full', step: 'own-contribution', rule: 'contributed by the reader’s own agency' };
  if (subject.owner && row[subject.owner] === actor.agencyId)
    return { level: 'full', step: 'relationship', rule: 'the task of the reader’s own agency' };
  const from = contributor
    ? { agencyId: row[contributor.agency] as string | null, type: row[contributor.type] as string | null }
    : column.isOfPanel
      ? PANEL
      : ANYBODY;
  const best = narrowest(panelsOf(subject, row).map((panelId) => grantedLevel(actor, panelId, category, from)));
  const because = { agreementRowId: best.rowId, agreementVersionId: best.versionId };
  const shared: SharingEvaluation =
    best.level === 'none'
      ? {
          level: 'none',
          step: 'agreement',
          rule: unshared(category, best),
          ...because,
        }
      : { level: best.level, step: 'level', rule: `the agreement shares ${category} at ${best.level}`, ...because };
  const weighed =
    isOpenInEmergency(actor, subject, row) && best.level !== 'full' && !SEALED_CATEGORIES.includes(category)
      ? ({ level: 'full', step: 'emergency', rule: 'emergency access to the case' } as const)
      : shared;
  const cap = heldBy(actor, subject, row)[0];
  return cap && weighed.level !== 'none' && !isAtLeast(cap.level, weighed.level)
    ? { level: cap.level, step: 'handling', rule: cap.sentence, remedy: cap.remedy, ...because }
    : weighed;
}

/**
 * Returns a key of everything that `evaluateSharing` reads from a row, except the category of the column. Rows with the
 * same key have the same result. Null if the row was loaded without its sharing limits.
 */
export function ruleOfSharing(actor: Actor, subject: Subject, row: Row): string | null {
  const { contributor, owner } = subject;
  const held = row[APPLICABLE_LIMITS] as boolean[] | undefined;
  if (subject.sharingLimits.length && !held) return null;
  return [
    contributor && row[contributor.agency],
    contributor && row[contributor.type],
    owner && row[owner] === actor.agencyId,
    panelsOf(subject, row).join(),
    isOpenInEmergency(actor, subject, row),
    held?.join(),
  ].join(' ');
}

/** Returns the sharing limits that apply to the row, the strictest first. */
function heldBy(actor: Actor, subject: Subject, row: Row): SharingLimit[] {
  const known = row[APPLICABLE_LIMITS] as boolean[] | undefined;
  return subject.sharingLimits
    .filter((cap, index) => {
      if (known) return known[index];
      const where = cap.where(actor);
      return where !== null && conditionHolds(parseCondition(where), row);
    })
    .sort((a, b) => (a.level === b.level ? 0 : isAtLeast(a.level, b.level) ? 1 : -1));
}

/** Returns whether an emergency access of the actor opens the row. */
export function isOpenInEmergency(actor: Actor, subject: Subject, row: Row): boolean {
  if (!actor.emergencyCaseIds.length) return false;
  return subject.case
    ? actor.emergencyCaseIds.includes(row[subject.case] as string)
    : ((row[READING_CONTEXT] as ReadingContext | undefined)?.inEmergency ?? false);
}

/** Returns whether the row is read because of an emergency access, in full or as the agreement shares the row. */
export const isReadInEmergency = ({ emergencyCaseIds }: Actor, subject: Subject, row: Row): boolean =>
  emergencyCaseIds.length > 0 &&
  (subject.case
    ? emergencyCaseIds.includes(row[subject.case] as string)
    : ((row[READING_CONTEXT] as ReadingContext | undefined)?.through ?? []).some(({ caseId }) =>
        emergencyCaseIds.includes(caseId ?? ''),
      ));

/** Returns the panels in whose context the row is read. */
function panelsOf(subject: Subject, row: Row): string[] {
  if (subject.panel) return row[subject.panel] ? [row[subject.panel] as string] : [];
  return (row[READING_CONTEXT] as ReadingContext | undefined)?.panelIds ?? [];
}
