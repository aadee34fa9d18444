/**
 * Policy of recusals. The coordination sees recusals from items that it may see; people who declared a conflict
 * continue to see their declaration.
 */
import { In, IsNull } from 'typeorm';
import { ofNoColleague, toPractitioner } from '../agencies/agencies.policy.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { chairedPanels } from '../panels/panels.policy.js';
import { Listing } from '../meetings/meeting.entity.js';
import { Recusal } from './recusal.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

/** Maximum number of recusals read at once: far more than all readers of one case have. */
const MOST_RECUSALS = 10_000;

/** Fields of a recusal without its end. */
const WITHOUT_THE_END = [
  'id',
  'version',
  'partnershipId',
  'panelId',
  'caseId',
  'meetingId',
  'listingId',
  'practitionerId',
  'reason',
  'declared',
  'createdAt',
];

policy.declareSubject(Recusal, 'Recusal', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' }, ...toPractitioner },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  isAboutProcess: true,
  // the rule of the person who declared the conflict does not depend on access to the case
  denyRules: hiddenWithCase('caseId'),
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      within: 'recuse',
      where: () => ({}),
    },
    {
      name: 'own-declaration',
      sentence: 'who declared the conflict: not whether it was ended',
      actions: ['read'],
      where: (actor) => ({ practitionerId: actor.id, declared: true, carriedFromId: null }),
      // the end of a declared conflict would reveal a recusal imposed by others that still runs
      fields: WITHOUT_THE_END,
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel, and is neither the one recused nor of the same agency',
      actions: ['end'],
      within: 'recuse',
      where: (actor) => ({
        $and: [
          { panelId: { $in: chairedPanels(actor) }, practitionerId: { $nin: actor.registrationIds } },
          ofNoColleague(actor),
        ],
      }),
    },
  ],
});

/** Actor attributes derived from recusals. */
const RECUSAL_ATTRIBUTES = ['recusedListingIds', 'recusedCaseIds'] as const;

policy.declareConflicts(RECUSAL_ATTRIBUTES, async (work, { id, registrationIds, recusedListingIds }) => {
  const found = recusedListingIds.length
    ? await work.manager.findBy(Recusal, { listingId: In(recusedListingIds), endedAt: IsNull() })
    : [];
  // a declared conflict applies only to the registration that declared it
  return found.filter(({ practitionerId, declared }) =>
    declared ? practitionerId === id : registrationIds.includes(practitionerId),
  );
});

policy.declareKnownAttributes(RECUSAL_ATTRIBUTES, async (work, people) => {
  const listingIds = people.flatMap(({ recusedListingIds }) => recusedListingIds);
  const filter = { listingId: { $in: listingIds }, endedAt: null };
  // officers who may explain a recusal cannot read it, but the explanation counts it
  const known = listingIds.length
    ? [
        ...(await work.records.findMany('read', Recusal, filter, MOST_RECUSALS)),
        ...(await work.records.findMany('explain', Recusal, filter, MOST_RECUSALS)),
      ]
    : [];
  const byId = new Map(known.map((one) => [one.id, one]));
  const byPerson = Map.groupBy(byId.values(), ({ practitionerId }) => practitionerId);
  return ({ id: ownId, registrationIds, recusedListingIds }) => {
    const own = registrationIds
      .flatMap((id) => byPerson.get(id) ?? [])
      // a declared conflict applies only to the registration that declared it
      .filter(({ practitionerId, declared }) => !declared || practitionerId === ownId)
      .filter(({ listingId }) => recusedListingIds.includes(listingId));
    return {
      recusedListingIds: own.map(({ listingId }) => listingId),
      // without repeats: the asker may not know that a case repeats another
      recusedCaseIds: own.map(({ caseId }) => caseId),
    };
  };
});

policy.declareWording(Recusal, 'Meeting', 'recusal from an item', { end: 'end it' });
