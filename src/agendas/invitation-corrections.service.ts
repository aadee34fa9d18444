import { Injectable } from '@nestjs/common';
import { Departures, LEFT_THE_AGENCY } from '../agencies/departures.js';
import { ruleNumber } from '../panels/panel-rules.js';
import { rulesInForce } from '../panels/panels.service.js';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { MeetingHooks } from '../meetings/meeting.hooks.js';
import { ItemPresenceService } from '../proceedings/item-presence.service.js';
import { endInvitations } from '../meetings/invitations-end.js';
import { findItem } from '../meetings/items.js';
import { requireWithinLimits } from './listings.service.js';
import { Invitation, Meeting } from '../meetings/meeting.entity.js';
import type { InvitationChange, InvitationWithdrawal } from '../meetings/meeting.dto.js';
import { InvitationView } from '../meetings/meeting.response.js';
import type { ActionOf } from '../database/columns.js';

/** Path of an invitation. */
interface InvitationPath {
  meetingId: string;
  listingId: string;
  id: string;
}

/** Corrects and withdraws invitations. Source: docs/who-may-widen.md, rows 6 and 26. */
@Injectable()
export class InvitationCorrections {
  constructor(
    private readonly records: Records,
    private readonly hooks: MeetingHooks,
    private readonly itemPresence: ItemPresenceService,
    departures: Departures,
  ) {
    departures.register((work, { id: practitionerId }) =>
      endInvitations(work, { practitionerId }, LEFT_THE_AGENCY, (one) => hooks.afterInvitationEnd(work, one)),
    );
  }

  get(actor: Actor, { meetingId, listingId, id }: InvitationPath): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await findItem(work, 'read', meetingId, listingId);
      return work.respond.one(InvitationView, requireItem(await work.records.find('read', Invitation, id), listingId));
    });
  }

  /** Corrects the dates. The event holds the new dates and the reason; the preceding event holds the earlier dates. */
  change(actor: Actor, place: InvitationPath, { reason, ...changes }: InvitationChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      // locks the meeting against concurrent moves and closures
      const meeting = await work.records.find('read', Meeting, place.meetingId, { lock: true });
      const { removedAt, panelId } = await findItem(work, 'read', place.meetingId, place.listingId);
      const found = await this.findForUpdate(work, 'change', place, changes);
      if (removedAt || found.closesAt <= work.now)
        throw conflict('invitation-over', 'This invitation has ended. Make a new invitation instead.');
      if (work.write.isUnchanged(found))
        return work.respond.one(InvitationView, await work.write.updateIfChanged(Invitation, found, changes));
      const { opensAt, closesAt } = { ...found, ...changes };
      if (closesAt <= opensAt || closesAt <= work.now)
        throw unacceptable(
          'closes-too-early',
          'An invitation must end after its beginning and in the future. To end it at once, withdraw it.',
          [{ pointer: '/closesAt', detail: 'must be after opensAt and in the future' }],
        );
      const days = ruleNumber((await rulesInForce(work, panelId))?.rules, 'invitationDaysAfterMeeting');
      requireWithinLimits(meeting, { opensAt, closesAt }, days, work.now);
      const changed = await work.write.update(Invitation, found, { ...changes, changeReason: reason });
      const fields = Object.keys(changes);
      work.recordEvent('invitation.changed', Invitation, changed, {
        fields: [...fields, 'changeReason'],
        opensAt,
        closesAt,
      });
      return work.respond.one(InvitationView, changed);
    });
  }

  withdraw(actor: Actor, place: InvitationPath, { reason }: InvitationWithdrawal): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      await findItem(work, 'read', place.meetingId, place.listingId);
      await this.itemPresence.recordPresenceUntilNow(work, { id: place.listingId });
      const found = await this.findForUpdate(work, 'withdraw', place);
      const withdrawn = await work.write.update(Invitation, found, {
        withdrawnAt: work.now,
        withdrawnById: actor.id,
        withdrawalReason: reason,
      });
      await this.hooks.afterInvitationEnd(work, withdrawn);
      work.recordEvent('invitation.withdrawn', Invitation, withdrawn, { withdrawnAt: work.now });
      return work.respond.one(InvitationView, withdrawn);
    });
  }

  private async findForUpdate(
    work: UnitOfWork,
    action: ActionOf<typeof Invitation>,
    { listingId, id }: InvitationPath,
    writes?: object,
  ): Promise<Invitation> {
    const found = requireItem(
      await work.records.findForUpdate(action, Invitation, InvitationView, id, { writes }),
      listingId,
    );
    if (found.withdrawnAt) throw conflict('withdrawn', 'This invitation was withdrawn. Make a new invitation instead.');
    return found;
  }
}

function requireItem(found: Invitation, listingId: string): Invitation {
  if (found.listingId !== listingId) throw notFound();
  return found;
}
