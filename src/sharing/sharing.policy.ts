/** What agreements open: a fact of the actor, read at each request. */
import { declareFact } from '../policy/actor.js';
import type { AgreementFact } from '../policy/levels.js';
import { declareSubject } from '../policy/subjects.js';
import './access.policy.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './sharing.entity.js';

/** Rows of active versions that the actor's agency signed, for the actor's purpose, addressed to its type. */
declareFact(
  'agreements',
  `SELECT coalesce(jsonb_agg(jsonb_build_object('versionId', v.id,
     'panelIds', (SELECT coalesce(jsonb_agg(p.id), '[]') FROM panels p
        WHERE p.partnership_id = sa.partnership_id AND p.type = ANY(sa.panel_types)),
     'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('category', r.category,
          'contributingType', r.contributing_type, 'level', r.level, 'rowId', r.id,
          'toCoordination', r.receiving_type = 'panel_coordination')), '[]')
        FROM sharing_rows r WHERE r.agreement_version_id = v.id AND r.purpose = who.purpose
          AND r.receiving_type IN (who.agency_type, 'panel_coordination'))) ORDER BY v.id), '[]')
   FROM sharing_parties party
   JOIN sharing_agreement_versions v ON v.id = party.agreement_version_id
   JOIN sharing_agreements sa ON sa.id = v.agreement_id
   WHERE party.agency_id = who.agency_id AND party.signed_on IS NOT NULL AND v.status = 'active'
     AND v.effective_from <= (:now AT TIME ZONE 'Europe/London')::date
     AND v.expires_on >= (:now AT TIME ZONE 'Europe/London')::date`,
  (value) => value as AgreementFact[],
);

declareSubject(SharingAgreement, 'SharingAgreement', {
  grounds: [
    {
      name: 'partnership',
      sentence: 'whose agency acts in the agreement’s partnership',
      actions: ['read'],
      where: (actor) => ({ partnershipId: { $in: actor.partnershipIds } }),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership',
      actions: ['draft', 'activate'],
      where: (actor) =>
        actor.roles.includes('data_protection_officer') ? { partnershipId: { $in: actor.partnershipIds } } : null,
    },
  ],
});

const AGREEMENT = {
  relations: { agreement: { to: SharingAgreement, local: 'agreementId', foreign: 'id' } },
  parent: 'agreement',
};

declareSubject(SharingAgreementVersion, 'SharingAgreementVersion', {
  ...AGREEMENT,
  grounds: [
    {
      name: 'agreement-reader',
      sentence: 'who may read the agreement',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
    {
      name: 'data-protection-officer',
      sentence: 'who is a data protection officer in the partnership',
      actions: ['activate'],
      within: 'activate',
      where: () => ({}),
    },
  ],
});

const VERSION = {
  relations: { agreementVersion: { to: SharingAgreementVersion, local: 'agreementVersionId', foreign: 'id' } },
  parent: 'agreementVersion',
  grounds: [
    {
      name: 'agreement-reader',
      sentence: 'who may read the agreement',
      actions: ['read'],
      within: 'read',
      where: () => ({}),
    },
  ],
};

declareSubject(SharingParty, 'SharingParty', VERSION);
declareSubject(SharingRow, 'SharingRow', VERSION);
