/**
 * Authorization of filters, searches and counts: conditions apply only to rows in which the reader sees the columns
 * concerned. Otherwise a match would reveal the value of a withheld field.
 */
import type { Actor } from '../authentication/actor.js';
import { classOf, type ColumnClass } from '../authorization/classification.js';
import type { Where } from '../authorization/conditions.js';
import { isSharedSomewhere, rowsShowingField, type RelatedContext } from '../authorization/sharing-conditions.js';
import { refused } from '../http/problems.js';
import { relationOf, subjectOf } from '../authorization/subjects.js';
import type { Subject } from '../authorization/subject.types.js';
import { applicableRules } from '../authorization/applicable-rules.js';

/** Returns the columns of the filter that are not administrative. */
export const fieldsOfFilter = (subject: Subject, filter: Where): string[] =>
  [...new Set(fieldsOf(subject, filter))].filter((one) => classified(subject, one).category !== 'administrative');

/**
 * Returns all columns on which the filter depends, including administrative columns and the local columns of relations.
 * Allow rules that do not show all of these columns do not apply to the query.
 */
export const fieldsRelatedToFilter = (subject: Subject, filter: Where): string[] => [
  ...new Set([
    ...fieldsOf(subject, filter),
    ...relationsOf(subject, filter).map((name) => relationOf(subject, name).local),
  ]),
];

export interface AuthorizedFilter {
  /** Conditions of the request, restricted to rows in which the reader sees the columns concerned. */
  filter: Where;
  /** See `fieldsOfFilter`. */
  asks: string[];
}

/**
 * Returns the properties in a condition, without those of related rows. Conditions on related rows come from the
 * service, not from the requester.
 */
const fieldsOf = (subject: Subject, where: Where): string[] =>
  Object.entries(where).flatMap(([key, value]) =>
    key.startsWith('$')
      ? (value as Where[]).flatMap((one) => fieldsOf(subject, one))
      : key in subject.relations
        ? []
        : [key],
  );

const relationsOf = (subject: Subject, where: Where): string[] =>
  Object.entries(where).flatMap(([key, value]) =>
    key.startsWith('$')
      ? (value as Where[]).flatMap((one) => relationsOf(subject, one))
      : key in subject.relations
        ? [key]
        : [],
  );

function classified(subject: Subject, field: string): ColumnClass {
  const column = classOf(subject.type, field);
  if (!column) throw new Error(`${subject.name}.${field} is asked about but not classified`);
  return column;
}

export const seesWhere = (actor: Actor, subject: Subject, field: string, inPanel?: string): Where =>
  rowsShowingField(actor, subject, classified(subject, field), (relation) =>
    contextOf(actor, subject, relation, inPanel),
  );

/** Returns the related rows through which the reader can read rows of the subject, optionally limited to one panel. */
function contextOf(actor: Actor, subject: Subject, relation: string, inPanel?: string): RelatedContext | null {
  const related = subjectOf(relationOf(subject, relation).to);
  const ways = applicableRules(actor, related, 'read').map((one) => one.where);
  if (!ways.length || !related.panel) return null;
  const readable = inPanel ? { $and: [{ [related.panel]: inPanel }, { $or: ways }] } : { $or: ways };
  return { panel: related.panel, case: related.case, readable };
}

/** Condition for rows that the reader can read in the context of one panel. */
export const readInPanel = (actor: Actor, subject: Subject, inPanel: string): Where => ({
  $or: subject.contexts.flatMap((relation) => {
    const context = contextOf(actor, subject, relation, inPanel);
    return context ? [{ [relation]: { $elemMatch: context.readable } }] : [];
  }),
});

export function authorizeFilter(actor: Actor, subject: Subject, filter: Where, inPanel?: string): AuthorizedFilter {
  const asks = fieldsOfFilter(subject, filter);
  const conditions = asks.map((field) => seesWhere(actor, subject, field, inPanel));
  if (inPanel && subject.contexts.length) conditions.push(readInPanel(actor, subject, inPanel));
  const also = (filter['$and'] as Where[] | undefined) ?? [];
  return { asks, filter: conditions.length ? { ...filter, $and: [...also, ...conditions] } : filter };
}

/**
 * Refuses a filter on columns that no panel shares with the reader. Without the refusal, the result would hold only
 * rows of the reader's own agency and be misleading.
 */
export function refuseWithheldFields(actor: Actor, subject: Subject, fields: string[], panelId?: string): void {
  // the owner of a task may see it regardless of the sharing agreement
  const unshown = fields.filter((field) => {
    const column = classified(subject, field);
    return !subject.owner && column.category !== 'administrative' && !isSharedSomewhere(actor, column, panelId);
  });
  if (unshown.length)
    throw refused('filter-not-permitted', `You may not ask about ${unshown.join(', ')}: it is not shared with you.`, {
      errors: unshown.map((field) => ({ pointer: `?${field}`, detail: 'not shared with you here; ask without it' })),
    });
}
