/**
 * Unit of work of one actor in one transaction: `records` reads, `write` changes, `respond` builds authorized responses.
 * The policy decides which rows and fields are accessible. Services obtain rows only from a unit of work.
 */
import type { EntityManager } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { EventDraft } from './audit-recording.js';
import { AuditTrail, listingOf } from './audit-trail.js';
import { AuthorizedRepository } from './authorized-repository.js';
import { CommandSubject } from './command-subject.js';
import type { DatabaseSession } from './database-session.js';
import type { RecordEntity } from './record-entity.js';
import { RecordWriter } from './record-writer.js';
import { ResponsePresenter } from './response-presenter.js';
import { RowMasks } from './row-masks.js';
import { withoutExclusions } from './security-context.js';

/** Partnerships of the actor and their parents, children and siblings, as an array literal. */
const RELATED_PARTNERSHIPS = `SELECT array_agg(DISTINCT b.id)::text AS related FROM partnerships own
  JOIN partnerships b ON b.id = own.id OR b.within_id = own.id OR own.within_id IN (b.id, b.within_id)
  WHERE own.id = ANY ((SELECT nullif(current_setting('app.partnerships', true), '')::uuid[])::uuid[])`;

export class UnitOfWork {
  readonly masks: RowMasks;
  readonly respond: ResponsePresenter;
  /** Audit entries, committed with the change or before the response to a read is sent. */
  readonly audit: AuditTrail;
  readonly events: EventDraft[] = [];
  /**
   * Events about records that the actor may not see; inserted in the system context in which the records were found.
   */
  readonly systemEvents: EventDraft[] = [];
  /** Whether another partnership was affected; events are then inserted across partnerships. */
  actedAcrossPartnerships = false;
  private isAcrossPartnerships = false;
  private isSystem = false;
  private repository: AuthorizedRepository | undefined;
  private commandSubject: CommandSubject | undefined;
  private writer: RecordWriter | undefined;
  /** Identifiers of rows that already hold the values of the request. */
  private readonly unchangedIds = new Set<string>();
  /** Names of the locks taken. */
  private readonly locks = new Set<string>();
  /** Identifiers of rows inserted one by one; the actor knows of these rows. */
  readonly insertedIds = new Set<string>();

  constructor(
    readonly actor: Actor,
    private readonly session: DatabaseSession,
  ) {
    this.masks = new RowMasks(actor, session);
    this.audit = new AuditTrail(this);
    this.respond = new ResponsePresenter(this, session);
  }

  /** Finds records. */
  get records(): AuthorizedRepository {
    const { actor, session, masks, command, audit, unchangedIds } = this;
    return (this.repository ??= new AuthorizedRepository(actor, session, masks, command, audit, unchangedIds));
  }

  /** Record of the command, for the audit entry of a refusal. */
  get command(): CommandSubject {
    return (this.commandSubject ??= new CommandSubject(this.actor));
  }

  /** Writer of changes, made when the first change is written. */
  get write(): RecordWriter {
    const { actor, session, audit, unchangedIds, insertedIds } = this;
    return (this.writer ??= new RecordWriter(actor, session, audit, unchangedIds, insertedIds));
  }

  /** Entity manager for queries that bypass the policy. Begins the transaction, which all further queries share. */
  get manager(): EntityManager {
    return this.session.manager;
  }

  get now(): Date {
    return this.actor.now;
  }

  /** Reads the time again. Called after a lock was waited for: what is written then is later than what others wrote. */
  refreshTime(): void {
    this.actor.now = this.session.currentTime();
  }

  /**
   * Takes a lock that the transaction holds to its end. Two requests that take the same lock run one after the other. Returns
   * false if the transaction holds it already.
   */
  async lock(name: string): Promise<boolean> {
    if (this.locks.has(name)) return false;
    await this.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
    this.locks.add(name);
    return true;
  }

  /** Records an event about a record; the event commits with the change. */
  recordEvent(type: string, record: RecordClass, row: RecordEntity, data: Record<string, unknown> = {}): void {
    if (this.write.unwrittenIds.has(row.id)) return;
    const subject = subjectOf(record);
    const values = row as unknown as Record<string, string | undefined> & { agencyOnly?: boolean };
    (this.isSystem ? this.systemEvents : this.events).push({
      type,
      ...{ subjectType: subject.name, subjectId: row.id },
      partnershipId: values['partnershipId'] ?? null,
      panelId: values['panelId'] ?? null,
      caseId: subject.name === 'Case' ? row.id : (values['caseId'] ?? null),
      category: values['category'] ?? null,
      contributingType: values['contributingType'] ?? null,
      listingId: listingOf(subject, row),
      agencyOnly: values.agencyOnly ?? false,
      data,
    });
  }

  /**
   * Runs queries of the service whose results the actor does not see. Row-level security still limits rows to the
   * actor's partnerships, but the actor's exclusions do not apply. For example, repeat detection for a referral must
   * not depend on who submits the referral.
   */
  async asSystem<T>(asks: () => Promise<T>): Promise<T> {
    // the context of several partnerships already omits exclusions and must not be narrowed
    if (this.isAcrossPartnerships || this.isSystem) return asks();
    this.session.useSecurityContext(withoutExclusions);
    this.isSystem = true;
    try {
      return await asks();
    } finally {
      this.isSystem = false;
      this.session.useSecurityContext();
    }
  }

  /**
   * Runs operations that partnerships of one BCU perform for each other, with the security context of all of them.
   * Results must not be part of a response.
   */
  async acrossPartnerships<T>(does: () => Promise<T>): Promise<T> {
    if (this.isAcrossPartnerships) return does();
    const [{ related }] = await this.manager.query<[{ related: string }]>(RELATED_PARTNERSHIPS);
    this.session.useSecurityContext((context) => ({ ...withoutExclusions(context), partnerships: related }));
    this.isAcrossPartnerships = this.actedAcrossPartnerships = true;
    try {
      return await does();
    } finally {
      this.isAcrossPartnerships = false;
      this.session.useSecurityContext(this.isSystem ? withoutExclusions : undefined);
    }
  }
}
