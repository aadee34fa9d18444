/**
 * What a request may ask about: a filter, a search or a count is put only to rows in which the reader sees what is asked
 * about, so that a hit tells nothing that a read would not.
 */
import type { Actor } from '../authentication/actor.js';
import { classOf, type ColumnClass } from '../authorization/classification.js';
import type { Where } from '../authorization/conditions.js';
import { isSharedSomewhere, rowsShowingField, type RelatedContext } from '../authorization/sharing-levels.js';
import { refused } from '../http/problems.js';
import { applicableRules, relationOf, subjectOf, type Subject } from '../authorization/subjects.js';

/** Columns that the condition asks about and that are not administrative. */
export const fieldsOfFilter = (subject: Subject, filter: Where): string[] =>
  [...new Set(fieldsOf(subject, filter))].filter((one) => classified(subject, one).category !== 'administrative');

/**
 * Every column that a request's condition rests on, administrative ones and those that lead to related rows too: a ground that
 * shows other fields only does not answer it.
 */
export const fieldsRelatedToFilter = (subject: Subject, filter: Where): string[] => [
  ...new Set([
    ...fieldsOf(subject, filter),
    ...relationsOf(subject, filter).map((name) => relationOf(subject, name).local),
  ]),
];

export interface AuthorizedFilter {
  /** The request's conditions, and that the reader sees what they ask about. */
  filter: Where;
  /** See `fieldsOfFilter`. */
  asks: string[];
}

/** The properties that a condition of a request names; what it asks of related rows is the service's own question. */
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

/** The related rows through which the reader reads rows of the subject: all of them, or those of one panel. */
function contextOf(actor: Actor, subject: Subject, relation: string, inPanel?: string): RelatedContext | null {
  const related = subjectOf(relationOf(subject, relation).to);
  const ways = applicableRules(actor, related, 'read').map((one) => one.where);
  if (!ways.length || !related.panel) return null;
  const readable = inPanel ? { $and: [{ [related.panel]: inPanel }, { $or: ways }] } : { $or: ways };
  return { panel: related.panel, case: related.case, readable };
}

/** Condition for rows that the reader reads in the context of one panel. */
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

/** A filter that the reader may put to no panel's rows is refused by name; on rows of one's own agency alone it misleads. */
export function refuseWithheldFields(actor: Actor, subject: Subject, fields: string[], panelId?: string): void {
  // the owner of a task sees it whatever the agreement gives
  const unshown = fields.filter((field) => {
    const column = classified(subject, field);
    return !subject.owner && column.category !== 'administrative' && !isSharedSomewhere(actor, column, panelId);
  });
  if (unshown.length)
    throw refused('filter-not-permitted', `You may not ask about ${unshown.join(', ')}: it is not shared with you.`, {
      errors: unshown.map((field) => ({ pointer: `?${field}`, detail: 'not shared with you here; ask without it' })),
    });
}
