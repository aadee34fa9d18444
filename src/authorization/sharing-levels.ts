/**
 * How much of a loaded row a reader receives: the second step of the policy, after the row rules.
 *
 * The level of a value is that of the active agreement row for its category, from the type of agency that contributed it,
 * to the type of agency that reads it, on the panel concerned and for the reader's purpose. The reading agency must have signed
 * the agreement, and so must the contributing agency unless it is the panel's own agreement; the agency's own contributions are
 * always its own. No active row means none. A handling condition may lower the level, never raise it.
 */
import type { Actor } from '../authentication/actor.js';
import {
  DATA_CATEGORIES,
  isAtLeast,
  SEALED_CATEGORIES,
  higherLevel,
  type Classification,
  type DataCategory,
  type SharingLevel,
} from './data-categories.js';
import type { ColumnClass, RowCategory } from './classification.js';
import { conditionHolds, parseCondition, type Row, type Where } from './conditions.js';
import type { SharingLimit, Step, Subject } from './subjects.js';

/** One agreement version as it applies to the actor now, for the actor's purpose. */
export interface AgreementFact {
  versionId: string;
  /** Panels it governs on which the actor's agency is a signed party. */
  panelIds: string[];
  /** Agencies that have signed it. */
  signedAgencyIds: string[];
  /**
   * Panels whose own agreement it is: no other that governs them came into force earlier. On them it also covers what agencies put
   * before the panel that have not signed it.
   */
  ownPanelIds: string[];
  rows: {
    category: string;
    /** An agency type, or `any`: the more specific row decides. */
    contributingType: string;
    level: SharingLevel;
    rowId: string;
    /** True for rows to the panel's coordination: they count only on panels the actor chairs or coordinates. */
    toCoordination: boolean;
  }[];
}

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    agreements: AgreementFact[];
    /** Panels the actor chairs, co-chairs or coordinates. */
    coordinatedPanelIds: string[];
    /** Cases to which the actor has emergency access, now. */
    emergencyCaseIds: string[];
    /** Roles in these cases that were given to people since the access was opened. */
    namedSinceEmergencyIds: string[];
  }
}

export interface GrantedLevel {
  level: SharingLevel;
  rowId: string | null;
  versionId: string | null;
}
const NOTHING: GrantedLevel = { level: 'none', rowId: null, versionId: null };
const UNSIGNED: GrantedLevel = { ...NOTHING };
const ANY = 'any';

/** The agency that contributed something, and its type then; null where the row does not say: then nobody has signed for it. */
export interface Contributor {
  /** Left out where it is asked of agencies in general: as if the agency had signed. */
  agencyId?: string | null;
  type: string | null;
}
const ANYBODY: Contributor = { type: null };
/** The panel itself: covered by its own agreement alone. */
const PANEL: Contributor = { agencyId: null, type: null };

/** What one agreement gives in one capacity. */
interface Table {
  /** Agencies whose contributions it covers; null where it covers everybody's. */
  contributorIds: ReadonlySet<string> | null;
  /** `category/contributing type` → level. */
  rows: Map<string, GrantedLevel>;
}

/** What follows from agreements in one capacity; kept with them, because the same agreements come as the same object. */
interface Following {
  tables: Map<string, Table[]>;
  reaching: Map<string, Where[]>;
}
const following = new WeakMap<AgreementFact[], Map<string, Following>>();
/** The same, found by the very panels that somebody coordinates. */
const found = new WeakMap<string[], { agreements: AgreementFact[]; following: Following }>();

function followingOf(actor: Actor): Following {
  const { agreements, coordinatedPanelIds } = actor;
  const last = found.get(coordinatedPanelIds);
  if (last?.agreements === agreements) return last.following;
  const capacities = following.get(actor.agreements) ?? new Map<string, Following>();
  following.set(actor.agreements, capacities);
  const key = actor.coordinatedPanelIds.join();
  let known = capacities.get(key);
  if (!known) capacities.set(key, (known = { tables: tabulated(actor), reaching: new Map() }));
  found.set(coordinatedPanelIds, { agreements, following: known });
  return known;
}

/**
 * Per panel, one table for each agreement and each capacity in which the actor receives: as its agency, and as the panel's
 * coordination. Within a table the more specific row decides; between tables the wider one.
 */
const tablesOf = (actor: Actor): Map<string, Table[]> => followingOf(actor).tables;

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
 * What every context of a row gives: a record read through two panels shows no more than the stricter of them, so that
 * putting it before a more generous panel shows nobody more of it. Source: design, section 1, principle 3.
 */
const narrowest = ([first = NOTHING, ...others]: GrantedLevel[]): GrantedLevel =>
  others.reduce((a, b) => (isAtLeast(b.level, a.level) ? a : b), first);

const inTable = ({ rows }: Table, category: string, type: string | null): GrantedLevel =>
  rows.get(`${category}/${type ?? ANY}`) ?? rows.get(`${category}/${ANY}`) ?? NOTHING;

const covers = ({ contributorIds }: Table, agencyId: string | null | undefined): boolean =>
  contributorIds === null || agencyId === undefined || (agencyId !== null && contributorIds.has(agencyId));

/** What the agreements give the actor of one category, contributed by one agency, on one panel. */
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

/** Types of agencies whose contributions of the category the agreements share otherwise than those of agencies in general. */
export function typesApart(actor: Actor, panelId: string, category: string): string[] {
  const tables = tablesOf(actor).get(panelId) ?? [];
  const named = tables.flatMap(({ rows }) => [...rows.keys()].flatMap((key) => typeIn(key, category) ?? []));
  const usual = grantedLevel(actor, panelId, category).level;
  return [...new Set(named)]
    .filter((type) => type !== ANY && grantedLevel(actor, panelId, category, { type }).level !== usual)
    .sort();
}

/** Columns by which a row says where it stands, as far as it says so. */
interface Standing {
  panel: string;
  agency?: string;
  type?: string;
  case?: string;
  /** Only what the panel's own agreement shares, as for any contributor. */
  isOfPanel?: true;
}
const USUAL: Standing = { panel: 'panelId', agency: 'agencyId', type: 'contributingType', case: 'caseId' };

/**
 * The row form of `granted`: rows whose category reaches `level`, by agreement or because of an emergency. The category is
 * that of a column (`{ column }`), or one and the same for all rows.
 */
function reaching(actor: Actor, level: SharingLevel, category: RowCategory | DataCategory, on: Standing): Where[] {
  const known = followingOf(actor).reaching;
  const key = JSON.stringify([level, category, on]);
  let shared = known.get(key);
  if (!shared) known.set(key, (shared = sharedBy(actor, level, category, on)));
  const isEmergency = on.case !== undefined && actor.emergencyCaseIds.length > 0;
  if (!isEmergency || (typeof category === 'string' && SEALED_CATEGORIES.includes(category))) return shared;
  const unsealed = typeof category === 'string' ? {} : { [category.column]: { $nin: [...SEALED_CATEGORIES] } };
  return [...shared, { [on.case as string]: { $in: actor.emergencyCaseIds }, ...unsealed }];
}

function sharedBy(actor: Actor, level: SharingLevel, category: RowCategory | DataCategory, on: Standing): Where[] {
  /** Panels with the same answer are asked about together. */
  const alternatives = new Map<string, { panelIds: string[]; contributor: Where; categories: string[] }>();
  for (const [panelId, capacities] of tablesOf(actor))
    for (const table of capacities) {
      if (on.isOfPanel && table.contributorIds) continue;
      const keys = [...table.rows.keys()].map((key) => key.split('/') as [string, string]);
      const categories =
        typeof category === 'string'
          ? [category]
          : [...new Set(keys.map(([one]) => one))].sort((a, b) => (a < b ? -1 : 1));
      const open = (type: string): string[] =>
        categories.filter((one) => isAtLeast(inTable(table, one, type).level, level));
      const usual = open(ANY);
      const named = [...new Set(keys.map(([, type]) => type))]
        .filter((type) => on.type && type !== ANY && open(type).join() !== usual.join())
        .sort();
      const signed = on.agency && table.contributorIds ? { [on.agency]: { $in: [...table.contributorIds] } } : {};
      const answers: [contributor: Where, categories: string[]][] = [
        [on.type ? { ...signed, [on.type]: { $nin: named } } : signed, usual],
        ...named.map((type): [Where, string[]] => [{ ...signed, [on.type as string]: type }, open(type)]),
      ];
      for (const [contributor, shared] of answers) {
        if (!shared.length) continue;
        const key = JSON.stringify([contributor, shared]);
        const known = alternatives.get(key);
        if (known) known.panelIds.push(panelId);
        else alternatives.set(key, { panelIds: [panelId], contributor, categories: shared });
      }
    }
  return [...alternatives.values()].map(({ panelIds, contributor, categories }) => ({
    [on.panel]: { $in: panelIds },
    ...contributor,
    ...(typeof category === 'string' ? {} : { [category.column]: { $in: categories } }),
  }));
}

/** Rows whose own category reaches `level`. Columns: `panelId`, `caseId`, `category`, `contributingType`. */
export const sharedAtLeast = (actor: Actor, level: SharingLevel): Where => ({
  $or: reaching(actor, level, { column: 'category' }, USUAL),
});

/**
 * The row form of `weigh`: the rows in which the reader sees this column, so that a question about it (a filter, a search,
 * a count) is put only to rows that would answer it when they are read. `through` are the rows that lend a row without a
 * panel its context, as far as the reader may read them.
 */
export function rowsShowingField(
  actor: Actor,
  subject: Subject,
  { category, from, isOfPanel }: ColumnClass,
  through: (relation: string) => RelatedContext | null,
): Where {
  if (category === 'administrative') return {};
  const { owner } = subject;
  const contributor = isOfPanel ? undefined : subject.contributor;
  const ours = [contributor?.agency, owner].flatMap((column) => (column ? [{ [column]: actor.agencyId }] : []));
  const shared = subject.panel
    ? reaching(actor, from, category, { panel: subject.panel, ...contributor, case: subject.case, isOfPanel })
    : inEveryContext(actor, subject, { category, from }, through);
  const held = subject.sharingLimits.flatMap((cap) => {
    const where = isAtLeast(cap.level, from) ? null : cap.where(actor);
    return where ? [where] : [];
  });
  return {
    $or: [...ours, ...(shared.length ? [{ $and: [{ $or: shared }, ...(held.length ? [{ $nor: held }] : [])] }] : [])],
  };
}

/**
 * Rows by which a case that is open in an emergency lends its context: not roles that were given since it was opened. Whoever is named in that
 * hour is read as the agreement shares it, so that nobody is named to be read in full.
 */
export const emergencyRows = (
  { emergencyCaseIds, namedSinceEmergencyIds }: Pick<Actor, 'emergencyCaseIds' | 'namedSinceEmergencyIds'>,
  caseColumn: string,
): Where => ({
  [caseColumn]: { $in: emergencyCaseIds },
  ...(namedSinceEmergencyIds.length && caseColumn !== 'id' ? { id: { $nin: namedSinceEmergencyIds } } : {}),
});

/** Where a row without a panel of its own is read: the columns of the related row, and which related rows are readable. */
export interface RelatedContext {
  panel: string;
  case?: string;
  readable: Where;
}

/**
 * The row form of `weigh` for rows without a panel of their own: rows of which every context shows the category, and those
 * that an emergency access opens.
 */
function inEveryContext(
  actor: Actor,
  subject: Subject,
  { category, from }: ColumnClass,
  through: (relation: string) => RelatedContext | null,
): Where[] {
  const contexts = subject.contexts.flatMap((relation) => {
    const context = through(relation);
    return context ? [{ relation, ...context }] : [];
  });
  if (!contexts.length) return [];
  if (typeof category !== 'string') throw new Error(`${subject.name}: a row read in contexts names no category itself`);
  const some = (there: (context: RelatedContext) => Where): Where => ({
    $or: contexts.map((one) => ({ [one.relation]: { $elemMatch: { $and: [there(one), one.readable] } } })),
  });
  const mayOpen = actor.emergencyCaseIds.length > 0 && !SEALED_CATEGORIES.includes(category as DataCategory);
  const emergency = contexts.flatMap((one) =>
    one.case && mayOpen
      ? [{ [one.relation]: { $elemMatch: { $and: [emergencyRows(actor, one.case), one.readable] } } }]
      : [],
  );
  const sharing = sharingPanels(actor, subject, from, category);
  if (!sharing.length) return emergency;
  const panelIds = sharing.flatMap((one) => one.panelIds);
  const shared: Where[] = [
    some(({ panel }) => ({ [panel]: { $in: panelIds } })),
    { $nor: [some(({ panel }) => ({ [panel]: { $nin: panelIds } }))] },
    ...sharing.flatMap((one): Where[] =>
      one.contributed
        ? [{ $or: [one.contributed, { $nor: [some(({ panel }) => ({ [panel]: { $in: one.panelIds } }))] }] }]
        : [],
    ),
  ];
  return [...emergency, { $and: shared }];
}

/**
 * Panels on which the category is shared at `level`, with the condition on who contributed it; panels of the same condition
 * together. Null where nobody is said to have contributed.
 */
function sharingPanels(
  actor: Actor,
  { contributor }: Subject,
  level: SharingLevel,
  category: string,
): { panelIds: string[]; contributed: Where | null }[] {
  const found = new Map<string, { panelIds: string[]; contributed: Where | null }>();
  for (const [panelId, tables] of tablesOf(actor)) {
    const ways = tables.flatMap((table): Where[] => {
      const open = (type: string): boolean => isAtLeast(inTable(table, category, type).level, level);
      const named = [...table.rows.keys()].flatMap((key) => typeIn(key, category) ?? []).filter((one) => one !== ANY);
      const others = named.filter((type) => open(type) !== open(ANY)).sort();
      if (!open(ANY) && !others.length) return [];
      if (!contributor) return open(ANY) ? [{}] : [];
      const type = others.length ? { [contributor.type]: { [open(ANY) ? '$nin' : '$in']: others } } : {};
      return [
        { ...(table.contributorIds ? { [contributor.agency]: { $in: [...table.contributorIds] } } : {}), ...type },
      ];
    });
    if (!ways.length) continue;
    const contributed = contributor ? { $or: ways } : null;
    const key = JSON.stringify(contributed);
    const known = found.get(key);
    if (known) known.panelIds.push(panelId);
    else found.set(key, { panelIds: [panelId], contributed });
  }
  return [...found.values()];
}

/** The contributing type of a row of a table, where the row is one of the category. */
function typeIn(key: string, category: string): string | null {
  const [of, type] = key.split('/') as [string, string];
  return of === category ? type : null;
}

/**
 * Rows of one category that the agreements share with the reader at `level`; no emergency. Columns: `panelId`, `agencyId`,
 * `contributingType`.
 */
export const sharedFromLevel = (actor: Actor, category: DataCategory, level: SharingLevel): Where => ({
  $or: reaching(actor, level, category, { ...USUAL, case: undefined }),
});

/** Is the category shared with the reader at `level` on one of the panels (or, without any, on any at all)? */
export function isSharedSomewhere(actor: Actor, { category, from }: ColumnClass, panelId?: string): boolean {
  return reaching(actor, from, category as DataCategory | RowCategory, { panel: 'panelId', type: 'type' }).some(
    (where) => !panelId || (where['panelId'] as { $in: string[] }).$in.includes(panelId),
  );
}

const unshared = (category: string, given: GrantedLevel): string =>
  given === UNSIGNED
    ? 'the agency that contributed it has not signed the agreement'
    : given.rowId
      ? `the agreement does not share ${category} with this agency`
      : `no active agreement row for ${category}`;

const isSharedByAnybody = (actor: Actor, panelId: string, category: string): boolean =>
  (tablesOf(actor).get(panelId) ?? []).some(({ rows }) =>
    [...rows].some(([key, { level }]) => level !== 'none' && typeIn(key, category) !== null),
  );

/** Categories of which the reader may not even learn that something is held, on this panel, and by which rule. */
export const withheldCategories = (actor: Actor, panelId: string): { category: DataCategory; rule: string }[] =>
  DATA_CATEGORIES.flatMap((category) => {
    const given = grantedLevel(actor, panelId, category);
    return given.level === 'none' && !isSharedByAnybody(actor, panelId, category)
      ? [{ category, rule: ruleText({ rule: unshared(category, given), agreementRowId: given.rowId }) }]
      : [];
  });

export interface SharingEvaluation {
  level: SharingLevel;
  /** The step that decided. */
  step: Step | 'administrative';
  /** The rule that decided, in words fit for a reader who may know that the record exists. */
  rule: string;
  /** What would lift it, where a handling holds the row back. */
  remedy?: string;
  agreementRowId?: string | null;
  agreementVersionId?: string | null;
}

/** The rule, with the row of the agreement where one was weighed. */
export const ruleText = (weighed: { rule: string; agreementRowId?: string | null }): string =>
  weighed.rule + (weighed.agreementRowId ? ` (agreement row ${weighed.agreementRowId})` : '');

/** How much of a value classified as `column` the actor receives of this row, and by which rule. */
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
 * All that `weigh` looks at in a row beside the column's category: rows of which it is the same are weighed alike. Null where
 * more would have to be looked at.
 */
export function ruleOfSharing(actor: Actor, subject: Subject, row: Row): string | null {
  const { contributor, owner } = subject;
  const held = row[HELD_BY] as boolean[] | undefined;
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

/** The caps that hold the row back from the actor, the strictest first. */
function heldBy(actor: Actor, subject: Subject, row: Row): SharingLimit[] {
  const known = row[HELD_BY] as boolean[] | undefined;
  return subject.sharingLimits
    .filter((cap, index) => {
      if (known) return known[index];
      const where = cap.where(actor);
      return where !== null && conditionHolds(parseCondition(where), row);
    })
    .sort((a, b) => (a.level === b.level ? 0 : isAtLeast(a.level, b.level) ? 1 : -1));
}

/** Is the row opened by an emergency access of the actor? */
export function isOpenInEmergency(actor: Actor, subject: Subject, row: Row): boolean {
  if (!actor.emergencyCaseIds.length) return false;
  return subject.case
    ? actor.emergencyCaseIds.includes(row[subject.case] as string)
    : ((row[READING_CONTEXT] as ReadingContext | undefined)?.inEmergency ?? false);
}

/** Is the row read because of an emergency access of the actor, in full or as the agreement shares it? */
export const isReadInEmergency = ({ emergencyCaseIds }: Actor, subject: Subject, row: Row): boolean =>
  emergencyCaseIds.length > 0 &&
  (subject.case
    ? emergencyCaseIds.includes(row[subject.case] as string)
    : ((row[READING_CONTEXT] as ReadingContext | undefined)?.through ?? []).some(({ caseId }) =>
        emergencyCaseIds.includes(caseId ?? ''),
      ));

/** The panels in whose context the row is read. */
function panelsOf(subject: Subject, row: Row): string[] {
  if (subject.panel) return row[subject.panel] ? [row[subject.panel] as string] : [];
  return (row[READING_CONTEXT] as ReadingContext | undefined)?.panelIds ?? [];
}

/** Panels through which a row without a panel of its own is read, and whether through a case of an emergency access. */
export interface ReadingContext {
  panelIds: string[];
  inEmergency: boolean;
  /** The cases and referrals that lend their panels. */
  through?: Through[];
}

/** A case or referral through which a row without a panel of its own is read. */
export interface Through {
  panelId: string;
  caseId: string | null;
  referralId: string | null;
  inEmergency: boolean;
}

/** Where the records layer puts the context of a row that has no panel of its own. */
export const READING_CONTEXT = 'context';
/** Where it puts which caps hold the row back, in the order of the subject's caps. */
export const HELD_BY = 'heldBy';
