import { view } from '../records/view.js';
import { AuditEntry } from './audit-entry.entity.js';

export class AuditEntryView extends view(
  AuditEntry,
  'id',
  'at',
  'operation',
  'action',
  'outcome',
  'rule',
  'actorKind',
  'actorId',
  'agencyId',
  'purpose',
  'subjectType',
  'recordIds',
  'fields',
  'withheld',
  'agreementVersionIds',
  'route',
  'correlationId',
) {}
