/** Seeds cycles of meetings, feeds between them, and bids for resources. */
import { Bid, BidDecision, BidResult, type BidStatus } from '../bids/bid.entity.js';
import { Resource, type ResourceType } from '../bids/resource.entity.js';
import { CycleTemplate, STAGES, type CycleStage, type Stage } from '../cycles/cycle-template.entity.js';
import { Cycle, CycleMeeting, Feed } from '../cycles/cycle.entity.js';
import { closingDayOf, openingDayOf } from '../cycles/dates.js';
import { PANELS, type Panel } from './content/panels.js';
import {
  agencyOfType,
  areaOf,
  BOROUGH_CODES,
  type BoroughCode,
  type PartnershipCode,
} from './content/places-and-agencies.js';
import { MEETINGS_HELD, meetingDate, meetingKey } from './content/schedule.js';
import { addDays, nextMonday } from './content/seeded.js';
import type { Seeding } from './seeding.js';

const panelOf = (borough: PartnershipCode, type: Stage): Panel | undefined =>
  PANELS.find((one) => one.boroughCode === borough && one.type === type);

/** The panels that meet in a partnership's cycle; the boroughs share the TTCG of the BCU. */
const stagesOf = (code: PartnershipCode): { stage: Stage; panel: Panel; shared: boolean }[] =>
  STAGES.flatMap((stage) => {
    const own = panelOf(code, stage);
    const above = own ?? (stage === 'ttcg' ? panelOf('BCU', stage) : undefined);
    return above ? [{ stage, panel: above, shared: !own }] : [];
  });

export async function cycles(seeding: Seeding): Promise<void> {
  const codes: PartnershipCode[] = [...BOROUGH_CODES, 'BCU'];
  const templates = codes.map((code) => ({
    id: seeding.id('cycle-template', code),
    partnershipId: seeding.id('partnership', code),
    name: `${areaOf(code)}: four weeks`,
    recurrence: 'every_n_days' as const,
    anchorOn: addDays(nextMonday(seeding.now), -28 * MEETINGS_HELD),
    anchorNumber: 1,
    lengthDays: 28,
    nth: null,
    weekday: null,
    holidayRule: 'forward' as const,
    jurisdiction: 'england_and_wales' as const,
    closedOn: [],
    stages: stagesOf(code).map(({ stage, panel, shared }): CycleStage => ({
      stage,
      panelId: seeding.id('panel', panel.code),
      offsetDays: 7 * panel.cycle.week + panel.cycle.weekday - 1,
      startTime: panel.cycle.startTime,
      durationMinutes: 150,
      venueOrMode: 'Civic Offices, room 2, and by video',
      papersWorkingDays: panel.rules.caseListWorkingDays,
      bidsWorkingDays: stage === 'jag' ? null : 3,
      shared,
    })),
  }));
  await seeding.put(CycleTemplate, templates);
  const turns = codes.flatMap((code, n) =>
    Array.from({ length: MEETINGS_HELD + 1 }, (_, at) => ({ code, template: templates[n]!, number: at + 1 })),
  );
  const cycleId = (code: PartnershipCode, number: number): string => seeding.id('cycle', `${code}-${String(number)}`);
  await seeding.put(
    Cycle,
    turns.map(({ code, template, number }) => ({
      id: cycleId(code, number),
      partnershipId: template.partnershipId,
      templateId: template.id,
      number,
      opensOn: openingDayOf(template, number),
      closesOn: closingDayOf(template, number),
      partial: code === 'DUN' && number === 4, // its Tasking was called off
      closedAt: number < MEETINGS_HELD ? seeding.at(closingDayOf(template, number)) : null,
    })),
  );
  await seeding.put(
    CycleMeeting,
    turns.flatMap(({ code, template, number }) =>
      stagesOf(code).map(({ stage, panel }) => {
        const cyclesAgo = MEETINGS_HELD + 1 - number;
        return {
          id: seeding.id('cycle-meeting', `${code}-${String(number)}-${stage}`),
          cycleId: cycleId(code, number),
          partnershipId: template.partnershipId,
          stage,
          meetingId: seeding.id('meeting', meetingKey(panel, cyclesAgo)),
          plannedOn: meetingDate(panel, cyclesAgo, seeding.now),
        };
      }),
    ),
  );
}

const CATALOGUE: [name: string, type: ResourceType, quantity: number, unit: 'officers' | 'units'][] = [
  ['Ward officers', 'ward_officers', 12, 'officers'],
  ['Anti-social behaviour officers', 'asb_officers', 2, 'officers'],
  ['Parks police', 'parks_police', 6, 'officers'],
  ['Demountable cameras', 'cctv_demountable', 4, 'units'],
];

/** Seeds one bid for each plan that a JAG agreed; the position in the list decides its progress. */
const ALONG: BidStatus[] = ['draft', 'submitted', 'listed', 'part_approved', 'escalated', 'results_returned'];

export async function bids(seeding: Seeding): Promise<void> {
  for (const code of BOROUGH_CODES) await bidsOf(seeding, code);
}

async function bidsOf(seeding: Seeding, code: BoroughCode): Promise<void> {
  const { caseload } = seeding;
  const [jag, tasking, ttcg] = [panelOf(code, 'jag')!, panelOf(code, 'tasking')!, panelOf('BCU', 'ttcg')!];
  const agency = seeding.agency(agencyOfType(code, 'community_safety')!.code);
  const id = (kind: string, key: string): string => seeding.id(kind, `${code}-${key}`);
  const meeting = (panel: Panel, cyclesAgo: number): string => seeding.id('meeting', meetingKey(panel, cyclesAgo));
  const partnershipId = seeding.id('partnership', code);
  const panelId = seeding.id('panel', tasking.code);
  const caseOf = new Map(caseload.cases.map((one) => [one.key, one]));
  await seeding.put(
    Resource,
    CATALOGUE.map(([name, type, quantity, unit]) => ({
      id: id('resource', type),
      partnershipId,
      panelId,
      agencyId: agency.agencyId,
      name: `${name}, ${areaOf(code)}`,
      type,
      quantity,
      unit,
      shifts: [5, 6].map((weekday) => ({ weekday, from: '17:00', to: '01:00' })),
    })),
  );
  const agreed = caseload.plans
    .filter((plan) => ['agreed', 'active'].includes(plan.status) && caseOf.get(plan.case)?.panel === jag.code)
    .slice(2) // some plans need nothing
    .slice(0, ALONG.length);
  const made = agreed.map((plan, n) => {
    const status = ALONG[n]!;
    const isHeard = ['part_approved', 'escalated', 'results_returned'].includes(status);
    return {
      id: id('bid', String(n)),
      ...agency,
      partnershipId,
      panelId,
      planId: seeding.id('plan', plan.key),
      planPanelId: seeding.id('panel', jag.code),
      caseId: seeding.id('case', plan.case),
      authorId: seeding.id('practitioner', COORDINATORS[code]),
      escalatedFromId: null,
      meetingId: isHeard ? meeting(tasking, 1) : status === 'listed' ? meeting(tasking, 0) : null,
      status,
      title: `Patrols for ${areaOf(code)}, part ${String(n + 1)}`,
      resourceId: id('resource', 'ward_officers'),
      resourceType: 'ward_officers' as const,
      quantity: 6,
      unit: 'officers' as const,
      fromOn: seeding.day(7 * n - 28),
      toOn: seeding.day(7 * n - 15),
      timesOfDay: 'Friday and Saturday, 20:00 to 01:00',
      location: `The estate and the parade of shops, ${areaOf(code)}`,
      evidence: `${String(30 + n)} calls in four weeks, most of them after nine in the evening.`,
      tactic: 'High-visibility patrols at the times of the calls.',
      expectedOutcome: 'Half as many calls in the four weeks after.',
      ifRefused: 'Residents expect no change, and say so.',
      communityImpact: 'Shopkeepers asked for it; young people were told why.',
      exitPlan: 'Wardens take over at the end.',
      priority: 10 + n,
      submittedAt: status === 'draft' ? null : seeding.at(seeding.day(-40)),
      grantedQuantity: ['part_approved', 'results_returned'].includes(status) ? 4 : null,
      resultsDueOn: status === 'results_returned' ? seeding.day(-2) : null,
      warnings: status === 'listed' ? ['results_missing'] : [],
    };
  });
  await seeding.put(Bid, made);
  const escalated = made.filter(({ status }) => status === 'escalated');
  const above = escalated.map((bid) => ({
    ...bid,
    id: id('bid-above', bid.id),
    partnershipId: seeding.id('partnership', 'BCU'),
    panelId: seeding.id('panel', ttcg.code),
    escalatedFromId: bid.id,
    meetingId: null,
    resourceId: null,
    status: 'screened' as const,
  }));
  await seeding.put(Bid, above);
  const decided = made.filter(({ meetingId, status }) => meetingId && status !== 'listed');
  await seeding.put(
    BidDecision,
    decided.map((bid) => ({
      id: id('bid-decision', bid.id),
      ...agency,
      partnershipId,
      panelId,
      planPanelId: bid.planPanelId,
      caseId: bid.caseId,
      bidId: bid.id,
      meetingId: bid.meetingId!,
      kind: bid.status === 'escalated' ? ('escalation' as const) : ('part_approval' as const),
      grantedQuantity: bid.grantedQuantity,
      conditions: 'Not on the night of the carnival.',
      reason: 'Four can be spared.',
      alignment: 'Violence in public places',
      decidedById: bid.authorId,
    })),
  );
  await seeding.put(
    BidResult,
    made
      .filter(({ status }) => status === 'results_returned')
      .map((bid) => ({
        id: id('bid-result', bid.id),
        ...agency,
        partnershipId,
        panelId,
        planPanelId: bid.planPanelId,
        caseId: bid.caseId,
        bidId: bid.id,
        worked: 4,
        incidentsBefore: 34,
        incidentsDuring: 12,
        incidentsAfter: 15,
        activity: 'Nine warnings, one seizure, thirty visits to shops.',
        feedback: 'Two residents wrote that it was quieter.',
        recommendation: 'adapt' as const,
      })),
  );
  const handedOn = (key: string, to: Panel, from: Panel, more: object) => ({
    id: id('feed', key),
    ...agency,
    partnershipId: seeding.id('partnership', to.boroughCode),
    panelId: seeding.id('panel', to.code),
    fromPanelId: seeding.id('panel', from.code),
    fromMeetingId: meeting(from, 1),
    toMeetingId: meeting(to, 0),
    cycleId: seeding.id('cycle', `${code}-${String(MEETINGS_HELD)}`),
    ...more,
  });
  await seeding.put(Feed, [
    ...agreed.slice(0, 2).map((plan) =>
      handedOn(plan.key, tasking, jag, {
        kind: 'plan_need',
        itemId: seeding.id('plan', plan.key),
        planId: seeding.id('plan', plan.key),
        caseId: seeding.id('case', plan.case),
        planPanelId: seeding.id('panel', jag.code),
        text: 'Patrols at the times of the calls.',
      }),
    ),
    ...above.map((bid) =>
      handedOn(bid.id, ttcg, tasking, {
        kind: 'bid_escalation',
        itemId: bid.id,
        caseId: bid.caseId,
        planPanelId: bid.planPanelId,
        text: bid.title,
      }),
    ),
    handedOn('priority', jag, ttcg, {
      kind: 'priority',
      itemId: id('priority', '1'),
      text: 'Knife crime near schools.',
    }),
  ]);
}

export const COORDINATORS: Record<BoroughCode, string> = {
  ASK: 'jag-coordinator',
  PEL: 'other-borough-coordinator',
  DUN: 'dunmarrow-coordinator',
};
