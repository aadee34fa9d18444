import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { RefusalRecorder } from '../authorization/permission.guard.js';
import { AuditLog } from './audit-recording.js';
import { refusalDraft } from './refusal-drafts.js';

/** Records refusals of the permission guard in the audit log, as `Records` does for refusals by the query. */
@Injectable()
export class RefusalsInLog extends RefusalRecorder {
  constructor(private readonly auditLog: AuditLog) {
    super();
  }

  refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void> {
    return this.auditLog.record(actor, [refusalDraft({ action, subjectType, rule })]);
  }
}
