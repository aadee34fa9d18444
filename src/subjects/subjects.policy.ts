/**
 * People, places and groups: an agency sees what it recorded; everybody else sees them only through a case or a referral
 * that they may read (`cases.policy.ts`, `referrals.policy.ts` extend the rules here). There is no index of people.
 */
import type { Actor } from '../policy/actor.js';
import type { Where } from '../policy/conditions.js';
import { declareSubject, type Bar, type Ground } from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';

declare module '../policy/actor.js' {
  interface ActorFacts {
    /**
     * Partnerships in which the actor works for the agency: those where they sit on a panel, and the one borough of an agency
     * of one borough. An agency that acts in several is no way from one partnership into another.
     */
    workingPartnershipIds: string[];
  }
}

/** Rows of the actor's own agency, where the actor works for it, and what they recorded themselves. */
export const ofOwnAgency = (actor: Actor): Where => ({
  agencyId: actor.agencyId,
  $or: [{ partnershipId: { $in: actor.workingPartnershipIds } }, { authorId: actor.id }],
});

const contributor = { agency: 'agencyId', type: 'contributingType' };

const ownAgency: Ground = {
  name: 'own-agency',
  sentence: 'whose agency recorded it, working in that partnership, or who recorded it',
  actions: ['read', 'change', 'name'],
  where: ofOwnAgency,
};

const excludedFrom = (column: string): Bar => ({
  name: 'excluded-person',
  step: 'conflict',
  sentence: 'who is excluded from this person: a party, a relative, a named person',
  where: (actor) => (actor.excludedPersonIds.length ? { [column]: { $in: actor.excludedPersonIds } } : null),
});

declareSubject(Person, 'Person', {
  contributor,
  seek: ['agencyId'],
  bars: [excludedFrom('id')],
  grounds: [ownAgency],
});

/** To whom it is not shared in full, a protected address does not exist. */
declareSubject(ProtectedAddress, 'ProtectedAddress', {
  contributor,
  bars: [excludedFrom('personId')],
  grounds: [{ ...ownAgency, actions: ['read', 'reveal', 'change'] }],
});

declareSubject(Place, 'Place', { contributor, seek: ['agencyId'], grounds: [ownAgency] });
declareSubject(Group, 'Group', { contributor, seek: ['agencyId'], grounds: [ownAgency] });

declareWords(Person, 'Whom and what it is about', 'person', { name: 'name the person in a referral or case' });
declareWords(ProtectedAddress, 'Whom and what it is about', 'protected address', {
  read: 'know that it is held',
  reveal: 'read it, saying why',
});
declareWords(Place, 'Whom and what it is about', 'place', { name: 'name it in a referral or case' });
declareWords(Group, 'Whom and what it is about', 'group', { name: 'name it in a referral or case' });
