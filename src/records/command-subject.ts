/**
 * Record of a command and the records that its request names, for the audit entries of a refusal. A refusal is recorded
 * even though the transaction is rolled back.
 */
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { databaseProblem } from '../http/database-problems.js';
import { Problem } from '../http/problems.js';
import type { AuditDraft } from './audit-recording.js';
import { auditScopeOf, concernOf, type AuditConcern, type AuditScope } from './audit-drafts.js';
import type { Subject } from '../authorization/subject.types.js';
import { refusalDraft, mergeScopes } from './refusal-drafts.js';

/** Refusal by the policy, with the audit entry to record. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly draft: AuditDraft,
  ) {
    super(problem.message);
  }
}

/** Panel and case or referral into which a person, place or group is to be named. */
export interface NamingTarget {
  panelId?: string;
  caseId?: string;
  referralId?: string;
}

/** Statuses of refusals that are recorded in the audit log. */
const RECORDED_STATUSES = [403, 404, 409, 412, 422, 428];

/** Record types that appear as parents in the audit scope. */
const PARENTS = ['Case', 'Referral', 'Listing'];

type Subjected = Pick<AuditDraft, 'action' | 'subjectType' | 'recordIds'>;

export class CommandSubject {
  /** Record found last for an action other than `read`, or else read last. */
  private record: (Subjected & AuditConcern) | undefined;
  /** Records named by the request, by identifier. `row` is null if the actor may not name the record. */
  private readonly named = new Map<string, { type: RecordClass; row: Row | null; target: AuditScope }>();

  constructor(private readonly actor: Actor) {}

  /** Sets the record of the command; needed for a record that `records.find` did not find. */
  noteSubject(action: string, type: RecordClass, row: object): void {
    const subject = subjectOf(type);
    const recordIds = [(row as Row)['id'] as string];
    this.record = { action, subjectType: subject.name, recordIds, ...concernOf(subject, row as Row) };
  }

  /** Sets the record of the command, unless the row was only read in preparation of a command. */
  noteFound(action: string, type: RecordClass, row: object): void {
    if (action !== 'read' || (this.record?.action ?? 'read') === 'read') this.noteSubject(action, type, row);
  }

  /**
   * Records whom or what the request names. Without a row, the record was not found for the actor or not looked up; the
   * log stores both like any request for a hidden or missing record. The scope of the entry is that of all targets given
   * for the identifier so far.
   */
  noteNaming(type: RecordClass, id: string, row: object | null = null, target: NamingTarget = {}): void {
    // invalid input names nobody
    if (this.actor.call.deferredProblem) return;
    const before = this.named.get(id.toLowerCase())?.target;
    const scope = auditScopeOf(subjectOf(type), [target as Row]);
    this.named.set(id.toLowerCase(), { type, row: row as Row | null, target: mergeScopes(scope, before) });
  }

  /**
   * Returns the scope of a record that was not found. A record sought after another was found is as confidential as the
   * one found.
   */
  scopeOfMissing(): Partial<AuditConcern> {
    return this.record ? { ...scopeOfCommand(this.record), partnershipId: this.record.partnershipId } : {};
  }

  /**
   * Returns the audit entry of an error, for refusals by the policy and by services; null for other errors.
   */
  refusalIn(error: unknown): AuditDraft | null {
    if (error instanceof Refusal) return error.draft;
    const problem = problemIn(error);
    return problem && this.record ? refusalDraft({ ...this.record, rule: problem.code }) : null;
  }

  /**
   * Returns the audit entries of an error for the records that the request names. There is one entry per record type
   * and target, separate for records that the actor may name. An auditor who cannot read the entry of the command cannot
   * read these entries either.
   */
  refusedNamings(error: unknown): AuditDraft[] {
    const problem = error instanceof Refusal ? recorded(error.problem) : problemIn(error);
    if (!problem) return [];
    const command = this.refusalIn(error);
    const entries = new Map<string, { subject: Subject; ids: string[]; rows: Row[]; target: AuditScope }>();
    for (const [id, { type, row, target }] of this.named) {
      const subject = subjectOf(type);
      const key = JSON.stringify([subject.name, row !== null, target]);
      const one = entries.get(key) ?? { subject, ids: [], rows: [], target };
      one.ids.push(id);
      if (row) one.rows.push(row);
      entries.set(key, one);
    }
    return [...entries.values()].map(({ subject, ids, rows, target }) => {
      const { partnershipId, personIds, ...own } = concernOf(subject, ...rows);
      return refusalDraft({
        ...{ action: 'name', subjectType: subject.name, recordIds: ids, personIds },
        rule: rows.length ? problem.code : 'not-found',
        partnershipId: partnershipId ?? command?.partnershipId ?? null,
        ...mergeScopes(own, target, command ? scopeOfCommand(command) : undefined),
      });
    });
  }
}

const recorded = (problem: Problem | null): Problem | null =>
  problem && RECORDED_STATUSES.includes(problem.status) ? problem : null;

const problemIn = (error: unknown): Problem | null =>
  recorded(error instanceof Problem ? error : databaseProblem(error));

/** Returns the audit scope of a command, including its case, referral or item even if that record was not found. */
const scopeOfCommand = ({
  subjectType,
  recordIds,
  panelIds = [],
  parentIds = [],
}: Pick<AuditDraft, 'subjectType' | 'recordIds'> & Partial<AuditScope>): AuditScope =>
  mergeScopes({
    panelIds,
    parentIds: [...parentIds, ...(PARENTS.includes(subjectType) ? recordIds.map((id) => id.toLowerCase()) : [])],
  });
