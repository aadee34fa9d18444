import { Injectable } from '@nestjs/common';
import { ruleNumber } from '../../panels/panel-rules.js';
import { rulesInForce } from '../../panels/panels.service.js';
import { Actors, type Actor } from '../../policy/actor.js';
import type { Row } from '../../policy/conditions.js';
import { conflict, notFound } from '../../policy/problems.js';
import type { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Records } from '../../records/records.js';
import type { Work } from '../../records/work.js';
import { basisOf, isStale, manyNamedTo, stale } from './circulation.js';
import { isToBeHeld, Listing, Meeting } from '../meeting.entity.js';
import { contentOf } from './pack-content.js';
import { findsOf } from './packs.service.js';
import { PreFlight, type Recipient } from './pre-flight.entity.js';
import { PreFlightItemView, PreFlightView } from './pre-flight.views.js';
import { listingIdOf, namedIn, recipientsOf } from './receiving.js';
import { peopleIn, warningsOf } from './warnings.js';

/** The check of a meeting’s papers before they go out: who would receive what. */
@Injectable()
export class PreFlightsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  list(actor: Actor, meetingId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const meeting = await work.find('read', Meeting, meetingId);
      const given = (rows: Row[]): Promise<Row> => asSeen(work, meeting, rows as Row[] & PreFlight[]);
      return work.page(PreFlightItemView, { meetingId }, query, { given });
    });
  }

  get(actor: Actor, meetingId: string, id: string, status = 200): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      const found = await checkOf(work, 'read', meetingId, id);
      return work.present(PreFlightView, found, { status, given: await findingsFor(work, this.actors, found) });
    });
  }

  /** The answer is read anew, also where the call is repeated: it tells of the items that its reader may see then. */
  async check(actor: Actor, meetingId: string): Promise<Presented> {
    const { body } = await this.records.change(actor, async (work) => {
      const meeting = await work.find('circulate', Meeting, meetingId, { lock: true });
      if (!isToBeHeld(meeting.status))
        throw conflict('meeting-over', `The papers of a meeting that is ${meeting.status} do not go out any more.`);
      const content = await contentOf(actor, findsOf(work, meeting), meetingId);
      const rules = (await rulesInForce(work, meeting.panelId))?.rules;
      const named = namedIn(content);
      const earlier = await work.rows('read', PreFlight, { meetingId });
      const made = await work.insert(PreFlight, {
        meetingId,
        panelId: meeting.panelId,
        partnershipId: meeting.partnershipId,
        edition: Math.max(0, ...earlier.map(({ edition }) => edition)) + 1,
        recipients: await recipientsOf(work, this.actors, meeting, content),
        named,
        basis: await basisOf(work, meeting),
        needsSecondApproval: peopleIn(named) > ruleNumber(rules, 'preFlightNamedPeople'),
        madeById: actor.id,
        approvedById: null,
        approvedAt: null,
      });
      work.happened('pre-flight.made', PreFlight, made, { edition: made.edition });
      return work.present(PreFlightItemView, made, { status: 201, given: await asSeen(work, meeting, [made]) });
    });
    return this.get(actor, meetingId, (body as PreFlightItemView).id, 201);
  }

  /** The answer is read after the change, also where the call is repeated: it shows the items that its reader may see then. */
  async approve(actor: Actor, meetingId: string, id: string): Promise<Presented> {
    await this.records.change(actor, async (work) => {
      const meeting = await work.find('circulate', Meeting, meetingId, { lock: true });
      await checkOf(work, 'approve', meetingId, id);
      const found = await work.take('approve', PreFlight, PreFlightView, id);
      if (found.approvedAt) throw conflict('approved-already', 'This check is approved already.');
      if (await isStale(work, meeting, found)) throw stale();
      const approved = await work.update(PreFlight, found, { approvedById: actor.id, approvedAt: work.now });
      work.happened('pre-flight.approved', PreFlight, approved, { edition: approved.edition });
      return work.present(PreFlightItemView, approved, { given: await asSeen(work, meeting, [approved]) });
    });
    return this.get(actor, meetingId, id);
  }
}

/** By check, what is shown of it that follows from the items that whoever works may see. */
async function asSeen(work: Work, meeting: Meeting, checks: PreFlight[]): Promise<Row> {
  const many = await manyNamedTo(work, meeting, checks);
  return Object.fromEntries(checks.map(({ id }) => [id, { needsSecondApproval: many.has(id) }]));
}

async function checkOf(work: Work, action: string, meetingId: string, id: string): Promise<PreFlight> {
  const found = await work.find(action, PreFlight, id);
  if (found.meetingId !== meetingId) throw notFound();
  return found;
}

/** Returns whether somebody receives papers whatever other items there are. */
const isRecipientOf = ({ isSeated = false, invitedTo = [], items }: Recipient, listingIds: string[]): boolean =>
  isSeated || items.length > 0 || invitedTo.some((id) => listingIds.includes(id));

/**
 * Recipients and people named, as the reader may know them. The maker reads what the check found. Somebody else may know of fewer
 * conflicts than the maker, or of more, and reads what the same check finds now for them, in the items that it covered.
 */
async function foundFor(
  work: Work,
  actors: Actors,
  meeting: Meeting,
  check: PreFlight,
): Promise<Pick<PreFlight, 'recipients' | 'named'>> {
  if (check.madeById === work.actor.id) return check;
  const covered = new Set(check.named.map(({ listingId }) => listingId));
  const now = await contentOf(work.actor, findsOf(work, meeting), meeting.id);
  const content = now.filter((item) => covered.has(listingIdOf(item)));
  return { recipients: await recipientsOf(work, actors, meeting, content), named: namedIn(content) };
}

/** Findings of the check in the items that the reader may see. */
async function findingsFor(work: Work, actors: Actors, check: PreFlight): Promise<Row> {
  const meeting = await work.find('read', Meeting, check.meetingId);
  const found = await foundFor(work, actors, meeting, check);
  const visible = await work.rows('read', Listing, { id: { $in: found.named.map(({ listingId }) => listingId) } });
  const listingIds = visible.map(({ id }) => id);
  const isVisible = ({ listingId }: { listingId: string }): boolean => listingIds.includes(listingId);
  const recipients = found.recipients
    .map((one) => ({ ...one, items: one.items.filter(isVisible) }))
    .filter((one) => isRecipientOf(one, listingIds));
  const needsSecondApproval = (await manyNamedTo(work, meeting, [check])).has(check.id);
  return {
    stale: await isStale(work, meeting, check),
    namedPeople: peopleIn(found.named.filter(isVisible)),
    recipients: recipients.map(({ practitionerId, agencyId, items }) => ({
      practitionerId,
      agencyId,
      items: items.map(({ listingId, receives }) => ({ listingId, receives })),
      receivesNothing: items.length === 0,
    })),
    needsSecondApproval,
    warnings: warningsOf(recipients, listingIds, needsSecondApproval),
  };
}
