/** Ends invitations with the item or the meeting that they are for. Source: docs/who-may-widen.md, row 6. */
import { IsNull, MoreThan, type FindOptionsWhere } from 'typeorm';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import { instantAfter } from '../panels/limits.js';
import type { Work } from '../records/work.js';
import { Invitation, type Meeting } from './meeting.entity.js';

/** Withdraws the open invitations to an item, to all items of a meeting, or of one person by name, also those that the actor may not see. */
export async function endInvitations(
  work: Work,
  of: Pick<Invitation, 'listingId'> | Pick<Invitation, 'meetingId'> | { practitionerId: string },
  reason: string,
  then: (invitation: Invitation) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await work.asService(async () => {
    for (const one of await openInvitations(work, of)) await then(await withdraw(work, one, reason));
  });
}

/** Shortens invitations to a meeting that was moved, where they would last too long after it; withdraws those that would begin after their latest end. */
export async function shortenInvitations(work: Work, { id, panelId, scheduledAt, endsAt }: Meeting): Promise<void> {
  const days = ruleNumber((await rulesInForce(work, panelId))?.rules, 'invitationDaysAfterMeeting');
  const latest = instantAfter(endsAt ?? scheduledAt, days);
  const reason = 'An invitation ends soon after the meeting, which was moved.';
  await work.asService(async () => {
    for (const one of await openInvitations(work, { meetingId: id })) {
      if (one.closesAt <= latest) continue;
      if (one.opensAt >= latest) {
        await withdraw(work, one, reason);
        continue;
      }
      const changed = await work.update(Invitation, one, { closesAt: latest, changeReason: reason });
      work.happened('invitation.changed', Invitation, changed, { fields: ['closesAt'], closesAt: latest });
    }
  });
}

const openInvitations = (work: Work, of: FindOptionsWhere<Invitation>): Promise<Invitation[]> =>
  work.manager.findBy(Invitation, { ...of, withdrawnAt: IsNull(), closesAt: MoreThan(work.now) });

async function withdraw(work: Work, invitation: Invitation, reason: string): Promise<Invitation> {
  const withdrawn = await work.update(Invitation, invitation, {
    withdrawnAt: work.now,
    withdrawnById: work.actor.id,
    withdrawalReason: reason,
  });
  work.happened('invitation.withdrawn', Invitation, withdrawn, { withdrawnAt: work.now });
  return withdrawn;
}
