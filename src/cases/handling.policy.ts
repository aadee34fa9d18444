/**
 * Permission to decide how far a contribution is shared: the agency that contributed it, when asked by people who may
 * know of it.
 */
import { declareSubject } from '../authorization/subjects.js';
import { addActionPhrases, declareWording } from '../authorization/wording.js';
import { Contribution } from './case.entity.js';
import './cases.policy.js';
import { HandlingAcknowledgement, ReleaseRequest } from './handling.entity.js';

/** Read by rules only. */
declareSubject(HandlingAcknowledgement, 'HandlingAcknowledgement', {});

declareSubject(ReleaseRequest, 'ReleaseRequest', {
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

declareWording(HandlingAcknowledgement, 'Working a case', 'acknowledgement of conditions');
declareWording(ReleaseRequest, 'Working a case', 'request for release', {
  approve: 'release it until a date',
  refuse: 'refuse it',
  revoke: 'end the release',
});
addActionPhrases(Contribution, {
  acknowledge: 'acknowledge its conditions',
  'ask-release': 'ask its originator to release it',
  release: 'release it to another agency',
  recall: 'recall it',
});
