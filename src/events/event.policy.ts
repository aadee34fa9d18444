/**
 * An event shows no more than the record that it tells of: whoever may not read that record does not learn of the event, and
 * values and names of fields are shown as the record would show them. Source: design, section 1, principle 5.
 */
import type { Actor } from '../policy/actor.js';
import type { Where } from '../policy/conditions.js';
import { declareSubject, declaredSubjects, permitted, type Relation, type Subject } from '../policy/subjects.js';
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

/** Events whose record the actor may read. */
const aboutReadable = (actor: Actor): Where[] =>
  INSIDE_A_CASE.flatMap((subject) => {
    const readable = permitted({ ...actor, scopes: undefined }, subject, 'read');
    return readable ? [{ subjectType: subject.name, [toRecord(subject)]: { $elemMatch: readable } }] : [];
  });

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
      where: (actor) => {
        const readable = aboutReadable(actor);
        return readable.length ? { $or: readable } : null;
      },
    },
  ],
});

declareWords(Event, 'Working a case', 'event of a case');
