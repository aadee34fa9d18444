/**
 * Policy of events: an event reveals no more than the record it refers to. A reader who cannot read the record cannot
 * see the event, and field names and values are shown as on the record. Source: design, section 1, principle 5.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import type { Actor } from '../authentication/actor.js';
import { classifiedProperties } from '../authorization/classification.js';
import type { Where } from '../authorization/conditions.js';
import { subjectOf, typeNamed } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { Case, Contribution } from '../cases/case.entity.js';
import { recusedFromItem } from '../cases/recusal-facts.js';
import { Invitation } from '../meetings/meeting.entity.js';
import { Event } from './event.entity.js';
import type { Relation, Subject } from '../authorization/subject.types.js';
import { explainedByOfficer } from '../authorization/subject-declaration.js';
import { permittedRows, permittedUnder } from '../authorization/applicable-rules.js';

export const policy = new Policy();

/** Returns whether the subject belongs to a case, according to its own declaration. */
const isOfCase = ({ type, case: inCase, relations }: Subject): boolean =>
  type === Case ||
  inCase !== undefined ||
  Object.values(relations).some(({ to, foreign }) => to === Case && foreign === 'id');

/** Subjects of a case whose events appear on the timeline. */
const ON_TIMELINE = [
  'AccessRequest',
  'Action',
  'Assessment',
  'Bid',
  'Case',
  'CasePerson',
  'CasePersonCorrection',
  'Contribution',
  'Decision',
  'DisclosedCrime',
  'EmergencyAccess',
  'Exclusion',
  'Feed',
  'Invitation',
  'Listing',
  'Minute',
  'Plan',
  'Recusal',
  'ReleaseRequest',
];
const timelineSubjects = (): Subject[] => ON_TIMELINE.map((name) => subjectOf(typeNamed(name)));

/** Returns whether the subject belongs to a case but is missing from `ON_TIMELINE`, so that nobody can read its events. */
export const isMissingFromTimeline = (name: string): boolean =>
  isOfCase(subjectOf(typeNamed(name))) && !ON_TIMELINE.includes(name);

const relationNameOf = ({ name }: Subject): string => `the${name}`;

/** Returns the column that refers to the case, if the case is the subject's parent. */
const parentCaseColumn = ({ parent, relations }: Subject): string | undefined => {
  const above = parent ? relations[parent] : undefined;
  return above?.to === Case ? above.local : undefined;
};

const recordRelations = (subjects: readonly Subject[]): Record<string, Relation> =>
  Object.fromEntries(
    subjects.map((subject): [string, Relation] => {
      const ofCase = parentCaseColumn(subject);
      const also = ofCase ? { also: { caseId: ofCase } } : {};
      return [relationNameOf(subject), { to: subject.type, local: 'subjectId', foreign: 'id', ...also }];
    }),
  );

/**
 * Condition for contributions of the reader's agency, by core members, or by guests whose invitation is readable. The seat or
 * invitation at the time of the event counts: nobody learns who acted by giving that person another one.
 */
function byKnownContributor(actor: Actor): Where {
  const readable = permittedRows(withoutScopes(actor), subjectOf(Invitation), 'read');
  return {
    $or: [
      { agencyId: actor.agencyId },
      { actorIsCoreMember: true },
      ...(readable ? [{ actorInvitation: { $elemMatch: readable } }] : []),
    ],
  };
}

const ABOUT_THE_ACTOR = ['actorId', 'actorIsCoreMember', 'actorInvitationId'];
const FIELDS_WITHOUT_ACTOR = [...classifiedProperties(Event).keys()].filter(
  (field) => !ABOUT_THE_ACTOR.includes(field),
);

/**
 * Condition for events whose record and case both permit the action; null if no record can. For a subject directly
 * under the case, the case is not checked again, because that case is also the event's parent.
 */
function whereRecordPermits(
  actor: Actor,
  action: string,
  subjects: readonly Subject[] = timelineSubjects(),
): Where | null {
  const unscoped = withoutScopes(actor);
  const each = subjects.flatMap((subject): Where[] => {
    const permittedOnes = parentCaseColumn(subject)
      ? permittedUnder(unscoped, subject, action, action)
      : permittedRows(unscoped, subject, action);
    return permittedOnes
      ? [{ subjectType: subject.name, [relationNameOf(subject)]: { $elemMatch: permittedOnes } }]
      : [];
  });
  return each.length ? { $or: each } : null;
}

/** Condition for readable events, except contributions by guests whose invitation the reader may not read. */
function readableWithActor(actor: Actor): Where | null {
  const about = whereRecordPermits(actor, 'read');
  return (
    about && {
      $and: [about, { $or: [{ subjectType: { $ne: subjectOf(Contribution).name } }, byKnownContributor(actor)] }],
    }
  );
}

policy.declareDependentSubject(Event, 'Event', () => ({
  relations: {
    ...recordRelations(timelineSubjects()),
    actorInvitation: { to: Invitation, local: 'actorInvitationId', foreign: 'id' },
    case: { to: Case, local: 'caseId', foreign: 'id' },
  },
  parent: 'case',
  orderBy: 'at',
  denyRules: [recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'record-reader',
      sentence:
        'who may read the case, and the record of which the event tells; where that is a contribution, one by somebody who was a core member then, by somebody of their own agency, or by somebody invited then whose invitation they may read',
      actions: ['read'],
      within: 'read',
      where: readableWithActor,
    },
    {
      name: 'record-reader-without-the-actor',
      sentence:
        'who may read the case, and the contribution of which the event tells: not which person or system wrote it',
      actions: ['read'],
      within: 'read',
      where: (actor) => whereRecordPermits(actor, 'read', [subjectOf(Contribution)]),
      fields: FIELDS_WITHOUT_ACTOR,
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer, and may ask who sees the record of which the event tells and why',
      actions: ['explain'],
      within: 'explain',
      where: (actor) => {
        const own = explainedByOfficer(actor, Event);
        const about = own && whereRecordPermits(actor, 'explain');
        return own && about && { $and: [own, about] };
      },
    },
  ],
}));

policy.declareWording(Event, 'Working a case', 'event of a case');
