/**
 * Who is recused is known to those who run the meeting, as far as they may see the item themselves; whoever declared a
 * conflict goes on seeing that they did.
 */
import { In, IsNull } from 'typeorm';
import { ofNoColleague, toPractitioner } from '../agencies/agencies.policy.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { chairedPanels } from '../panels/panels.policy.js';
import { declareSubject } from '../authorization/subjects.js';
import { declareWording } from '../authorization/wording.js';
import { declareConflicts, declareKnownAttributes } from '../records/known-attributes.js';
import { Listing } from '../meetings/meeting.entity.js';
import '../meetings/meetings.policy.js';
import { Recusal } from './recusal.entity.js';

/** Recusals of everybody who could read one case: far more than there are. */
const MOST_RECUSALS = 10_000;

declareSubject(Recusal, 'Recusal', {
  relations: { listing: { to: Listing, local: 'listingId', foreign: 'id' }, ...toPractitioner },
  parent: 'listing',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  isAboutProcess: true,
  // the ground of whoever declared it does not lead through the case
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
      sentence: 'who declared the conflict',
      actions: ['read'],
      where: (actor) => ({ practitionerId: actor.id, declared: true }),
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

/** Facts that rest on recusals. */
const OF_RECUSALS = ['recusedListingIds', 'recusedCaseIds'] as const;

declareConflicts(OF_RECUSALS, async (work, { id, registrationIds, recusedListingIds }) => {
  const found = recusedListingIds.length
    ? await work.manager.findBy(Recusal, { listingId: In(recusedListingIds), endedAt: IsNull() })
    : [];
  // what somebody declares holds for the registration that declared it
  return found.filter(({ practitionerId, declared }) =>
    declared ? practitionerId === id : registrationIds.includes(practitionerId),
  );
});

declareKnownAttributes(OF_RECUSALS, async (work, people) => {
  const listingIds = people.flatMap(({ recusedListingIds }) => recusedListingIds);
  const filter = { listingId: { $in: listingIds }, endedAt: null };
  // an officer who may explain a recusal does not read it, and still counts it
  const known = listingIds.length
    ? [
        ...(await work.records.findMany('read', Recusal, filter, MOST_RECUSALS)),
        ...(await work.records.findMany('explain', Recusal, filter, MOST_RECUSALS)),
      ]
    : [];
  const byId = new Map(known.map((one) => [one.id, one]));
  const byPerson = Map.groupBy(byId.values(), ({ practitionerId }) => practitionerId);
  return ({ registrationIds }) => {
    const own = registrationIds.flatMap((id) => byPerson.get(id) ?? []);
    return {
      recusedListingIds: own.map(({ listingId }) => listingId),
      recusedCaseIds: own.map(({ caseId }) => caseId),
    };
  };
});

declareWording(Recusal, 'Meeting', 'recusal from an item', { end: 'end it' });
