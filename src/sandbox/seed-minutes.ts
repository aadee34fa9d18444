/** Seeds minutes of items, with points of agencies and captured actions. */
import { CapturedAction, Minute, MinutePoint } from '../minutes/minutes.entity.js';
import { DISAGREEMENT, PROTECTIVE_FACTORS, REASONS_HEARD, REPEATED, RISK_FACTORS, VOICE } from './content/minutes.js';
import { dateFrom } from './content/seeded.js';
import { capturedIn, casesOf } from './seed-casework.js';
import type { Seeding } from './seeding.js';

export async function minutes(seeding: Seeding): Promise<void> {
  const { actions, contributions, decisions, listings, meetings } = seeding.caseload;
  const inCase = casesOf(seeding);
  const decisionOf = new Map(decisions.map((one) => [one.listing, one]));
  const meetingOf = new Map(meetings.map((one) => [one.key, one]));
  const listingOf = new Map(listings.map((one) => [one.key, one]));
  const takenOff = decisions.find(({ kind }) => kind === 'defer')?.listing;
  const written = seeding.caseload.minutes.flatMap((one) => {
    const listing = listingOf.get(one.listing);
    const meeting = meetingOf.get(listing?.meeting ?? '');
    return listing && meeting && one.listing !== takenOff ? [{ one, listing, meeting }] : [];
  });
  type Written = (typeof written)[number];
  const item = ({ listing }: Written) => {
    const { leadAgency, ...owned } = inCase(listing.case);
    return {
      ...owned,
      ...seeding.agency(leadAgency),
      meetingId: seeding.id('meeting', listing.meeting),
      listingId: seeding.id('listing', listing.key),
    };
  };
  const laterThan = ({ meeting }: Written) =>
    meetings.find((one) => one.panel === meeting.panel && one.status === 'held' && one.startsAt > meeting.startsAt);
  const state = (place: Written): Pick<Minute, 'status' | 'confirmedAtId'> => {
    const later = laterThan(place);
    if (place.one.status === 'confirmed' && later)
      return { status: 'confirmed', confirmedAtId: seeding.id('meeting', later.key) };
    return { status: place.one.status === 'draft' ? 'draft' : 'approved', confirmedAtId: null };
  };
  await seeding.put(
    Minute,
    written.map((place) => ({
      ...item(place),
      ...state(place),
      id: seeding.id('minute', place.one.key),
      category: 'professional_opinion' as const,
      text: place.one.text,
      reason: REASONS_HEARD[place.listing.kind] ?? null,
      voice: VOICE,
      riskFactors: RISK_FACTORS,
      protectiveFactors: PROTECTIVE_FACTORS,
      disagreement: decisionOf.get(place.listing.key)?.dissent ? DISAGREEMENT : null,
      nextReviewOn: dateFrom(new Date(place.meeting.startsAt), 28),
      edition: 1,
    })),
  );
  await seeding.put(
    MinutePoint,
    written.flatMap((place) =>
      contributions
        .filter((told) => told.case === place.listing.case)
        .slice(0, REPEATED)
        .map((told) => ({
          ...item(place),
          ...seeding.agency(told.agency),
          id: seeding.id('minute-point', `${place.one.key}-${told.key}`),
          minuteId: seeding.id('minute', place.one.key),
          category: told.category,
          text: told.text,
          contributionId: seeding.id('contribution', told.key),
        })),
    ),
  );
  const captured = capturedIn(seeding);
  const placeOf = new Map(written.map((place) => [place.listing.key, place]));
  await seeding.put(
    CapturedAction,
    actions.flatMap(({ key }) => {
      const place = placeOf.get(captured.get(key) ?? '');
      return place
        ? [{ ...item(place), id: seeding.id('captured-action', key), actionId: seeding.id('action', key) }]
        : [];
    }),
  );
}
