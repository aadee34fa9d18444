/**
 * Appends entries to the audit log. One advisory lock, held until commit, serialises all writers.
 *
 * Entries are therefore numbered without gaps, and each transaction signs the log as of its commit: no committed entry
 * is without a checkpoint.
 *
 * A change appends within its own transaction, as its last write before the commit. Reads and refusals use group
 * commit: while one batch commits, later ones queue and are committed together. A response is sent only after the
 * commit that contains its own entry.
 */
import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { columnsOf, tableOf } from '../database/columns.js';
import {
  AuditLog,
  type AuditDraft,
  type Disclosures,
  type DisclosureBatch,
  type AuditActor,
} from '../records/audit-recording.js';
import { ownFault } from '../http/database-problems.js';
import { createSeparatePool } from '../database/data-source.js';
import { londonDay } from '../time/clock.js';
import { setContextStatement } from '../records/database-session.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { canonicalAuditJson, commitTo, leafHashOf, SigningKeys, Frontier, type Hash } from './sealing.js';
import { LOG_CONTEXT } from '../records/security-context.js';
import { addAuditScopes } from './scope-lookup.js';
import { recordsToLocate } from '../records/audit-drafts.js';

/** Advisory lock key; arbitrary, but not used by any other part of the service. */
const LOCK = 7_317_023_190_211;
const MOST_ENTRIES_IN_A_COMMIT = 1000;
const BATCH_DELAY_MILLISECONDS = 2;
/** SQLSTATE classes caused by the values of one entry: the rest of the batch is then written without that entry. */
const ENTRY_ERROR_CLASSES = /^2[23]/;

const checkpointColumns = [...columnsOf(AuditCheckpoint)];
const CHECKPOINT_COLUMNS = checkpointColumns.map(([property, { name }]) => `c.${name} AS "${property}"`).join(', ');
/**
 * Statement pair sent as a simple query. Each statement takes its own snapshot at READ COMMITTED, so the second one
 * sees what was committed while the first waited for the lock.
 */
const LOCK_STATEMENT = `SELECT pg_advisory_xact_lock(${String(LOCK)})`;
const LOCKED_LAST_CHECKPOINT = `${LOCK_STATEMENT};
SELECT ${CHECKPOINT_COLUMNS} FROM ${tableOf(AuditCheckpoint)} c ORDER BY c."size" DESC LIMIT 1`;

const entryColumns = [...columnsOf(AuditEntry)];
/** Columns that identify a checkpoint, in the order of the parameters of `INSERT`. */
const CONTINUED = ['id', 'signature', 'frontier', 'size', 'root', 'time', 'keyId'] as const;
/**
 * Inserts entries and checkpoint. `$3` to `$9` identify the checkpoint to continue; if the last checkpoint differs from
 * it in any column, no row is written.
 */
const INSERT = `WITH last AS (
    SELECT 1 FROM (SELECT * FROM ${tableOf(AuditCheckpoint)} c ORDER BY c."size" DESC LIMIT 1) c
    WHERE c.id = $3::uuid AND c.signature = $4::text AND c.frontier = $5::bytea AND c.size = $6::bigint AND c.root = $7::text
      AND c.time = $8::timestamptz AND c.key_id = $9::text
    UNION ALL SELECT 1 WHERE $3::uuid IS NULL AND NOT EXISTS (SELECT 1 FROM ${tableOf(AuditCheckpoint)})),
  entries AS (
    INSERT INTO ${tableOf(AuditEntry)} (${entryColumns.map(([, { name }]) => name).join(', ')})
    SELECT ${entryColumns.map(([property]) => `e."${property}"`).join(', ')}
    FROM last, jsonb_to_recordset($1::jsonb) AS e(${entryColumns.map(([property, { type }]) => `"${property}" ${type}`).join(', ')}))
  INSERT INTO ${tableOf(AuditCheckpoint)} (${checkpointColumns.map(([, { name }]) => name).join(', ')})
  SELECT ${checkpointColumns.map(([property]) => `c."${property}"`).join(', ')}
  FROM last, jsonb_to_record($2::jsonb) AS c(${checkpointColumns.map(([property, { type }]) => `"${property}" ${type}`).join(', ')})`;

type PreparedEntry = Omit<AuditEntry, 'index' | 'recordedAt' | 'nodes'>;

interface QueuedEntries extends DisclosureBatch {
  entries: PreparedEntry[];
  committed: () => void;
  failed: (reason: unknown) => void;
}

export class SealedLog extends AuditLog implements OnApplicationShutdown {
  private readonly writer: Pool;
  /** Separate pool, so that proofs and exports do not delay requests that wait for the writer connection. */
  private readonly reader: Pool;
  private waiting: QueuedEntries[] = [];
  private writing: Promise<void> | undefined;
  /** Checkpoint last written by this process; its signature needs no verification. */
  private lastOwnCheckpoint: AuditCheckpoint | undefined;

  constructor(
    databaseUrl: string,
    readonly keys: SigningKeys,
    private readonly disclosures: Disclosures,
    /** Version of the policy, recorded with each entry. */
    private readonly policyVersion: string,
  ) {
    super();
    this.writer = createSeparatePool(databaseUrl, 'audit', 1);
    this.reader = createSeparatePool(databaseUrl, 'audit', 2);
  }

  async append(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<void> {
    try {
      await this.disclosures.write(client, [disclosureBatchOf(who, drafts)]);
      await this.seal(client, this.prepareEntries(who, await addAuditScopes(client, who, drafts)));
    } catch (error) {
      throw ownFault(error);
    }
  }

  async record(who: AuditActor, drafts: AuditDraft[]): Promise<void> {
    const isPlaced = !drafts.some(recordsToLocate);
    const whole = isPlaced ? drafts : await this.runInLogContext((client) => addAuditScopes(client, who, drafts));
    const entries = this.prepareEntries(who, whole);
    return new Promise((resolve, reject) => {
      const failed = (error: unknown): void => {
        reject(ownFault(error));
      };
      this.waiting.push({ ...disclosureBatchOf(who, drafts), entries, committed: resolve, failed });
      this.writing ??= this.writeAll();
    });
  }

  /**
   * Runs queries in the log's own security context, which sees all entries because the tree belongs to no partnership.
   * Entries read here must not be sent without a separate authorization.
   */
  runInLogContext<T>(does: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.transaction(this.reader, does);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.writing;
    await Promise.all([this.writer.end(), this.reader.end()]);
  }

  private async writeAll(): Promise<void> {
    for (let last = 0; this.waiting.length;) {
      // concurrent arrivals indicate that more are imminent: wait briefly to enlarge the batch
      if (last > 1) await setTimeout(BATCH_DELAY_MILLISECONDS);
      const batch = this.nextBatch();
      last = batch.length;
      try {
        await this.write(batch);
      } catch (error) {
        const isOnesFault = ENTRY_ERROR_CLASSES.test((error as { code?: string }).code ?? '');
        if (isOnesFault && batch.length > 1) for (const one of batch) await this.write([one]).catch(one.failed);
        else for (const one of batch) one.failed(error);
      }
    }
    // no await since the last check of the queue, so the next call to `record` starts a new loop
    this.writing = undefined;
  }

  private nextBatch(): QueuedEntries[] {
    let entries = 0;
    const end = this.waiting.findIndex((one, at) => {
      entries += one.entries.length;
      return at > 0 && entries > MOST_ENTRIES_IN_A_COMMIT;
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async write(batch: QueuedEntries[]): Promise<void> {
    const entries = batch.flatMap((one) => one.entries);
    const remember = (await this.continueOwn(batch, entries)) ?? (await this.continueLast(batch, entries));
    remember();
    for (const one of batch) one.committed();
  }

  private continueLast(batch: DisclosureBatch[], entries: PreparedEntry[]): Promise<() => void> {
    return this.transaction(this.writer, async (client) => {
      const written = await this.disclosures.write(client, batch);
      await this.seal(client, entries);
      return written;
    });
  }

  /**
   * Appends in one pipelined round trip, assuming that no other process wrote since this one. Returns null if another
   * process did; then no row was written.
   */
  private async continueOwn(batch: DisclosureBatch[], entries: PreparedEntry[]): Promise<(() => void) | null> {
    const { lastOwnCheckpoint: own } = this;
    if (!own) return null;
    this.lastOwnCheckpoint = undefined;
    return this.connected(this.writer, async (client) => {
      const sealed = this.buildCheckpoint(entries, own);
      const sent = [begin(client), client.query({ name: 'audit-lock', text: LOCK_STATEMENT })];
      const disclosed = this.disclosures.write(client, batch);
      const appended = client.query({ name: 'audit-append', text: INSERT, values: sealed.values });
      await settleInOrder([...sent, disclosed, appended, client.query('COMMIT')]);
      const [remember, { rowCount }] = await Promise.all([disclosed, appended]);
      if (rowCount !== 1) return null;
      this.lastOwnCheckpoint = sealed.checkpoint;
      return remember;
    });
  }

  private transaction<T>(pool: Pool, does: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.connected(pool, async (client) => {
      await begin(client);
      const done = await does(client);
      await client.query('COMMIT');
      return done;
    });
  }

  /** Runs statements on one connection; rolls back after an error. */
  private async connected<T>(pool: Pool, does: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      return await does(client);
    } catch (error) {
      await client.query('ROLLBACK').catch((fault: Error) => (broken = fault));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Prepares all of an entry except its index and hash, to keep the time under the lock short. */
  private prepareEntries(who: AuditActor, drafts: AuditDraft[]): PreparedEntry[] {
    return drafts.map(({ search, resultCount, reason = null, rule = null, purpose, panelIds = [], ...more }) => {
      const { disclosed: _, copied: __, parentIds = [], ...draft } = more;
      const isLogReading = draft.subjectType === 'AuditEntry' && draft.subOperation === 'list';
      const personal = {
        recordIds: draft.recordIds.map((id) => id.toLowerCase()),
        personIds: draft.personIds.length ? draft.personIds.map((id) => id.toLowerCase()) : null,
        parentIds: parentIds.length ? parentIds : null,
        search: search === undefined ? null : this.digest(search),
        reason,
      };
      return {
        ...draft,
        ...personal,
        ...commitTo(personal),
        panelIds,
        rule,
        id: uuidv7(),
        at: who.now,
        subOperation: isLogReading ? 'log-reading' : draft.subOperation,
        actorKind: who.kind,
        actorId: who.id,
        agencyId: who.agencyId,
        principal: who.kind === 'unknown' ? who.principal : null,
        recipientAgencyId: draft.operation === 'disclose' ? (draft.recipientAgencyId ?? who.agencyId) : null,
        purpose: purpose ?? who.purpose ?? null,
        resultCount: resultCount ?? (draft.outcome === 'permit' ? draft.recordIds.length : 0),
        policyVersion: this.policyVersion,
        route: who.call.route,
        correlationId: who.call.correlationId,
      };
    });
  }

  private digest(search: unknown): string {
    return createHmac('sha256', this.keys.searchSecret).update(canonicalAuditJson(search)).digest('hex');
  }

  /** Appends the entries to the tree and signs the result. The lock is held until the transaction ends. */
  private async seal(client: PoolClient, prepared: PreparedEntry[]): Promise<void> {
    const answers = (await client.query(LOCKED_LAST_CHECKPOINT)) as QueryResult | QueryResult<AuditCheckpoint>[];
    const last = Array.isArray(answers) ? answers.at(-1)?.rows[0] : undefined;
    this.verifyLastCheckpoint(last);
    const { values, checkpoint } = this.buildCheckpoint(prepared, last);
    await client.query({ name: 'audit-append', text: INSERT, values });
    this.lastOwnCheckpoint = checkpoint;
  }

  /** Computes the indexed entries and the signed checkpoint that follows `last`. */
  private buildCheckpoint(
    prepared: PreparedEntry[],
    last: AuditCheckpoint | undefined,
  ): { values: unknown[]; checkpoint: AuditCheckpoint } {
    const tree = last ? new Frontier(last.size, last.frontier) : new Frontier();
    const recordedAt = new Date();
    const entries = prepared.map((one) => {
      const entry = { ...one, index: tree.size, recordedAt };
      return { ...entry, nodes: hex(tree.append(leafHashOf(entry))) };
    });
    const signed = { size: tree.size, root: tree.root().toString('base64'), time: recordedAt };
    const frontier = tree.toBuffer();
    const opensDay = !last || londonDay(last.time) !== londonDay(recordedAt);
    const checkpoint = { id: uuidv7(), ...signed, opensDay, keyId: this.keys.id, signature: this.keys.sign(signed) };
    return {
      values: [
        JSON.stringify(entries),
        JSON.stringify({ ...checkpoint, frontier: hex([frontier]) }),
        ...CONTINUED.map((property) => last?.[property] ?? null),
      ],
      checkpoint: { ...checkpoint, frontier },
    };
  }

  /**
   * Verifies the last checkpoint before a new one continues it. Continuing a checkpoint that was not signed with our
   * keys would make our next signature cover entries that somebody else had inserted.
   */
  private verifyLastCheckpoint(last: AuditCheckpoint | undefined): void {
    if (!last || (this.lastOwnCheckpoint && serializeCheckpoint(this.lastOwnCheckpoint) === serializeCheckpoint(last)))
      return;
    const tree = new Frontier(last.size, last.frontier);
    if (!this.keys.verifySignature(last) || tree.root().toString('base64') !== last.root)
      throw new Error(
        `the last checkpoint of the log (size ${String(last.size)}) is not one that was signed with our keys`,
      );
  }
}

/**
 * Awaits all results and throws the first error in order. Later errors only report that the transaction was aborted.
 */
async function settleInOrder(asked: Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(asked)) if (one.status === 'rejected') throw one.reason;
}

/** Begins a transaction on one of the log's own connections and sets its security context. */
async function begin(client: PoolClient): Promise<void> {
  await Promise.all([client.query('BEGIN'), client.query(setContextStatement(LOG_CONTEXT))]);
}

const disclosureBatchOf = (who: AuditActor, drafts: AuditDraft[]): DisclosureBatch => ({
  who,
  what: drafts.flatMap((one) => one.disclosed ?? []),
  copied: drafts.flatMap((one) => one.copied ?? []),
});

/** Serialises all columns of a checkpoint, because a change to any column means that this process did not write it. */
const serializeCheckpoint = ({ frontier, ...rest }: AuditCheckpoint): string =>
  canonicalAuditJson({ ...rest, frontier: hex([frontier]) });

const hex = (hashes: Hash[]): string => `\\x${Buffer.concat(hashes).toString('hex')}`;
