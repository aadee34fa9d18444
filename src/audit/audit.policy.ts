/** The log is read by auditors only, and reading it is written in it. */
import { declareSubject } from '../policy/subjects.js';
import { AuditEntry } from './audit-entry.entity.js';

declareSubject(AuditEntry, 'AuditEntry', {
  orderBy: 'at',
  grounds: [
    {
      name: 'auditor',
      sentence: 'who audits the service',
      actions: ['read'],
      where: (actor) => (actor.roles.includes('auditor') ? {} : null),
    },
  ],
});
