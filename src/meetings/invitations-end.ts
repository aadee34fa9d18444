/** Ends invitations together with their item or meeting. Source: docs/who-may-widen.md, row 6. */
import { IsNull, MoreThan, type FindOptionsWhere } from 'typeorm';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { instantAfter } from '../panels/limits.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Invitation, type Meeting } from './meeting.entity.js';

/**
 * Withdraws open invitations, including invitations hidden from the actor. `of` selects an item, a meeting or one
 * person.
 */
export async function endInvitations(
  work: UnitOfWork,
  of: Pick<Invitation, 'listingId'> | Pick<Invitation, 'meetingId'> | { practitionerId: string },
  reason: string,
  then: (invitation: Invitation) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await work.asSystem(async () => {
    for (const one of await openInvitations(work, of)) await then(await withdraw(work, one, reason));
  });
}

/**
 * Returns the latest time until which an invitation may last: a number of days after the meeting. The days count from
 * the planned end, or from the closure if the meeting was closed earlier.
 */
export function latestEnd({ scheduledAt, endsAt, closedAt }: Meeting, daysAfterMeeting: number): Date {
  const planned = endsAt ?? scheduledAt;
  return instantAfter(closedAt && closedAt < planned ? closedAt : planned, daysAfterMeeting);
}

/**
 * Shortens invitations that would last too long after a meeting whose time changed. Invitations that would begin after
 * their latest end are withdrawn. The new end is never before the present, because access already given remains on
 * record.
 */
export async function shortenInvitations(
  work: UnitOfWork,
  meeting: Meeting,
  then: (invitation: Invitation) => Promise<void>,
): Promise<void> {
  const days = ruleNumber((await rulesInForce(work, meeting.panelId))?.rules, 'invitationDaysAfterMeeting');
  const latest = latestEnd(meeting, days);
  const closesAt = latest > work.now ? latest : work.now;
  const reason = 'Invitations end soon after the meeting, which was moved or closed earlier.';
  await work.asSystem(async () => {
    for (const one of await openInvitations(work, { meetingId: meeting.id })) {
      if (one.closesAt <= closesAt) continue;
      if (one.opensAt >= closesAt) {
        await then(await withdraw(work, one, reason));
        continue;
      }
      const changed = await work.write.update(Invitation, one, { closesAt, changeReason: reason });
      work.recordEvent('invitation.changed', Invitation, changed, { fields: ['closesAt', 'changeReason'], closesAt });
    }
  });
}

const openInvitations = (work: UnitOfWork, of: FindOptionsWhere<Invitation>): Promise<Invitation[]> =>
  work.manager.findBy(Invitation, { ...of, withdrawnAt: IsNull(), closesAt: MoreThan(work.now) });

async function withdraw(work: UnitOfWork, invitation: Invitation, reason: string): Promise<Invitation> {
  const withdrawn = await work.write.update(Invitation, invitation, {
    withdrawnAt: work.now,
    withdrawnById: work.actor.id,
    withdrawalReason: reason,
  });
  work.recordEvent('invitation.withdrawn', Invitation, withdrawn, { withdrawnAt: work.now });
  return withdrawn;
}
