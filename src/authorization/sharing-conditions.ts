/**
 * Conditions for rows by what the sharing agreements show of them: the query counterpart of `sharing-levels.ts`. Lists,
 * filters and counts use them, so that a query reveals no more than reading the rows would.
 */
import type { Actor } from '../authentication/actor.js';
import type { ColumnClass, RowCategory } from './classification.js';
import type { Where } from './conditions.js';
import { SEALED_CATEGORIES, type DataCategory, type SharingLevel } from './data-categories.js';
import { ANY, followingOf, inTable, isAtLeast, tablesOf, typeIn } from './sharing-levels.js';
import type { Subject } from './subject.types.js';

/** Names of the columns that identify the context of a row, as far as the row has them. */
interface ContextColumns {
  panel: string;
  agency?: string;
  type?: string;
  case?: string;
  /** Restricts the condition to the panel's own agreement, which covers any contributor. */
  isOfPanel?: true;
}
const USUAL: ContextColumns = { panel: 'panelId', agency: 'agencyId', type: 'contributingType', case: 'caseId' };

/**
 * Returns conditions for rows whose category reaches `level`, by agreement or by emergency access. Query counterpart of
 * `grantedLevel`. The category comes from a column (`{ column }`), or is the same for all rows.
 */
function conditionsForLevel(
  actor: Actor,
  level: SharingLevel,
  category: RowCategory | DataCategory,
  on: ContextColumns,
): Where[] {
  const known = followingOf(actor).reaching;
  const key = JSON.stringify([level, category, on]);
  let shared = known.get(key);
  if (!shared) known.set(key, (shared = agreementConditions(actor, level, category, on)));
  const isEmergency = on.case !== undefined && actor.emergencyCaseIds.length > 0;
  if (!isEmergency || (typeof category === 'string' && SEALED_CATEGORIES.includes(category))) return shared;
  const unsealed = typeof category === 'string' ? {} : { [category.column]: { $nin: [...SEALED_CATEGORIES] } };
  return [...shared, { [on.case as string]: { $in: actor.emergencyCaseIds }, ...unsealed }];
}

function agreementConditions(
  actor: Actor,
  level: SharingLevel,
  category: RowCategory | DataCategory,
  on: ContextColumns,
): Where[] {
  /** Conditions that apply to several panels, merged into one condition for all of them. */
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

/**
 * Returns a condition for rows whose own category reaches `level`. Columns used: `panelId`, `agencyId`, `caseId`,
 * `category`, `contributingType`.
 */
export const sharedAtLeast = (actor: Actor, level: SharingLevel): Where => ({
  $or: conditionsForLevel(actor, level, { column: 'category' }, USUAL),
});

/**
 * Returns a condition for rows in which the reader sees the column; query counterpart of `evaluateSharing`. A filter, a
 * search or a count by the column considers only these rows, and so reveals nothing that reading the rows would not.
 * `through` returns the readable related rows that lend their context to a row without a panel.
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
    ? conditionsForLevel(actor, from, category, { panel: subject.panel, ...contributor, case: subject.case, isOfPanel })
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
 * Returns a condition for related rows that lend the context of a case opened by emergency access. Roles assigned by
 * the actor's agency, or after the access was opened, are excluded: nobody is named in order to be read in full.
 */
export const emergencyRows = (
  {
    emergencyCaseIds,
    emergencyRoleIdsAsShared,
    emergencyPersonIdsAsShared,
  }: Pick<Actor, 'emergencyCaseIds' | 'emergencyRoleIdsAsShared' | 'emergencyPersonIdsAsShared'>,
  caseColumn: string,
): Where => {
  // the related row is the case itself, with its subject, or a role in it
  const [column, excludedIds] =
    caseColumn === 'id' ? ['personId', emergencyPersonIdsAsShared] : ['id', emergencyRoleIdsAsShared];
  return {
    [caseColumn]: { $in: emergencyCaseIds },
    ...(excludedIds.length ? { [column]: { $nin: excludedIds } } : {}),
  };
};

/**
 * Context that a related row lends to a row without a panel. Holds the names of the related columns and the condition
 * for readable related rows.
 */
export interface RelatedContext {
  panel: string;
  case?: string;
  readable: Where;
}

/**
 * Returns conditions for rows without a panel of their own; query counterpart of `evaluateSharing`. A row matches if
 * every context of the row shows the category, or if an emergency access opens the row.
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
 * Returns panels on which the category is shared at `level`, grouped by the condition on the contributor. The condition
 * is null if the subject has no contributor.
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

/**
 * Returns a condition for rows of a category that the agreements share at `level`, without emergency access. Columns
 * used: `panelId`, `agencyId`, `contributingType`.
 */
export const sharedFromLevel = (actor: Actor, category: DataCategory, level: SharingLevel): Where => ({
  $or: conditionsForLevel(actor, level, category, { ...USUAL, case: undefined }),
});

/** Returns whether the category is shared at the column's level on the panel, or on any panel by default. */
export function isSharedSomewhere(actor: Actor, { category, from }: ColumnClass, panelId?: string): boolean {
  return conditionsForLevel(actor, from, category as DataCategory | RowCategory, {
    panel: 'panelId',
    type: 'type',
  }).some((where) => !panelId || (where['panelId'] as { $in: string[] }).$in.includes(panelId));
}
