import { Global, Module } from '@nestjs/common';
import { AuditLog } from '../records/journal.js';
import './audit.policy.js';
import { AuditController } from './audit.controller.js';
import { AuditEntries, AuditService } from './audit.service.js';

@Global()
@Module({
  controllers: [AuditController],
  providers: [AuditService, { provide: AuditLog, useClass: AuditEntries }],
  exports: [AuditLog],
})
export class AuditModule {}
