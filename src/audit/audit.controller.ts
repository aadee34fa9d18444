import { Controller, Get, Query } from '@nestjs/common';
import { ApiExtension, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { Actor } from '../policy/actor.js';
import { By, Can, SignedIn } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Expensive } from '../records/expensive.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditExport, NDJSON } from './audit-export.js';
import { AuditEntryQuery, ConsistencyProofQuery, InclusionProofQuery } from './audit.requests.js';
import { consistencyProofSchema, exportSchema, inclusionProofSchema } from './audit.schemas.js';
import { AuditService } from './audit.service.js';
import { AuditCheckpointView, AuditEntryView } from './audit.views.js';

const NO_PERSONAL_DATA = 'checkpoints and hashes hold no personal data, and the more who keep them, the better';

@Controller('v1')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly exporting: AuditExport,
  ) {}

  /** The audit log of your partnerships, newest first (auditors) */
  @Get('audit-entries')
  @Can('read', AuditEntry)
  @Answers.page(AuditEntryView)
  list(@By() actor: Actor, @Query() query: AuditEntryQuery): Promise<Presented> {
    return this.audit.list(actor, query);
  }

  /** The whole log as lines of JSON, to be checked elsewhere; of entries that you may not read, only the hash (auditors) */
  @Get('audit-entries/export')
  @Expensive({ concurrent: 2, queue: 8, offDatabase: true })
  @Can('export', AuditEntry)
  @ApiProduces(NDJSON)
  @ApiOkResponse({ schema: exportSchema })
  @ApiExtension('x-answers', 'document')
  export(@By() actor: Actor): Promise<Presented> {
    return this.exporting.of(actor);
  }

  /** Proof that an entry is in the log that a checkpoint signs (RFC 9162, section 2.1.3) */
  @Get('audit-entries/:id/inclusion-proof')
  @Can('read', AuditEntry)
  @ApiOkResponse({ schema: inclusionProofSchema })
  @ApiExtension('x-answers', 'document')
  inclusionProof(@By() actor: Actor, @Id() id: string, @Query() { size }: InclusionProofQuery): Promise<Presented> {
    return this.audit.inclusionProof(actor, id, size);
  }

  /** The signed checkpoints, newest first: keep them, they prove later that nothing before them changed (auditors: all; everybody: the first of each day) */
  @Get('audit-checkpoints')
  @SignedIn(NO_PERSONAL_DATA)
  @Answers.page(AuditCheckpointView)
  checkpoints(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.audit.checkpoints(actor, query);
  }

  /** Proof that the log of one checkpoint is the beginning of the log of a later one (RFC 9162, section 2.1.4) */
  @Get('audit-checkpoints/consistency-proof')
  @SignedIn(NO_PERSONAL_DATA)
  @ApiOkResponse({ schema: consistencyProofSchema })
  @ApiExtension('x-answers', 'document')
  consistencyProof(@By() actor: Actor, @Query() { from, to }: ConsistencyProofQuery): Promise<Presented> {
    return this.audit.consistencyProof(actor, from, to);
  }
}
