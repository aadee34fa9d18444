/** The log is read by auditors only, of their own partnerships, for the lawful purposes, and reading it is written in it. */
import { AgencyPartnership, Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../policy/actor.js';
import { LOG_PURPOSES } from '../policy/categories.js';
import type { Where } from '../policy/conditions.js';
import { declareSubject, extendSubject } from '../policy/subjects.js';
import { declareWords } from '../policy/wording.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';

const audits = (actor: Actor): boolean => actor.roles.includes('auditor');
const isLawful = (actor: Actor): boolean => (LOG_PURPOSES as readonly string[]).includes(actor.purpose);
const auditing = (where: (actor: Actor) => Where) => (actor: Actor) =>
  audits(actor) && isLawful(actor) ? where(actor) : null;

/** Agencies of several boroughs meet in the BCU: that alone does not make one the auditor of the other. */
const IN_A_BOROUGH = { partnership: { $elemMatch: { kind: 'borough' } } };

extendSubject(AgencyPartnership, {
  relations: { partnership: { to: Partnership, local: 'partnershipId', foreign: 'id' } },
});

declareSubject(AuditEntry, 'AuditEntry', {
  orderBy: 'at',
  seek: ['partnershipId'],
  relations: { presence: { to: AgencyPartnership, local: 'agencyId', foreign: 'agencyId' } },
  grounds: [
    {
      name: 'auditor',
      sentence: 'who audits for an agency that acts in the partnership, for one of the lawful purposes of a log',
      actions: ['read', 'export'],
      where: auditing((actor) => ({ partnershipId: { $in: actor.partnershipIds } })),
    },
    {
      name: 'auditor-of-the-rest',
      sentence:
        'who audits in a borough where the agency acts that did what concerns no one partnership, for a lawful purpose',
      actions: ['read', 'export'],
      where: auditing((actor) => ({
        partnershipId: null,
        presence: { $elemMatch: { partnershipId: { $in: actor.partnershipIds }, ...IN_A_BOROUGH } },
      })),
    },
    {
      name: 'auditor-of-strangers',
      sentence:
        'who audits, of what somebody tried whose agency acts in no borough or is not known, for a lawful purpose',
      actions: ['read', 'export'],
      where: auditing(() => ({ partnershipId: null, $nor: [{ presence: { $elemMatch: IN_A_BOROUGH } }] })),
    },
  ],
  whyClosed: (actor) =>
    audits(actor) && !isLawful(actor)
      ? `The log may be used only for one of the purposes ${LOG_PURPOSES.join(', ')}: send one as Purpose.`
      : null,
});

declareSubject(AuditCheckpoint, 'AuditCheckpoint', {
  orderBy: 'time',
  needsNoScope: true,
  grounds: [
    {
      name: 'anybody',
      sentence: 'who signed in: the more who keep a checkpoint, the fewer can forge the log',
      actions: ['read'],
      where: () => ({}),
    },
  ],
});

declareWords(AuditEntry, 'Accounting for it', 'entry of the log', { export: 'export it' });
declareWords(AuditCheckpoint, 'Accounting for it', 'checkpoint of the log');
