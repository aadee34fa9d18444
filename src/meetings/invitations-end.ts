/** Invitations end with what they were for: an item that comes off, a meeting that is cancelled or moves. Row 6 of docs/who-may-widen.md. */
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { instantAfter } from '../panels/limits.js';
import type { Work } from '../records/work.js';
import type { Meeting } from './meeting.entity.js';

const WITHDRAW = `UPDATE invitations SET withdrawn_at = $2, withdrawn_by_id = $3, withdrawal_reason = $4, changed_at = $2,
    version = version + 1 WHERE withdrawn_at IS NULL AND closes_at > $2`;

/** Withdraws the open invitations to one item, or to all items of a meeting, also those that the actor may not see. */
export async function endInvitations(
  work: Work,
  of: { listingId: string } | { meetingId: string },
  reason: string,
): Promise<void> {
  const [column, id] = 'listingId' in of ? ['listing_id', of.listingId] : ['meeting_id', of.meetingId];
  await work.asService(() =>
    work.manager.query(`${WITHDRAW} AND ${column} = $1`, [id, work.now, work.actor.id, reason]),
  );
}

/** Shortens invitations to a meeting that moved to an earlier day; withdraws those that would begin after their latest end. */
export async function shortenInvitations(work: Work, { id, panelId, scheduledAt, endsAt }: Meeting): Promise<void> {
  const days = ruleNumber((await rulesInForce(work, panelId))?.rules, 'invitationDaysAfterMeeting');
  const latest = instantAfter(endsAt ?? scheduledAt, days);
  await work.asService(async () => {
    await work.manager.query(`${WITHDRAW} AND meeting_id = $1 AND opens_at >= $5`, [
      id,
      work.now,
      work.actor.id,
      'The meeting moved.',
      latest,
    ]);
    await work.manager.query(
      `UPDATE invitations SET closes_at = $3, changed_at = $2, version = version + 1
       WHERE meeting_id = $1 AND withdrawn_at IS NULL AND closes_at > $3 AND opens_at < $3`,
      [id, work.now, latest],
    );
  });
}
