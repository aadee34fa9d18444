import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../authentication/actor.js';
import { Outbox, type EventDraft } from '../records/audit-recording.js';
import { Event } from './event.entity.js';

/** Inserts events in the same transaction as the changes that they describe. */
@Injectable()
export class EventOutbox extends Outbox {
  async write(
    manager: EntityManager,
    who: Pick<Actor, 'id' | 'agencyId' | 'now'> & Partial<Actor>,
    drafts: EventDraft[],
  ): Promise<void> {
    await manager.insert(
      Event,
      drafts.map((draft) => ({
        ...draft,
        data: draft.data as never,
        id: uuidv7(),
        at: who.now,
        actorId: who.id,
        agencyId: who.agencyId,
        actorIsCoreMember:
          who.memberships?.some((one) => one.tier === 'core' && one.panelId === draft.panelId) ?? false,
        actorInvitationId: who.invitations?.find((one) => one.caseId === draft.caseId)?.id ?? null,
      })),
    );
  }
}
