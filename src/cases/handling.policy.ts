/**
 * Permission to decide how far a contribution is shared: the agency that contributed it, when asked by people who may
 * know of it.
 */
import { Contribution } from './case.entity.js';
import { HandlingAcknowledgement, ReleaseRequest } from './handling.entity.js';
import { Policy } from '../records/policy.js';

export const policy = new Policy();

/** Read by rules only. */
policy.declareSubject(HandlingAcknowledgement, 'HandlingAcknowledgement', {});

policy.declareSubject(ReleaseRequest, 'ReleaseRequest', {
  relations: { contribution: { to: Contribution, local: 'contributionId', foreign: 'id' } },
  parent: 'contribution',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  seek: ['agencyId', 'originatorAgencyId'],
  allowRules: [
    {
      name: 'asker',
      sentence: 'whose agency asked, and who may know of the contribution',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
    {
      name: 'originator',
      sentence: 'whose agency contributed it, and who may contribute to the case',
      actions: ['read', 'refuse', 'revoke'],
      within: 'release',
      where: (actor) => ({ originatorAgencyId: actor.agencyId }),
    },
    {
      name: 'somebody-else',
      sentence: 'whose agency contributed it, who may contribute to the case, and did not ask themselves',
      actions: ['approve'],
      within: 'release',
      where: (actor) => ({ originatorAgencyId: actor.agencyId, practitionerId: { $nin: actor.registrationIds } }),
    },
  ],
});

policy.declareWording(HandlingAcknowledgement, 'Working a case', 'acknowledgement of conditions');
policy.declareWording(ReleaseRequest, 'Working a case', 'request for release', {
  approve: 'release it until a date',
  refuse: 'refuse it',
  revoke: 'end the release',
});
policy.addActionPhrases(Contribution, {
  acknowledge: 'acknowledge its conditions',
  'ask-release': 'ask its originator to release it',
  release: 'release it to another agency',
  recall: 'recall it',
});
