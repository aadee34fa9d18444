/** Permissions on assessments: as for contributions, by their own agency and as far as risk assessments are shared. */
import { sharedAtLeast } from '../authorization/sharing-conditions.js';
import { Policy } from '../records/policy.js';
import { coordinatedPanels } from '../panels/panels.policy.js';
import { Assessment } from './assessment.entity.js';
import { Case } from './case.entity.js';
import { excludedFromPersonOfRow } from './cases.policy.js';

export const policy = new Policy();

policy.declareSubject(Assessment, 'Assessment', {
  relations: { case: { to: Case, local: 'caseId', foreign: 'id' } },
  parent: 'case',
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  // an assessment remains with the case when the person is removed from it
  denyRules: [excludedFromPersonOfRow],
  allowRules: [
    {
      name: 'own-assessment',
      sentence: 'whose agency made it, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ agencyId: actor.agencyId }),
    },
    {
      name: 'shared',
      sentence: 'to whose agency the agreement makes at least its existence known, and who may read the case',
      actions: ['read'],
      within: 'read',
      where: (actor) => sharedAtLeast(actor, 'existence'),
    },
  ],
});

policy.extendSubject(Case, {
  allowRules: [
    {
      name: 'lower-judgement',
      sentence: 'who chairs or coordinates the panel',
      actions: ['lower-band'],
      where: (actor) => {
        const panels = coordinatedPanels(actor);
        return panels.length ? { panelId: { $in: panels } } : null;
      },
    },
  ],
});

policy.declareWording(Assessment, 'Working a case', 'risk assessment');
policy.addActionPhrases(Case, { 'lower-band': 'judge its risk lower than its score' });
