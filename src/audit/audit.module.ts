import { createHash } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { policyMatrix } from '../authorization/matrix.js';
import { config } from '../config.js';
import { AuditLog, Disclosures } from '../records/audit-recording.js';
import { AuditExport } from './audit-export.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { SealedLog } from './log.js';
import { canonicalAuditJson, SigningKeys } from './sealing.js';

function openLog(disclosures: Disclosures): SealedLog {
  if (!config.auditSigningKey) throw new Error('AUDIT_SIGNING_KEY is not an Ed25519 key');
  return new SealedLog(
    config.databaseUrl,
    new SigningKeys(config.auditSigningKey, config.auditEarlierKeys),
    disclosures,
    createHash('sha256').update(canonicalAuditJson(policyMatrix())).digest('hex'),
  );
}

@Global()
@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditExport,
    { provide: SealedLog, useFactory: openLog, inject: [Disclosures] },
    { provide: AuditLog, useExisting: SealedLog },
  ],
  exports: [AuditLog],
})
export class AuditModule {}
