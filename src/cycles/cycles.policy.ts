/** Rules for cycles: members of any panel of the partnership read them. Both panels read what one hands on to the other. */
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { Policy } from '../records/policy.js';
import { Case } from '../cases/case.entity.js';
import { hiddenWithCase } from '../cases/cases.policy.js';
import { Meeting } from '../meetings/meeting.entity.js';
import { Panel } from '../panels/panel.entity.js';
import { coordinatedPanels, corePanels, seatedPartnerships } from '../panels/panels.policy.js';
import { CycleTemplate } from './cycle-template.entity.js';
import { Cycle, CycleMeeting, Feed } from './cycle.entity.js';
import type { AllowRule } from '../authorization/subject.types.js';

export const policy = new Policy();

const seated: AllowRule<'read'> = {
  name: 'on-a-panel',
  sentence: 'who sits on a panel of the partnership',
  actions: ['read'],
  where: (actor) => ({ partnershipId: { $in: seatedPartnerships(actor) } }),
};

/** Cycles are planned by those who coordinate a panel of the partnership; the service checks the panel of each stage. */
policy.extendSubject(Panel, {
  allowRules: [
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['plan-cycles'],
      where: (actor) => ({ id: { $in: coordinatedPanels(actor) } }),
    },
  ],
});

const ofPanels = (panelIds: string[]): Where => ({ meeting: { $elemMatch: { panelId: { $in: panelIds } } } });

policy.declareSubject(CycleTemplate, 'CycleTemplate', { allowRules: [seated] });
policy.declareSubject(Cycle, 'Cycle', {
  relations: { template: { to: CycleTemplate, local: 'templateId', foreign: 'id' } },
  allowRules: [seated],
  orderBy: 'opensOn',
});
policy.declareSubject(CycleMeeting, 'CycleMeeting', {
  relations: {
    cycle: { to: Cycle, local: 'cycleId', foreign: 'id' },
    meeting: { to: Meeting, local: 'meetingId', foreign: 'id' },
    others: { to: CycleMeeting, local: 'cycleId', foreign: 'cycleId' },
  },
  parent: 'cycle',
  allowRules: [{ ...seated, within: 'read' }],
});

/** A TTCG, of a cycle of which this holds. */
const ofTtcg = (where: Where): Where => ({ stages: { $elemMatch: { stage: 'ttcg', ...where } } });

policy.extendSubject(Meeting, {
  relations: { stages: { to: CycleMeeting, local: 'id', foreign: 'meetingId' } },
  allowRules: [
    {
      name: 'of-the-ttcg',
      sentence: 'who is a core member of the TTCG that meets',
      actions: ['see-chairs'],
      where: (actor) => ({ panelId: { $in: corePanels(actor) }, ...ofTtcg({}) }),
    },
    {
      name: 'of-its-cycle',
      sentence: 'who chairs or coordinates the JAG or the Tasking of a cycle in which it is the TTCG: for that cycle',
      actions: ['see-chairs'],
      where: (actor) =>
        ofTtcg({ others: { $elemMatch: { stage: { $ne: 'ttcg' }, ...ofPanels(coordinatedPanels(actor)) } } }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['prioritise'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
  ],
});

const handingOn = (actor: Actor): Where => ({
  fromPanelId: { $in: corePanels(actor) },
  partnershipId: { $in: actor.partnershipIds },
});

/** Fields of what is handed on that do not say from which plan and case it comes. */
const WITHOUT_THE_CASE = [
  'id',
  'version',
  'kind',
  'cycleId',
  'fromMeetingId',
  'fromPanelId',
  'panelId',
  'toMeetingId',
  'agencyId',
  'category',
  'rolled',
  'itemId',
  'text',
  'acknowledgedAt',
  'acknowledgedById',
  'createdAt',
];

policy.declareSubject(Feed, 'Feed', {
  relations: { case: { to: Case, local: 'caseId', foreign: 'id' } },
  seek: ['panelId'],
  panel: 'panelId',
  case: 'caseId',
  contributor: { agency: 'agencyId', type: 'contributingType' },
  denyRules: hiddenWithCase('caseId', 'fromPanelId', 'planPanelId'),
  allowRules: [
    {
      name: 'handing-on-its-plan',
      sentence:
        'who is a core member of the panel that hands it on and whose plan it is, within a partnership in which their agency acts',
      actions: ['read'],
      where: (actor) => ({ $and: [handingOn(actor), { planPanelId: { $in: corePanels(actor) } }] }),
    },
    {
      name: 'handing-on',
      sentence: 'who is a core member of the panel that hands it on, within a partnership in which their agency acts',
      actions: ['read'],
      where: handingOn,
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'taking-up',
      sentence: 'who is a core member of the panel to which it goes',
      actions: ['read'],
      where: (actor) => ({ panelId: { $in: corePanels(actor) } }),
      fields: WITHOUT_THE_CASE,
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel to which it goes',
      actions: ['acknowledge'],
      where: (actor) => ({ panelId: { $in: coordinatedPanels(actor) } }),
    },
  ],
});

policy.declareWording(CycleTemplate, 'Meeting', 'template of a cycle');
policy.declareWording(Cycle, 'Meeting', 'cycle of meetings');
policy.declareWording(CycleMeeting, 'Meeting', 'meeting as part of a cycle');
policy.declareWording(Feed, 'Meeting', 'matter handed on to another meeting', { acknowledge: 'take it up' });
policy.addActionPhrases(Panel, { 'plan-cycles': 'plan the cycles in which it meets' });
policy.addActionPhrases(Meeting, {
  prioritise: 'hand on priorities from it',
  'see-chairs': 'see whether the chairs of JAG and Tasking came to it',
});
