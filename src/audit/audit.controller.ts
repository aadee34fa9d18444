import { Controller, Get, Query } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission, Authenticated } from '../authorization/permission.guard.js';
import { ApiAnswer, ApiProblems } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditExport, NDJSON } from './audit-export.js';
import { AuditEntryQuery, ConsistencyProofQuery, InclusionProofQuery } from './audit.dto.js';
import { consistencyProofSchema, exportSchema, inclusionProofSchema } from './audit.schemas.js';
import { AuditService } from './audit.service.js';
import { AuditCheckpointView, AuditEntryView } from './audit.response.js';

const NO_PERSONAL_DATA =
  'checkpoints and hashes hold no personal data, and each stored copy makes an alteration easier to detect';

@Controller('v1')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly exporting: AuditExport,
  ) {}

  /** List the audit log of your partnerships, newest first (auditors) */
  @Get('audit-entries')
  @RequirePermission('read', AuditEntry)
  @ApiAnswer.page(AuditEntryView)
  list(@CurrentActor() actor: Actor, @Query() query: AuditEntryQuery): Promise<AuthorizedResponse> {
    return this.audit.list(actor, query);
  }

  /**
   * Export the log as newline-delimited JSON for verification elsewhere; entries that you may not read appear only as
   * hashes (auditors)
   */
  @Get('audit-entries/export')
  @Expensive({ concurrent: 2, queue: 8, offDatabase: true })
  @RequirePermission('export', AuditEntry)
  @ApiProduces(NDJSON)
  @ApiOkResponse({ schema: exportSchema })
  @ApiExtension('x-answers', 'document')
  export(@CurrentActor() actor: Actor): Promise<AuthorizedResponse> {
    return this.exporting.start(actor);
  }

  /** Get a proof that a signed checkpoint covers an entry (RFC 9162, section 2.1.3) */
  @Get('audit-entries/:id/inclusion-proof')
  @RequirePermission('read', AuditEntry)
  @ApiProblems(422)
  @ApiOkResponse({ schema: inclusionProofSchema })
  @ApiExtension('x-answers', 'document')
  inclusionProof(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Query() { size }: InclusionProofQuery,
  ): Promise<AuthorizedResponse> {
    return this.audit.inclusionProof(actor, id, size);
  }

  /**
   * List the signed checkpoints, newest first; a stored checkpoint later proves that no earlier entry changed
   * (auditors: all; everybody: the first of each day)
   */
  @Get('audit-checkpoints')
  @Authenticated(NO_PERSONAL_DATA)
  @ApiAnswer.page(AuditCheckpointView)
  checkpoints(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.audit.checkpoints(actor, query);
  }

  /** Get a proof that a later checkpoint extends the log of an earlier one (RFC 9162, section 2.1.4) */
  @Get('audit-checkpoints/consistency-proof')
  @Authenticated(NO_PERSONAL_DATA)
  @ApiProblems(422)
  @ApiOkResponse({ schema: consistencyProofSchema })
  @ApiExtension('x-answers', 'document')
  consistencyProof(
    @CurrentActor() actor: Actor,
    @Query() { from, to }: ConsistencyProofQuery,
  ): Promise<AuthorizedResponse> {
    return this.audit.consistencyProof(actor, from, to);
  }
}
