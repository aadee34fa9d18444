/** Seeds referrals, assessments, plans, actions, meetings and decisions. */
import { Assessment } from '../cases/assessment.entity.js';
import { referralSeries } from '../cases/references.js';
import { INSTRUMENTS } from '../instruments/instruments.js';
import { Instrument } from '../instruments/instrument.entity.js';
import { score } from '../instruments/scoring.js';
import { deadlinesOf } from '../meetings/deadlines.js';
import { AgendaEdition, AgendaItem } from '../agendas/agenda.entity.js';
import { Decision, Invitation, Listing, Meeting, REASON_OF_KIND } from '../meetings/meeting.entity.js';
import { Attendance, isPresent } from '../proceedings/attendance.entity.js';
import { DisclosedCrime } from '../proceedings/crime.entity.js';
import { Recusal } from '../proceedings/recusal.entity.js';
import { ItemPresence } from '../proceedings/running-order.entity.js';
import { Action } from '../plans/action.entity.js';
import { Plan } from '../plans/plan.entity.js';
import {
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
  type ReferralDecisionKind,
  type DecisionReason,
} from '../referrals/referral.entity.js';
import type { PlanEvaluation, SandboxReferral } from './content/caseload.js';
import { PANELS } from './content/panels.js';
import { TOLD_CASES } from './content/told-cases.js';
import { NARRATIVE_CATEGORY, subjectOf } from './seed-subjects.js';
import type { Seeding } from './seeding.js';

const MINUTE = 60_000;

export async function instruments(seeding: Seeding): Promise<void> {
  await seeding.put(
    Instrument,
    INSTRUMENTS.map((instrument) => ({ ...instrument, id: seeding.id('instrument', instrument.code) })),
  );
}

/** Decision about a referral that became no case. */
const DECIDED: Partial<Record<SandboxReferral['status'], { kind: ReferralDecisionKind; reasonCode: DecisionReason }>> =
  {
    returned: { kind: 'return', reasonCode: 'more_information' },
    refused: { kind: 'refusal', reasonCode: 'one_agency_suffices' },
    redirected: { kind: 'redirection', reasonCode: 'owned_by_another_process' },
    withdrawn: { kind: 'withdrawal', reasonCode: 'no_longer_needed' },
  };

const CONSENT = { not_sought: 'would_prejudice_protection' } as const;

export async function referrals(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const caseOf = new Map(caseload.cases.map((one) => [one.referral, one.key]));
  const panelOf = new Map(PANELS.map((panel) => [panel.code, panel]));
  const inside = (one: SandboxReferral) => ({
    referralId: seeding.id('referral', one.key),
    panelId: seeding.id('panel', one.panel),
    partnershipId: seeding.id('partnership', one.borough),
    ...seeding.agency(one.referringAgency),
  });
  const decisionOf = (one: SandboxReferral) =>
    one.status === 'accepted' ? { kind: 'acceptance' as const, reasonCode: null } : DECIDED[one.status];
  const author = (one: SandboxReferral) => seeding.id('practitioner', one.referrer ?? one.referringAgency);
  const isAboutPerson = (one: SandboxReferral) => one.subjectKind.startsWith('person');

  await seeding.put(
    Referral,
    caseload.referrals.map((one) => {
      const { referralId: id, ...owned } = inside(one);
      const decision = decisionOf(one);
      const opened = one.status === 'accepted' ? caseOf.get(one.key) : undefined;
      const consentReason = one.consent.status === 'not_sought' ? CONSENT.not_sought : null;
      return {
        ...owned,
        ...subjectOf(seeding, one),
        id,
        at: one.decidedOn ?? one.submittedOn ?? one.startedOn,
        reference: one.submittedOn && one.reference ? `${referralSeries(one.reference)}` : null,
        externalRef: null,
        status: one.status,
        category: NARRATIVE_CATEGORY[panelOf.get(one.panel)?.type as keyof typeof NARRATIVE_CATEGORY],
        problem: one.concern,
        incidentOn: one.incidentOn,
        whyMultiAgency: one.whyMultiAgency,
        triedAlready: one.triedAlready,
        wishes: one.ask,
        criteria: one.criteria,
        judgementRationale: one.criteria.includes('professional_judgement') ? one.whyMultiAgency : null,
        overrideReason: null,
        urgent: false,
        immediateDanger: false,
        hateElement: one.hateElement,
        hateStrands: [],
        consentStatus: isAboutPerson(one) ? one.consent.status : null,
        consentReason: isAboutPerson(one) ? consentReason : null,
        consentNote: one.consent.reason,
        consentRecordedById: null,
        consentRecordedAt: null,
        legalGateway: 'CDA_S115' as const,
        subjectAware: 'not_known' as const,
        safeToTell: false,
        warnings: [],
        authorId: author(one),
        submittedAt: one.submittedOn ? seeding.at(one.submittedOn) : null,
        rulesEdition: one.submittedOn ? 1 : null,
        decision: decision?.kind ?? null,
        reasonCode: decision?.reasonCode ?? null,
        decidedAt: one.decidedOn ? seeding.at(one.decidedOn) : null,
        caseId: opened ? seeding.id('case', opened) : null,
      };
    }),
  );
  await seeding.put(
    ReferralPerson,
    caseload.referrals.flatMap((one) =>
      one.people.map(({ person, role }) => ({
        ...inside(one),
        id: seeding.id('referral-person', `${one.key}/${person}/${role}`),
        personId: seeding.id('person', person),
        role,
        rationale: 'Named by the referrer.',
      })),
    ),
  );
  await seeding.put(
    ReferralDecision,
    caseload.referrals.flatMap((one) => {
      const decision = decisionOf(one);
      return decision && one.decidedOn
        ? [
            {
              ...inside(one),
              id: seeding.id('referral-decision', one.key),
              at: one.decidedOn,
              ...decision,
              reason: one.statusReason,
              targetPanelId: null,
              targetProcess: one.status === 'redirected' ? 'single_agency' : null,
              decidedById: author(one),
              decidedAt: seeding.at(one.decidedOn),
            },
          ]
        : [];
    }),
  );
  const submitted = caseload.referrals.filter((one) => one.submittedOn);
  await seeding.put(
    ReferralScreening,
    submitted.map((one) => {
      const { referralId: id, ...owned } = inside(one);
      return { ...owned, id, isRepeat: one.isRepeat, previousReferralId: null, duplicateOfId: null };
    }),
  );
  const waiting = submitted.filter((one) => one.status === 'submitted' || one.status === 'returned');
  const none = { personId: null, placeId: null, groupId: null };
  await seeding.put(
    ReferralSubject,
    waiting.flatMap((one) => [
      ...[...new Set(one.people.map(({ person }) => person))].map((key) => ({
        ...inside(one),
        ...none,
        id: seeding.id('referral-subject', `${one.key}/${key}`),
        personId: seeding.id('person', key),
      })),
      ...one.places.map((key) => ({
        ...inside(one),
        ...none,
        id: seeding.id('referral-subject', `${one.key}/${key}`),
        placeId: seeding.id('place', key),
      })),
      ...one.groups.map((key) => ({
        ...inside(one),
        ...none,
        id: seeding.id('referral-subject', `${one.key}/${key}`),
        groupId: seeding.id('group', key),
      })),
    ]),
  );
}

/** Cases by key, with the columns that every record of a case repeats. */
export function casesOf(seeding: Seeding) {
  const facts = new Map(
    seeding.caseload.cases.map((one) => [
      one.key,
      {
        caseId: seeding.id('case', one.key),
        panelId: seeding.id('panel', one.panel),
        partnershipId: seeding.id('partnership', one.borough),
        leadAgency: one.leadAgency,
      },
    ]),
  );
  return (key: string) =>
    facts.get(key) as { caseId: string; panelId: string; partnershipId: string; leadAgency: string };
}

const BAND: Record<string, Assessment['effectiveBand']> = {
  standard: 'standard',
  medium: 'medium',
  high: 'high',
  green: 'standard',
  amber: 'medium',
  red: 'high',
};

export async function assessments(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const inCase = casesOf(seeding);
  const referralOf = new Map(caseload.referrals.map((one) => [one.key, one]));
  await seeding.put(
    Assessment,
    caseload.cases.flatMap((one) => {
      const referral = referralOf.get(one.referral);
      const instrument = INSTRUMENTS.find(
        ({ code }) =>
          code === (referral?.assessment.instrument === 'DASH' ? 'DASH-24' : referral?.assessment.instrument),
      );
      if (!referral || !instrument) return [];
      const { leadAgency: _, ...owned } = inCase(one.key);
      const answers = Object.entries(referral.assessment.answers).map(([key, value]) => ({ key, value }));
      const { score: total, computedBand } = score(instrument, answers);
      const judged = BAND[referral.assessment.judgementBand ?? ''];
      const judgementBand = judged && judged !== computedBand ? judged : null;
      return [
        {
          ...owned,
          ...seeding.agency(referral.referringAgency),
          id: seeding.id('assessment', one.key),
          at: referral.assessment.assessedOn,
          category: 'risk_assessment' as const,
          instrumentId: seeding.id('instrument', instrument.code),
          personId: null,
          answers,
          score: total,
          computedBand,
          judgementBand,
          judgementReason: judgementBand ? (referral.assessment.judgementReason ?? 'Professional judgement.') : null,
          effectiveBand: judgementBand ?? computedBand,
          assessedOn: referral.assessment.assessedOn,
          assessedById: seeding.id('practitioner', referral.referrer ?? referral.referringAgency),
          supersedesId: null,
        },
      ];
    }),
  );
}

function evaluated(seeding: Seeding, { on, result, verdict, ...words }: PlanEvaluation): Partial<Plan> {
  return { ...words, evaluatedAt: seeding.at(on), evaluationMethod: 'before_after', outcomes: [{ result, verdict }] };
}

/** Returns the item in which each action was taken on: one whose minutes hold that the plan of the case was agreed. */
export function capturedIn({ caseload }: Seeding): Map<string, string> {
  const listingOf = new Map(caseload.listings.map((one) => [one.key, one]));
  const agreed = new Set(caseload.decisions.filter(({ kind }) => kind === 'plan_agreed').map(({ listing }) => listing));
  const items = caseload.minutes.filter(({ listing }) => agreed.has(listing)).map(({ listing }) => listing);
  const itemOf = new Map(items.map((key) => [listingOf.get(key)?.case, key]));
  return new Map(
    caseload.actions.flatMap((one): [string, string][] => {
      const item = itemOf.get(one.case);
      return item ? [[one.key, item]] : [];
    }),
  );
}

export async function plans(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const inCase = casesOf(seeding);
  const inside = (key: string) => {
    const { leadAgency, ...owned } = inCase(key);
    return { ...owned, ...seeding.agency(leadAgency), category: 'plan_action' as const };
  };
  const captured = capturedIn(seeding);
  await seeding.put(
    Plan,
    caseload.plans.map((one) => ({
      ...inside(one.case),
      id: seeding.id('plan', one.key),
      at: one.agreedOn,
      modelCode: one.model === 'SAFETY_PLAN' ? 'SAFETY' : one.model,
      title: one.title,
      aims: [
        {
          metric: `${one.aim} (${one.measure.metric})`,
          baseline: String(one.measure.baseline),
          target: String(one.measure.target),
          byWhen: one.reviewOn,
        },
      ],
      leadAgencyId: seeding.id('agency', inCase(one.case).leadAgency),
      status: one.status,
      agreedAt: one.status === 'draft' ? null : seeding.at(one.agreedOn),
      chairReason: null,
      startOn: one.agreedOn,
      reviewOn: one.reviewOn,
      endOn: null,
      ...(one.evaluation ? evaluated(seeding, one.evaluation) : {}),
    })),
  );
  const reasoned = ['not_possible', 'not_done', 'cancelled', 'superseded'];
  await seeding.put(
    Action,
    caseload.actions.map((one) => ({
      ...inside(one.case),
      id: seeding.id('action', one.key),
      at: one.endedOn ?? one.agreedOn,
      createdAt: seeding.at(one.agreedOn),
      planId: seeding.id('plan', one.plan),
      listingId: captured.has(one.key) ? seeding.id('listing', captured.get(one.key)!) : null,
      ownerAgencyId: seeding.id('agency', one.ownerAgency),
      ownerPractitionerId: one.owner ? seeding.id('practitioner', one.owner) : null,
      description: one.title,
      measure: one.measure,
      evidenceOfCompletion: null,
      relatesTo: one.addresses,
      status: one.status,
      dueOn: one.dueOn,
      originalDueOn: one.dueOn,
      endedOn: one.endedOn,
      outcomeText: one.endedOn
        ? (one.note ?? one.measure)
        : reasoned.includes(one.status)
          ? (one.note ?? 'Superseded.')
          : null,
      completedById: one.endedOn && one.owner ? seeding.id('practitioner', one.owner) : null,
    })),
  );
}

export async function meetings(seeding: Seeding): Promise<void> {
  const { caseload } = seeding;
  const inCase = casesOf(seeding);
  const listingOf = new Map(caseload.listings.map((one) => [one.key, one]));
  const meetingOf = new Map(caseload.meetings.map((one) => [one.key, one]));
  const decisionOf = new Map(caseload.decisions.map((one) => [one.listing, one]));
  const told = new Set<string>(Object.values(TOLD_CASES));
  const panelOf = new Map(PANELS.map((panel) => [panel.code, panel]));
  const deadlines = (one: (typeof caseload.meetings)[number]) =>
    deadlinesOf(new Date(one.startsAt), { ...panelOf.get(one.panel)?.rules });
  const circulated = (one: (typeof caseload.meetings)[number]) =>
    one.status === 'held' ? { agendaEdition: 1, circulatedAt: seeding.at(deadlines(one).papersDueOn) } : {};
  // one item was taken off its list before the meeting, and not deferred there
  const takenOff = caseload.decisions.find(({ kind }) => kind === 'defer')?.listing;
  const wasHeard = ({ listing }: { listing: string }) => listing !== takenOff;
  await seeding.put(
    Meeting,
    caseload.meetings.map((one) => ({
      id: seeding.id('meeting', one.key),
      partnershipId: seeding.id('partnership', one.borough),
      panelId: seeding.id('panel', one.panel),
      scheduledAt: new Date(one.startsAt),
      endsAt: new Date(one.endsAt),
      ...deadlines(one),
      ...circulated(one),
      cancelReason: one.status === 'cancelled' ? 'The chair and the deputy were needed elsewhere.' : null,
      venueOrMode: one.venue,
      status: one.status,
      chairId: one.chair ? seeding.id('practitioner', one.chair) : null,
      quorate: one.status === 'held' ? true : null,
      closedAt: one.status === 'held' ? new Date(one.endsAt) : null,
    })),
  );
  const item = (listingKey: string) => {
    const listing = listingOf.get(listingKey) as (typeof caseload.listings)[number];
    const { leadAgency, ...owned } = inCase(listing.case);
    return {
      ...owned,
      ...seeding.agency(leadAgency),
      meetingId: seeding.id('meeting', listing.meeting),
      listingId: seeding.id('listing', listing.key),
    };
  };
  /** Times of the items, one after another. */
  const heardAt = ({ meeting, order, timeBoxMinutes }: (typeof caseload.listings)[number]) => {
    const { status, startsAt } = meetingOf.get(meeting) as (typeof caseload.meetings)[number];
    if (status !== 'held') return {};
    const before = caseload.listings.filter((one) => one.meeting === meeting && one.order < order);
    const startedAt = new Date(startsAt).getTime() + before.reduce((sum, one) => sum + one.timeBoxMinutes, 0) * MINUTE;
    return { startedAt: new Date(startedAt), endedAt: new Date(startedAt + timeBoxMinutes * MINUTE) };
  };
  await seeding.put(
    Listing,
    caseload.listings.map((one) => {
      const { listingId: id, ...owned } = item(one.key);
      const isLate = one.kind === 'new' && one.order % 5 === 0;
      return {
        ...owned,
        id,
        kind: one.kind,
        reason: isLate ? ('late' as const) : REASON_OF_KIND[one.kind],
        lateReason: isLate ? 'The threats became worse after the list had closed.' : null,
        position: one.order,
        timeboxMinutes: one.timeBoxMinutes,
        presentedByAgencyId: seeding.id('agency', one.presentedBy),
        ...heardAt(one),
        outcome: decisionOf.get(one.key)?.kind ?? null,
        ...(one.key === takenOff
          ? {
              removedAt: seeding.at(
                deadlines(meetingOf.get(one.meeting) as (typeof caseload.meetings)[number]).researchDueOn,
              ),
              removalReason: 'The agency that leads asked for another week to trace the family.',
            }
          : {}),
      };
    }),
  );
  const held = caseload.meetings.filter(({ status }) => status === 'held');
  await seeding.put(
    AgendaEdition,
    held.map((one) => ({
      id: seeding.id('agenda-edition', one.key),
      at: deadlines(one).papersDueOn,
      partnershipId: seeding.id('partnership', one.borough),
      meetingId: seeding.id('meeting', one.key),
      panelId: seeding.id('panel', one.panel),
      edition: 1,
      scheduledAt: new Date(one.startsAt),
      endsAt: new Date(one.endsAt),
      circulatedAt: seeding.at(deadlines(one).papersDueOn),
      circulatedById: seeding.id('practitioner', one.chair ?? one.panel),
    })),
  );
  const heldKeys = new Set(held.map(({ key }) => key));
  await seeding.put(
    AgendaItem,
    caseload.listings
      .filter(({ meeting }) => heldKeys.has(meeting))
      .map((one) => ({
        ...item(one.key),
        id: seeding.id('agenda-item', one.key),
        at: deadlines(meetingOf.get(one.meeting) as (typeof caseload.meetings)[number]).papersDueOn,
        kind: one.kind,
        reason: REASON_OF_KIND[one.kind],
        position: one.order,
        timeboxMinutes: one.timeBoxMinutes,
        presentedByAgencyId: seeding.id('agency', one.presentedBy),
        edition: 1,
      })),
  );
  await seeding.put(
    Invitation,
    caseload.invitations.map((one) => {
      const { caseId, panelId, partnershipId, meetingId, listingId } = item(one.listing);
      return {
        id: seeding.id('invitation', one.key),
        caseId,
        panelId,
        partnershipId,
        meetingId,
        listingId,
        agencyId: seeding.id('agency', one.agency),
        practitionerId: seeding.id('practitioner', one.person),
        opensAt: new Date(`${one.validFrom}T00:00:00Z`),
        closesAt: new Date(`${one.validTo}T23:59:59Z`),
      };
    }),
  );
  await seeding.put(
    Attendance,
    caseload.attendances.map((one) => {
      const meeting = meetingOf.get(one.meeting) as (typeof caseload.meetings)[number];
      return {
        id: seeding.id('attendance', one.key),
        partnershipId: seeding.id('partnership', meeting.borough),
        meetingId: seeding.id('meeting', one.meeting),
        panelId: seeding.id('panel', meeting.panel),
        agencyId: seeding.id('agency', one.agency),
        practitionerId: seeding.id('practitioner', one.person),
        status: one.status,
        arrivedAt: isPresent(one.status) ? new Date(meeting.startsAt) : null,
        confidentialityAcceptedAt: one.confidentialityAcceptedAt ? new Date(one.confidentialityAcceptedAt) : null,
      };
    }),
  );
  await seeding.put(
    Decision,
    caseload.decisions.filter(wasHeard).map((one) => ({
      ...item(one.listing),
      id: seeding.id('decision', one.key),
      at: one.decidedOn,
      category: 'plan_action' as const,
      kind: one.kind,
      text: one.text,
      rationale: one.rationale,
      dissent: one.dissent,
      quorate: true,
      rulesEdition: 1,
    })),
  );
  const aside = (key: string) => caseload.recusals.filter((one) => one.listing === key).map((one) => one.person);
  await seeding.put(
    ItemPresence,
    caseload.listings
      .filter((one) => told.has(one.case) && meetingOf.get(one.meeting)?.status === 'held')
      .flatMap((one) =>
        caseload.attendances
          .filter(
            ({ meeting, status, person }) => meeting === one.meeting && isPresent(status) && person !== 'observer',
          )
          .filter(({ person }) => !aside(one.key).includes(person))
          .map(({ person, agency }) => ({
            ...item(one.key),
            ...seeding.agency(agency),
            id: seeding.id('presence', `${one.key}-${person}`),
            practitionerId: seeding.id('practitioner', person),
          })),
      ),
  );
  await seeding.put(
    Recusal,
    caseload.recusals.map((one) => ({
      ...item(one.listing),
      id: seeding.id('recusal', one.key),
      practitionerId: seeding.id('practitioner', one.person),
      reason: one.reason,
      declared: true,
    })),
  );
  await seeding.put(
    DisclosedCrime,
    caseload.crimes.map((one) => ({
      ...item(one.listing),
      ...seeding.agency(one.agency),
      id: seeding.id('crime', one.key),
      summary: one.summary,
      victimWishesReport: one.victimWishesReport,
      reportedTo: one.reportedTo,
      reference: null,
    })),
  );
}
