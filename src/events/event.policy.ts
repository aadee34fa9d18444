/**
 * An event shows no more than the record that it tells of: whoever may not read that record does not learn of the event, and
 * values and names of fields are shown as the record would show them. Source: design, section 1, principle 5.
 */
import type { Actor } from '../policy/actor.js';
import type { Where } from '../policy/conditions.js';
import {
  declareSubject,
  declaredSubjects,
  explainedByOfficer,
  permitted,
  type Relation,
  type Subject,
} from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import '../bids/bids.policy.js';
import { Case } from '../cases/case.entity.js';
import '../cases/assessments.policy.js';
import '../cases/handling.policy.js';
import '../escalations/escalations.policy.js';
import '../meetings/minutes/minutes.policy.js';
import '../meetings/room/crime.policy.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import '../referrals/referrals.policy.js';
import { Event } from './event.entity.js';

/** Records that belong to a case: what happens to them stands in its timeline. */
const INSIDE_A_CASE: readonly Subject[] = declaredSubjects().filter(
  ({ type, case: inCase, relations }) =>
    type === Case ||
    inCase !== undefined ||
    Object.values(relations).some(({ to, foreign }) => to === Case && foreign === 'id'),
);

const toRecord = ({ name }: Subject): string => `the${name}`;

const relations = Object.fromEntries(
  INSIDE_A_CASE.map((subject): [string, Relation] => [
    toRecord(subject),
    { to: subject.type, local: 'subjectId', foreign: 'id' },
  ]),
);

/** Events on whose record the actor may do the action; null where there is no such record. */
function aboutRecords(actor: Actor, action: string): Where | null {
  const each = INSIDE_A_CASE.flatMap((subject): Where[] => {
    const permittedOnes = permitted({ ...actor, scopes: undefined }, subject, action);
    return permittedOnes ? [{ subjectType: subject.name, [toRecord(subject)]: { $elemMatch: permittedOnes } }] : [];
  });
  return each.length ? { $or: each } : null;
}

declareSubject(Event, 'Event', {
  relations: { ...relations, case: { to: Case, local: 'caseId', foreign: 'id' } },
  parent: 'case',
  orderBy: 'at',
  bars: [recusedFromItem('listingId')],
  grounds: [
    {
      name: 'record-reader',
      sentence: 'who may read the case, and the record of which the event tells',
      actions: ['read'],
      within: 'read',
      where: (actor) => aboutRecords(actor, 'read'),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer, and may ask who sees the record of which the event tells and why',
      actions: ['explain'],
      within: 'explain',
      where: (actor) => {
        const own = explainedByOfficer(actor, Event);
        const about = own && aboutRecords(actor, 'explain');
        return own && about && { $and: [own, about] };
      },
    },
  ],
});

declareWords(Event, 'Working a case', 'event of a case');
