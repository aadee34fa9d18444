import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditService } from './audit.service.js';
import { AuditEntryView } from './audit.views.js';

@Controller('v1/audit-entries')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** The audit log, newest first (auditors) */
  @Get()
  @Can('read', AuditEntry)
  @Answers.page(AuditEntryView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.audit.list(actor, query);
  }
}
