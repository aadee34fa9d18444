/**
 * Reduction of an event's `data` to the fields that the reader may see on the event's record. `data` holds names of
 * changed fields and new values of states. A member that corresponds to no field of the record is not shown.
 */
import type { Row } from '../authorization/conditions.js';
import { declaredSubjects } from '../authorization/subjects.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Event } from './event.entity.js';

/** Record fields of those members of `data` that are named differently. */
const FIELD_OF_MEMBER: Record<string, string> = {
  from: 'status',
  instrument: 'instrumentId',
  method: 'evaluationMethod',
  smart: 'chairReason',
};

type EventRow = Pick<Event, 'id' | 'subjectType' | 'subjectId' | 'data'>;

/** Returns the visible part of `data` by event identifier. */
export async function visibleDataOf(work: UnitOfWork, events: readonly EventRow[]): Promise<Row> {
  const visible: Row = {};
  for (const [subjectType, group] of Map.groupBy(events, (one) => one.subjectType)) {
    const type = declaredSubjects().find(({ name }) => name === subjectType)?.type;
    if (!type) continue;
    const ids = [...new Set(group.map((one) => one.subjectId))];
    const [shown, hiding] = [await work.records.shownOf(type, ids), await work.records.revealingOf(type, ids)];
    for (const { id, subjectId, data } of group) {
      const seen = hiding.get(subjectId)?.(data) ?? data;
      visible[id] = pickVisible(seen, shown.get(subjectId) ?? new Set());
    }
  }
  return visible;
}

function pickVisible(data: Event['data'], shown: ReadonlySet<string>): Row {
  const { fields, ...values } = data as { fields?: string[] };
  return {
    ...(fields ? { fields: fields.filter((field) => shown.has(field)) } : {}),
    ...Object.fromEntries(Object.entries(values).filter(([name]) => shown.has(FIELD_OF_MEMBER[name] ?? name))),
  };
}
