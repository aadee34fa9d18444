/** Seeds research requests and returns, with private notes of a few agencies. */
import { CasePerson } from '../cases/case.entity.js';
import { ResearchPoint, ResearchRequest } from '../research/research.entity.js';
import type { SandboxResearchRequest } from './content/caseload.js';
import { MEMBERSHIPS } from './content/panels.js';
import { KNOWN_OF_PEOPLE, NOTED, SHARED_PER_PANEL } from './content/research.js';
import type { Seeding } from './seeding.js';

export async function research(seeding: Seeding): Promise<void> {
  const { cases, contributions, listings, meetings, researchRequests } = seeding.caseload;
  const caseOf = new Map(cases.map((one) => [one.key, one]));
  const listingOf = new Map(listings.map((one) => [one.key, one]));
  const meetingOf = new Map(meetings.map((one) => [one.key, one]));
  const sits = (panel: string, agency: string): boolean =>
    MEMBERSHIPS.some((seat) => seat.panel === panel && seat.agency === agency && seat.person && !seat.validTo);
  const asksFor = (panel: string): string =>
    (['coordinator', 'chair'] as const).flatMap((role) =>
      MEMBERSHIPS.filter((seat) => seat.panel === panel && seat.role === role).map((seat) => seat.agency),
    )[0] as string;
  const placed = researchRequests.map((one) => {
    const listing = listingOf.get(one.listing) as (typeof listings)[number];
    const about = caseOf.get(listing.case) as (typeof cases)[number];
    const meeting = meetingOf.get(listing.meeting) as (typeof meetings)[number];
    return { one, about, meeting };
  });
  /** Day of the return: where something was shared, that of the agency's last contribution, as both happen at the same moment. */
  const returnedOn = ({ one, about }: (typeof placed)[number]): string | null => {
    const days = contributions.filter((told) => told.case === about.key && told.agency === one.agency);
    const shared = one.status === 'returned' ? days.map(({ contributedOn }) => contributedOn).sort() : [];
    return shared.findLast((day) => day <= one.dueOn) ?? shared[0] ?? one.returnedOn;
  };
  const inside = ({ about }: (typeof placed)[number]) => ({
    caseId: seeding.id('case', about.key),
    panelId: seeding.id('panel', about.panel),
    partnershipId: seeding.id('partnership', about.borough),
  });

  await seeding.put(
    ResearchRequest,
    placed.map((place) => {
      const { one, about, meeting } = place;
      const isReturned = one.status === 'returned' || one.status === 'nil_return';
      return {
        ...inside(place),
        ...seeding.agency(asksFor(about.panel)),
        id: seeding.id('research-request', one.key),
        at: returnedOn(place) ?? meeting.caseListDue,
        meetingId: seeding.id('meeting', meeting.key),
        listingId: seeding.id('listing', one.listing),
        askedAgencyId: seeding.id('agency', one.agency),
        answeredBy: sits(about.panel, one.agency) ? ('members' as const) : ('agency' as const),
        practitionerId: null,
        dueOn: one.dueOn,
        originalDueOn: one.dueOn,
        closesAt: new Date(meeting.endsAt),
        status: isReturned ? ('returned' as const) : ('asked' as const),
        returnedAt: isReturned ? seeding.at(returnedOn(place)) : null,
        nil: isReturned ? one.status === 'nil_return' : null,
      };
    }),
  );

  const point = (place: (typeof placed)[number], key: string) => ({
    ...inside(place),
    ...seeding.agency(place.one.agency),
    id: seeding.id('research-point', key),
    requestId: seeding.id('research-request', place.one.key),
    agencyOnly: true as const,
    originatorControl: false,
    authorId: seeding.id('practitioner', place.one.agency),
  });
  const few = (status: (one: SandboxResearchRequest) => boolean) =>
    [
      ...Map.groupBy(
        placed.filter(({ one }) => status(one)),
        ({ about }) => about.panel,
      ).values(),
    ].flatMap((some) => some.slice(0, SHARED_PER_PANEL));
  await seeding.put(ResearchPoint, [
    ...placed
      .filter(({ one }) => one.status === 'requested' || one.status === 'overdue')
      .map((place, index) => {
        const noted = NOTED[index % NOTED.length] as (typeof NOTED)[number];
        return {
          ...point(place, place.one.key),
          at: place.meeting.caseListDue,
          ...noted,
          summary: null,
          handling: 'P' as const,
          conditions: null,
          occurredOn: null,
          decision: noted.withheldReason ? ('withheld' as const) : ('draft' as const),
          withheldReason: noted.withheldReason ?? null,
          contributionId: null,
        };
      }),
    ...few(({ status }) => status === 'returned').flatMap((place) => {
      const told = contributions.find((one) => one.case === place.about.key && one.agency === place.one.agency);
      return told
        ? [
            {
              ...point(place, place.one.key),
              at: place.one.returnedOn,
              category: told.category,
              kind: told.kind,
              text: told.text,
              summary: told.summary,
              handling: told.handling,
              conditions: told.conditions,
              occurredOn: told.occurredOn,
              decision: 'contributed' as const,
              withheldReason: null,
              contributionId: seeding.id('contribution', told.key),
            },
          ]
        : [];
    }),
  ]);

  for (const { panel, role, ...known } of KNOWN_OF_PEOPLE)
    for (const one of cases.filter((each) => each.panel === panel)) {
      const named = one.people.find((each) => each.role === role);
      if (!named) continue;
      await seeding.set(CasePerson, seeding.id('case-person', `${one.key}/${named.person}/${role}`), known);
      break;
    }
}
