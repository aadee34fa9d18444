/**
 * Policy of recusals. The coordination sees recusals from items that it may see; people who declared a conflict
 * continue to see their declaration.
 */
import type { Actor } from '../authentication/actor.js';
import { ofNoColleague, toPractitioner } from '../agencies/agencies.policy.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { RECUSED_ITEMS, type RecusedItem } from '../cases/recusal-facts.js';
import { chairedPanels } from '../panels/panels.policy.js';
import { Listing } from '../meetings/meeting.entity.js';
import { Recusal } from './recusal.entity.js';
import { Policy } from '../records/policy.js';
import type { UnitOfWork } from '../records/unit-of-work.js';

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
      sentence: 'who chairs or coordinates the panel, and is not the one recused',
      actions: ['read'],
      within: 'recuse',
      where: ({ registrationIds }) => ({ practitionerId: { $nin: registrationIds } }),
    },
    {
      name: 'own-declaration',
      sentence: 'who declared the conflict: not whether it was ended',
      actions: ['read'],
      where: (actor) => ({ practitionerId: { $in: actor.loginRegistrationIds }, declared: true }),
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

/** Returns whether the recusal applies to a registration. A declared conflict applies only to the login that declared it. */
const appliesTo = (
  { loginRegistrationIds, registrationIds }: Pick<Actor, 'loginRegistrationIds' | 'registrationIds'>,
  { practitionerId, declared }: Pick<RecusedItem, 'practitionerId' | 'declared'>,
): boolean => (declared ? loginRegistrationIds : registrationIds).includes(practitionerId);

const recusedItemsOf = async (work: UnitOfWork, people: readonly Actor[]): Promise<RecusedItem[]> => {
  const recused = people.filter(({ recusedListingIds }) => recusedListingIds.length);
  return recused.length
    ? work.asSystem(() =>
        work.manager.query(RECUSED_ITEMS, [recused.flatMap(({ registrationIds }) => registrationIds), null]),
      )
    : [];
};

policy.declareConflicts(RECUSAL_ATTRIBUTES, async (work, one) =>
  (await recusedItemsOf(work, [one]))
    .filter((item) => appliesTo(one, item))
    // through a case between, the recusal would reveal that case: such a conflict has an identifier that nobody knows
    .map((item) => ({ ...item, id: item.isSameOrDirectRepeat ? item.id : item.listingId })),
);

policy.declareKnownAttributes(RECUSAL_ATTRIBUTES, async (work, people) => {
  // through a case between, an item would reveal that case to an asker who may not know of it
  const items = (await recusedItemsOf(work, people)).filter(({ isSameOrDirectRepeat }) => isSameOrDirectRepeat);
  const filter = { id: { $in: [...new Set(items.map(({ id }) => id))] } };
  // officers who may explain a recusal cannot read it, but the explanation counts it
  const known = items.length
    ? [
        ...(await work.records.findMany('read', Recusal, filter, MOST_RECUSALS)),
        ...(await work.records.findMany('explain', Recusal, filter, MOST_RECUSALS)),
      ]
    : [];
  const knownIds = new Set(known.map(({ id }) => id));
  return (one) => {
    const own = items.filter((item) => knownIds.has(item.id) && appliesTo(one, item));
    return {
      recusedListingIds: own.map(({ listingId }) => listingId),
      recusedCaseIds: own.map(({ caseId }) => caseId).filter((caseId) => one.recusedCaseIds.includes(caseId)),
    };
  };
});

policy.declareWording(Recusal, 'Meeting', 'recusal from an item', { end: 'end it' });
