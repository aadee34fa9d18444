/** Data categories that the agreements do not share on a panel. */
import type { Actor } from '../authentication/actor.js';
import { DATA_CATEGORIES, type DataCategory } from './data-categories.js';
import { ANY, tablesOf, grantedLevel, typeIn, unshared, ruleText } from './sharing-levels.js';

/**
 * Returns agency types whose contributions of the category are shared at another level than those of other agencies.
 */
export function typesApart(actor: Actor, panelId: string, category: string): string[] {
  const tables = tablesOf(actor).get(panelId) ?? [];
  const named = tables.flatMap(({ rows }) => [...rows.keys()].flatMap((key) => typeIn(key, category) ?? []));
  const usual = grantedLevel(actor, panelId, category).level;
  return [...new Set(named)]
    .filter((type) => type !== ANY && grantedLevel(actor, panelId, category, { type }).level !== usual)
    .sort();
}

const isSharedByAnybody = (actor: Actor, panelId: string, category: string): boolean =>
  (tablesOf(actor).get(panelId) ?? []).some(({ rows }) =>
    [...rows].some(([key, { level }]) => level !== 'none' && typeIn(key, category) !== null),
  );

/** Returns categories whose existence on the panel the reader may not know, each with the deciding rule. */
export const withheldCategories = (actor: Actor, panelId: string): { category: DataCategory; rule: string }[] =>
  DATA_CATEGORIES.flatMap((category) => {
    const given = grantedLevel(actor, panelId, category);
    return given.level === 'none' && !isSharedByAnybody(actor, panelId, category)
      ? [{ category, rule: ruleText({ rule: unshared(category, given), agreementRowId: given.rowId }) }]
      : [];
  });
