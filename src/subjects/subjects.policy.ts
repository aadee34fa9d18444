/**
 * People, places and groups: an agency sees what it recorded; everybody else sees them only through a case or a referral
 * that they may read (`cases.policy.ts`, `referrals.policy.ts` extend the rules here). There is no index of people.
 */
import type { Actor } from '../policy/actor.js';
import { declareSubject, type Ground } from '../policy/subjects.js';
import { Group, Person, Place } from './subject.entity.js';

const contributor = { agency: 'agencyId', type: 'contributingType' };

const ownAgency: Ground = {
  name: 'own-agency',
  sentence: 'whose agency recorded it',
  actions: ['read', 'change', 'name'],
  where: (actor) => ({ agencyId: actor.agencyId }),
};

declareSubject(Person, 'Person', {
  contributor,
  seek: ['agencyId'],
  bars: [
    {
      name: 'excluded-person',
      step: 'conflict',
      sentence: 'who is excluded from this person: a party, a relative, a named person',
      where: (actor: Actor) => (actor.excludedPersonIds.length ? { id: { $in: actor.excludedPersonIds } } : null),
    },
  ],
  grounds: [ownAgency],
});

declareSubject(Place, 'Place', { contributor, seek: ['agencyId'], grounds: [ownAgency] });
declareSubject(Group, 'Group', { contributor, seek: ['agencyId'], grounds: [ownAgency] });
