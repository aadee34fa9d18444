/**
 * Honesty test: every column of every record has a category, every field of every view is classified, and no relation is
 * named like a column (it would hide it).
 *
 * Seen to fail: `@References` taken off `Case.previousCaseId`; `@Classified` taken off `Person.safeContact` (both the record and its view are named).
 */
import type { RecordClass } from '../../src/database/columns.ts';

/** Tables that hold no record: they are never found, listed or presented. */
const NOT_RECORDS = ['IdempotentReply', 'ReferenceNumber'];

const built = async () => {
  await import('#built/app.module'); // the routes declare their views
  (await import('#built/policies')).registerPolicies();
  return {
    ...(await import('#built/entities')),
    ...(await import('#built/authorization/classification')),
    ...(await import('#built/database/columns')),
    ...(await import('#built/authorization/subjects')),
    ...(await import('#built/authorization/classification')),
    ...(await import('#built/records/response-view')),
    ...(await import('#built/records/declared-views')),
  };
};

test('every column of every record has a data category', async () => {
  const { entities, columnsOf, classOf } = await built();
  const records = (entities as RecordClass[]).filter((entity) => !NOT_RECORDS.includes(entity.name));
  const unclassified = records.flatMap((entity) =>
    [...columnsOf(entity).keys()]
      .filter((column) => !classOf(entity, column))
      .map((column) => `${entity.name}.${column}`),
  );
  expect(records.length).toBeGreaterThan(20);
  expect(unclassified).toEqual([]);
});

test('every record is declared to the policy', async () => {
  const { entities, isDeclared } = await built();
  const undeclared = (entities as RecordClass[]).filter((one) => !isDeclared(one)).map((one) => one.name);
  expect(undeclared.filter((name) => !NOT_RECORDS.includes(name))).toEqual([]);
});

test('no relation is named like a column of its record', async () => {
  const { declaredSubjects, columnsOf } = await built();
  const hiding = declaredSubjects().flatMap((subject) =>
    Object.keys(subject.relations)
      .filter((name) => columnsOf(subject.type).has(name))
      .map((name) => `${subject.name}.${name}`),
  );
  expect(hiding).toEqual([]);
});

test('every view shows classified fields only', async () => {
  const { declaredViews, shapeOf } = await built();
  const views = declaredViews().map(shapeOf); // throws where a field has no category
  expect(views.length).toBeGreaterThan(15);
});

/** Directories and the like: who they are and where they belong is no secret to those who read the row. */
const DIRECTORY =
  /^(partnership|within|agency|practitioner|panel|client|instrument|agreement|agreementVersion|version|cycle|template|resource|key|meeting|fromMeeting|toMeeting)Id$/;
const SOMEBODY =
  /(By|AgencyId|PractitionerId|ById|PanelId)$|^(author|chair|actor|reader|deputyFor|planChairWaived|taskingChairWaived|assessedBy)Id$/;

/** Identifiers that need no declaration, and why. */
const FOLLOWS: Record<string, string> = {
  'Case.personId': 'whoever reads a case reads the person it is about',
  'Case.placeId': 'whoever reads a case reads the place it is about',
  'Case.groupId': 'whoever reads a case reads the group it is about',
  'CasePerson.personId': 'whoever reads a role reads the person who has it',
  'CasePersonCorrection.roleId': 'whoever reads the correction could read the role, or it is there for nobody any more',
  'ReferralPersonCorrection.roleId': 'the same, in a referral',
  'Assessment.personId': 'a person with a role in the same case',
  'EmergencyAccess.caseId': 'the case that the holder named; readers by reference may read it',
  'AccessRequest.caseId': 'shown to those alone who decide about access to that case',
  'Exclusion.caseId': 'kept by the coordination of the panel of that case',
  'Disclosure.recordId': 'the whole row is hidden with the case, the person, the item or the referral that is hidden',
  'Notice.subjectId': 'shown to those alone who may know of what the notice is about',
  'Event.subjectId': 'an event is read by those who may read its record',
  'DisclosedCrime.amendsId': 'a crime of the same item, shared by the same rule',
  'Escalation.actionId': 'shown to those alone who may read the action',
  'Escalation.caseId': 'shown to those alone who may know of the case',
  'Recusal.listingId': 'whoever declared a conflict goes on seeing for which item',
  'Feed.caseId': 'shown to those alone who hand it on, within their own panel',
  'Minute.listingId': 'hidden with the item from whoever is recused from it',
  'MinutePoint.listingId': 'hidden with the item from whoever is recused from it',
  'Invitation.listingId': 'hidden with the item from whoever is recused from it',
  'Decision.listingId': 'hidden with the item from whoever is recused from it',
  'ResearchRequest.listingId': 'hidden with the item from whoever is recused from it',
  'ResearchPoint.contributionId': 'a contribution of the reader’s own agency',
  'SharingAgreementVersion.supersedesId': 'a version of the same agreement',
  'Minute.confirmedAtId': 'a meeting of the same panel',
};

test('every reference to a record that could be hidden is declared, or it is said why it need not be', async () => {
  const { declaredViews, shapeOf, columnsOf, referencesOf, relationOf, subjectOf } = await built();
  /** Columns that lead to what the record is part of: whoever reads it may read that. */
  const above = (type: RecordClass): string[] => {
    const { parent } = subjectOf(type);
    if (!parent) return [];
    const relation = relationOf(subjectOf(type), parent);
    return [relation.local, ...above(relation.to)];
  };
  const bare = declaredViews().flatMap((view) => {
    const { record, properties } = shapeOf(view);
    return [...properties.keys()]
      .filter((name) => columnsOf(record).get(name)?.type === 'uuid' && name !== 'id')
      .filter((name) => !above(record).includes(name) && !referencesOf(record).has(name))
      .filter((name) => !DIRECTORY.test(name) && !SOMEBODY.test(name))
      .map((name) => `${record.name}.${name}`);
  });
  expect([...new Set(bare)].filter((one) => !FOLLOWS[one])).toEqual([]);
});

/** Records of a case to which nothing happens that a timeline would say. */
const NOT_IN_TIMELINES = [
  'ActionNote',
  'AgendaItem',
  'ItemPresence',
  'MinutePoint',
  'ResearchRequest',
  'BidDecision',
  'BidResult',
  'Disclosure',
  'Escalation',
  'Notice',
];

test('the timeline of a case knows every type of record of a case', async () => {
  const { declaredSubjects, subjectNamed } = await built();
  const event = subjectNamed('Event')!;
  const ofACase = declaredSubjects().filter(
    ({ name, case: inCase, relations }) =>
      name === 'Case' ||
      inCase !== undefined ||
      // a referral leads to a case, and is no part of it
      (name !== 'Referral' &&
        Object.values(relations).some(({ to, foreign }) => to.name === 'Case' && foreign === 'id')),
  );
  const unknown = ofACase.filter(({ name }) => name !== 'Event' && !event.relations[`the${name}`]);
  expect(unknown.map(({ name }) => name).sort()).toEqual([...NOT_IN_TIMELINES].sort());
});
