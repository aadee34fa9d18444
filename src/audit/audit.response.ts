import { view } from '../records/response-view.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { LEAF_MEMBERS, PERSONAL } from './sealing.js';

export class AuditEntryView extends view(AuditEntry, ...LEAF_MEMBERS, ...PERSONAL) {}

export class AuditCheckpointView extends view(AuditCheckpoint, 'id', 'size', 'root', 'time', 'keyId', 'signature') {}
