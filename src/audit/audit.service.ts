import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../policy/actor.js';
import { AuditLog, type AuditDraft } from '../records/journal.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditEntryView } from './audit.views.js';

/** Writes the log, in the transaction of what it records. */
@Injectable()
export class AuditEntries extends AuditLog {
  async write(manager: EntityManager, actor: Actor, drafts: AuditDraft[]): Promise<void> {
    await manager.insert(
      AuditEntry,
      drafts.map(({ reason: _, ...draft }) => ({
        ...draft,
        rule: draft.rule ?? null,
        id: uuidv7(),
        at: actor.now,
        actorKind: actor.kind,
        actorId: actor.id,
        agencyId: actor.agencyId,
        purpose: actor.purpose,
        route: actor.call.route,
        correlationId: actor.call.correlationId,
      })),
    );
  }
}

@Injectable()
export class AuditService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(AuditEntryView, {}, query));
  }
}
