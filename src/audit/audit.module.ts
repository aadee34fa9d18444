import { Global, Module } from '@nestjs/common';
import { AuditLog } from '../records/journal.js';
import { AuditExport } from './audit-export.js';
import './audit.policy.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { SealedLog } from './log.js';

@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditService, AuditExport, SealedLog, { provide: AuditLog, useExisting: SealedLog }],
  exports: [AuditLog],
})
export class AuditModule {}
