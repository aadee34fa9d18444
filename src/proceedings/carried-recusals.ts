/**
 * Recusals hold for the matter: for all items of a case and of its repeats that can still be decided. They are copied to
 * these items, and each copy names the recusal that was made first. Source: docs/decisions/0017.
 */
import { In } from 'typeorm';
import type { Listing } from '../meetings/meeting.entity.js';
import { TO_BE_HELD } from '../meetings/meeting.entity.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { ItemPresenceService } from './item-presence.service.js';
import { Recusal } from './recusal.entity.js';

type Item = Pick<Listing, 'id' | 'meetingId' | 'caseId' | 'panelId'>;

/** Serializes recusals of a panel with new items: each of two concurrent transactions would miss the other's row. */
export const lockRecusals = (work: UnitOfWork, panelId: string): Promise<unknown> =>
  work.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`recusals ${panelId}`]);

/** Condition on an item `l` of a meeting `m` that can still be decided, or put back on the list. */
const isPending = (statuses: string): string =>
  `(l.outcome IS NULL AND m.status <> 'cancelled' OR l.removed_at IS NOT NULL AND m.status = ANY (${statuses}))`;

/** Selects the pending items of the case `$1` and of cases that repeat it. `$2` statuses of meetings to be held. */
const PENDING_ITEMS = `SELECT l.id, l.meeting_id AS "meetingId", l.case_id AS "caseId", l.panel_id AS "panelId"
  FROM listings l JOIN meetings m ON m.id = l.meeting_id
  WHERE (l.case_id = $1 OR l.case_id IN (SELECT repeating_cases(ARRAY[$1::uuid]))) AND ${isPending('$2')}
  ORDER BY l.id`;

/** Returns the pending items of the matter, including items hidden from the actor. */
export const pendingItemsOf = (work: UnitOfWork, caseId: string): Promise<Item[]> =>
  work.asSystem(() => work.manager.query(PENDING_ITEMS, [caseId, TO_BE_HELD]));

/** Copies a new recusal to the other items. The actor need not know of them. */
export async function carryToItems(
  work: UnitOfWork,
  presence: ItemPresenceService,
  made: Recusal,
  items: Item[],
): Promise<void> {
  await work.asSystem(async () => {
    for (const item of items) {
      await presence.recordPresenceUntilNow(work, { id: item.id });
      await copyRecusal(work, made, item);
    }
  });
}

/**
 * Selects one recusal for each that holds for the item `$2` and that the item lacks: it runs on an item of the case `$1`,
 * or of a case that it repeats, and was ended nowhere in the panel `$3`.
 */
const RUNNING = `SELECT DISTINCT ON (coalesce(r.carried_from_id, r.id)) r.id FROM recusals r
  WHERE (r.case_id = $1 OR r.case_id IN (SELECT repeated_by_case($1))) AND r.ended_at IS NULL
    AND NOT EXISTS (SELECT FROM recusals other
      WHERE coalesce(other.carried_from_id, other.id) = coalesce(r.carried_from_id, r.id)
        AND (other.listing_id = $2 AND other.ended_at IS NULL OR other.panel_id = $3 AND other.ended_at IS NOT NULL))
  ORDER BY coalesce(r.carried_from_id, r.id), r.id`;

/**
 * Copies the recusals of the matter to an item, including recusals hidden from the actor. Only a chair of another agency
 * ends a recusal: without copies, a colleague could end it by listing the case again.
 */
export async function carryRecusals(
  work: UnitOfWork,
  item: Item,
  beforeCopies: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await lockRecusals(work, item.panelId);
  await work.asSystem(async () => {
    const found = await work.manager.query<{ id: string }[]>(RUNNING, [item.caseId, item.id, item.panelId]);
    if (!found.length) return;
    await beforeCopies();
    const running = await work.manager.findBy(Recusal, { id: In(found.map(({ id }) => id)) });
    for (const recusal of running) await copyRecusal(work, recusal, item);
  });
}

/** Copies the recusals of earlier cases to the pending items of a case that was found to repeat them. */
export async function carryToRepeat(work: UnitOfWork, presence: ItemPresenceService, caseId: string): Promise<void> {
  for (const item of await pendingItemsOf(work, caseId))
    await carryRecusals(work, item, () => presence.recordPresenceUntilNow(work, { id: item.id }));
}

/**
 * Selects the recusals that end with the running recusal `$1`: those of its person and kind from the same item, with
 * their copies on pending items of the panel. Items that were decided remain hidden. `$2` statuses of meetings to be
 * held.
 */
const ENDING_TOGETHER = `SELECT r.id FROM recusals ending
    JOIN recusals beside ON beside.listing_id = ending.listing_id AND beside.practitioner_id = ending.practitioner_id
      AND beside.declared = ending.declared AND beside.ended_at IS NULL
    JOIN recusals r ON coalesce(r.carried_from_id, r.id) = coalesce(beside.carried_from_id, beside.id)
      AND r.panel_id = ending.panel_id AND r.ended_at IS NULL
    JOIN listings l ON l.id = r.listing_id JOIN meetings m ON m.id = l.meeting_id
  WHERE ending.id = $1 AND r.id <> ending.id AND (r.listing_id = ending.listing_id OR ${isPending('$2')})
  ORDER BY r.id`;

/** Returns the other recusals that end with this one, including those of items hidden from the actor. */
export const recusalsEndingWith = (work: UnitOfWork, { id }: Recusal): Promise<Recusal[]> =>
  work.asSystem(async () => {
    const found = await work.manager.query<{ id: string }[]>(ENDING_TOGETHER, [id, TO_BE_HELD]);
    return work.manager.findBy(Recusal, { id: In(found.map((one) => one.id)) });
  });

/** Recuses the person from another item of the same matter. */
async function copyRecusal(
  work: UnitOfWork,
  { id, version: _version, createdAt: _created, updatedAt: _updated, ...recusal }: Recusal,
  { id: listingId, meetingId, caseId, panelId }: Item,
): Promise<void> {
  const { carriedFromId } = recusal;
  const copy = { ...recusal, carriedFromId: carriedFromId ?? id, listingId, meetingId, caseId, panelId };
  recordEventWithoutCase(work, 'recusal.made', await work.write.insert(Recusal, copy));
}

/** Records the event without the case, whose timeline every reader of the case sees. */
export function recordEventWithoutCase(work: UnitOfWork, event: string, { caseId: _, ...recusal }: Recusal): void {
  work.recordEvent(event, Recusal, recusal);
}
