/**
 * Rules for people, places and groups. Their authors and the safeguarding leads of the authors' agencies read them;
 * everybody else only through a case or referral (`cases.policy.ts` and `referrals.policy.ts` extend these rules). There is
 * no index of people.
 */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { Group, Person, Place, ProtectedAddress } from './subject.entity.js';
import type { DenyRule, AllowRule } from '../authorization/subject.types.js';

export const policy = new Policy();

declare module '../authentication/actor.js' {
  interface ActorAttributes {
    /**
     * Partnerships in which the actor works for the agency: those where they sit on a panel, and the one borough of an agency
     * of one borough. An agency that acts in several is no way from one partnership into another.
     */
    workingPartnershipIds: string[];
  }
}

/**
 * Partnerships where the actor answers for what the agency itself recorded: as its safeguarding lead, or as a system of the
 * agency (limited by its scopes). Administrators and other colleagues have none. Source: design, section 1, principle 4.
 */
export const entrustedPartnerships = (actor: Actor): string[] =>
  actor.kind === 'client' || actor.roles.includes('safeguarding_lead') ? actor.workingPartnershipIds : [];

/**
 * Condition for rows that the actor's agency recorded: those the actor wrote, and those of partnerships where the actor is
 * entrusted with the agency's records. `also` adds rows that the actor has to do with for another reason, such as a seat.
 */
export const ofOwnAgency = (actor: Actor, ...also: Where[]): Where => ({
  agencyId: actor.agencyId,
  $or: [{ partnershipId: { $in: entrustedPartnerships(actor) } }, { authorId: actor.id }, ...also],
});

const contributor = { agency: 'agencyId', type: 'contributingType' };

const ownAgency: AllowRule<'read' | 'change' | 'name'> = {
  name: 'own-agency',
  sentence: `who recorded it, or who is safeguarding lead of the agency that did, working in that partnership`,
  actions: ['read', 'change', 'name'],
  where: (actor) => ofOwnAgency(actor),
};

const excludedFrom = (column: string): DenyRule => ({
  name: 'excluded-person',
  step: 'conflict',
  sentence: 'who is excluded from this person: a party, a relative, a named person',
  where: (actor) => (actor.excludedPersonIds.length ? { [column]: { $in: actor.excludedPersonIds } } : null),
});

policy.declareSubject(Person, 'Person', {
  contributor,
  seek: ['agencyId'],
  denyRules: [excludedFrom('id')],
  allowRules: [ownAgency],
});

/** To whom it is not shared in full, a protected address does not exist. */
policy.declareSubject(ProtectedAddress, 'ProtectedAddress', {
  contributor,
  denyRules: [excludedFrom('personId')],
  allowRules: [{ ...ownAgency, actions: ['read', 'reveal', 'change'] }],
});

policy.declareSubject(Place, 'Place', { contributor, seek: ['agencyId'], allowRules: [ownAgency] });
policy.declareSubject(Group, 'Group', { contributor, seek: ['agencyId'], allowRules: [ownAgency] });

policy.declareWording(Person, 'Whom and what it is about', 'person', { name: 'name the person in a referral or case' });
policy.declareWording(ProtectedAddress, 'Whom and what it is about', 'protected address', {
  read: 'know that it is held',
  reveal: 'read it, saying why',
  'put-before': 'put it before the readers of a panel',
});
policy.declareWording(Place, 'Whom and what it is about', 'place', { name: 'name it in a referral or case' });
policy.declareWording(Group, 'Whom and what it is about', 'group', { name: 'name it in a referral or case' });
