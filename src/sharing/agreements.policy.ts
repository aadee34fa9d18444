/**
 * Permissions to read, draft, sign and activate agreements. The sharing that agreements permit is an attribute of the
 * actor (`agreement-facts.ts`).
 */
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './agreement.entity.js';
import { SharingSimulation } from './simulation.entity.js';

export const policy = new Policy();

const protectsData = (actor: Actor): boolean => actor.roles.includes('data_protection_officer');

const DATA_PROTECTION_OFFICER = {
  name: 'data-protection-officer',
  sentence: 'who is a data protection officer in the partnership',
};

policy.extendSubject(Partnership, {
  allowRules: [
    {
      ...DATA_PROTECTION_OFFICER,
      actions: ['agree-sharing'],
      where: (actor) => (protectsData(actor) ? { id: { $in: actor.partnershipIds } } : null),
    },
  ],
});

policy.declareSubject(SharingAgreement, 'SharingAgreement', {
  allowRules: [
    {
      name: 'partnership',
      sentence: 'whose agency acts in the agreement’s partnership',
      actions: ['read'],
      where: (actor) => ({ partnershipId: { $in: actor.partnershipIds } }),
    },
    {
      ...DATA_PROTECTION_OFFICER,
      actions: ['draft', 'activate', 'suspend', 'simulate'],
      where: (actor) => (protectsData(actor) ? { partnershipId: { $in: actor.partnershipIds } } : null),
    },
  ],
});

const AGREEMENT = {
  relations: { agreement: { to: SharingAgreement, local: 'agreementId', foreign: 'id' } },
  parent: 'agreement',
};

policy.declareSubject(SharingAgreementVersion, 'SharingAgreementVersion', {
  ...AGREEMENT,
  relations: { ...AGREEMENT.relations, parties: { to: SharingParty, local: 'id', foreign: 'agreementVersionId' } },
  allowRules: [
    {
      name: 'agreement-reader',
      sentence: 'who may read the agreement',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
    ...(['draft', 'activate', 'suspend'] as const).map((action) => ({
      ...DATA_PROTECTION_OFFICER,
      name: `${DATA_PROTECTION_OFFICER.name}-${action}`,
      actions: [action],
      within: action,
      where: () => ({}),
    })),
    {
      name: 'signatory',
      sentence: 'who is a data protection officer or an administrator of an agency that is party to it',
      actions: ['sign'],
      within: 'read',
      where: (actor): Where | null =>
        protectsData(actor) || actor.roles.includes('agency_administrator')
          ? { parties: { $elemMatch: { agencyId: actor.agencyId } } }
          : null,
    },
  ],
});

const VERSION = {
  relations: { agreementVersion: { to: SharingAgreementVersion, local: 'agreementVersionId', foreign: 'id' } },
  parent: 'agreementVersion',
  allowRules: [
    {
      name: 'agreement-reader',
      sentence: 'who may read the agreement',
      actions: ['read' as const],
      within: 'read',
      where: () => ({}),
    },
  ],
};

policy.declareSubject(SharingParty, 'SharingParty', VERSION);
policy.declareSubject(SharingRow, 'SharingRow', VERSION);

policy.declareSubject(SharingSimulation, 'SharingSimulation', {
  ...AGREEMENT,
  allowRules: [
    {
      name: 'own-simulation',
      sentence:
        'who is a data protection officer in the partnership and ran it: it counts cases as far as they may know of them',
      actions: ['read', 'sign'],
      within: 'simulate',
      where: (actor) => ({ madeById: actor.id }),
    },
  ],
});

policy.declareWording(SharingAgreement, 'What the agreements share', 'sharing agreement', {
  draft: 'draft a version of it',
  activate: 'put a version of it in force',
  suspend: 'suspend or resume a version of it',
  simulate: 'try a version of it out',
});
policy.declareWording(SharingAgreementVersion, 'What the agreements share', 'version of a sharing agreement', {
  draft: 'draft it',
  activate: 'put it in force',
  suspend: 'suspend or resume it',
  sign: 'sign it for the agency',
});
policy.declareWording(SharingParty, 'What the agreements share', 'party to a sharing agreement');
policy.declareWording(SharingRow, 'What the agreements share', 'row of a sharing agreement');
policy.declareWording(SharingSimulation, 'What the agreements share', 'trial of a sharing agreement', {
  sign: 'sign it',
});
