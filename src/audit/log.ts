/**
 * Writes the log. Whoever appends holds one lock until the commit, so that entries are numbered without gaps, and signs
 * what the log is then: there is never an entry that no checkpoint covers.
 *
 * A change appends in its own transaction, as the last thing before it commits. Reads and refusals share commits: while
 * one batch commits, the next ones wait and go together; each answer waits for the commit that holds its own entry.
 */
import { createHash, createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolClient, QueryResult } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { columnsOf, tableOf } from '../database/columns.js';
import { policyMatrix } from '../authorization/matrix.js';
import {
  AuditLog,
  type AuditDraft,
  type Disclosures,
  type DisclosureBatch,
  type AuditActor,
} from '../records/audit-recording.js';
import { ownFault } from '../http/database-problems.js';
import { poolApart } from '../database/data-source.js';
import { londonDay } from '../time/london-day.js';
import { holdWrites } from '../database/hold-writes.js';
import { setContextStatement, LOG_CONTEXT } from '../records/security-context.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { canonical, committed, leafHashOf, SigningKeys } from './sealing.js';
import { Frontier, hashesIn, type Hash } from './tree.js';

/** Any number that no other part of the service locks. */
const LOCK = 7_317_023_190_211;
const MOST_ENTRIES_IN_A_COMMIT = 1000;
const GATHERING_MILLISECONDS = 2;
/** SQLSTATE classes that blame one entry's values: the others of its batch are written without it. */
const BLAMES_AN_ENTRY = /^2[23]/;

const checkpointColumns = [...columnsOf(AuditCheckpoint)];
const CHECKPOINT_COLUMNS = checkpointColumns.map(([property, { name }]) => `c.${name} AS "${property}"`).join(', ');
/** Each statement of a simple query sees what was committed when it begins: the second sees what the lock waited for. */
const LOCKED = `SELECT pg_advisory_xact_lock(${String(LOCK)})`;
const LOCKED_LAST_CHECKPOINT = `${LOCKED};
SELECT ${CHECKPOINT_COLUMNS} FROM ${tableOf(AuditCheckpoint)} c ORDER BY c."size" DESC LIMIT 1`;

const entryColumns = [...columnsOf(AuditEntry)];
/** `$3` to `$9` are the checkpoint that is continued; nothing is written where another, or an altered one, is the last. */
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

/** Records whose own rows do not name the panel and case to which they belong. */
const PLACED_BY_OTHERS = [
  'AccessRequest',
  'AccessDecision',
  'AccessGrant',
  'HandlingAcknowledgement',
  'CycleMeeting',
  'BidDecision',
  'BidResult',
];
const STANDING = 'SELECT audit_scope_of($1::text, $2::uuid[], $3::uuid) AS found';

type Prepared = Omit<AuditEntry, 'index' | 'recordedAt' | 'nodes'>;

interface Waiting extends DisclosureBatch {
  entries: Prepared[];
  committed: () => void;
  failed: (reason: unknown) => void;
}

export class SealedLog extends AuditLog implements OnApplicationShutdown {
  private readonly writer: Pool;
  /** Apart, so that proofs and exports never hold up who waits for an answer. */
  private readonly reader: Pool;
  private policyVersion: string | undefined;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  /** The checkpoint that this process last wrote: it need not check its own signature. */
  private own: AuditCheckpoint | undefined;

  constructor(
    databaseUrl: string,
    readonly keys: SigningKeys,
    private readonly disclosures: Disclosures,
  ) {
    super();
    this.writer = poolApart(databaseUrl, 'audit', 1);
    this.reader = poolApart(databaseUrl, 'audit', 2);
  }

  async append(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<void> {
    try {
      await this.disclosures.write(client, [received(who, drafts)]);
      await this.seal(client, this.prepared(who, await placed(client, who, drafts)));
    } catch (error) {
      throw ownFault(error);
    }
  }

  async record(who: AuditActor, drafts: AuditDraft[]): Promise<void> {
    const isPlaced = !drafts.some(unplaced);
    const whole = isPlaced ? drafts : await this.reading((client) => placed(client, who, drafts));
    const entries = this.prepared(who, whole);
    return new Promise((resolve, reject) => {
      const failed = (error: unknown): void => {
        reject(ownFault(error));
      };
      this.waiting.push({ ...received(who, drafts), entries, committed: resolve, failed });
      this.writing ??= this.writeAll();
    });
  }

  /** Runs with a connection of the log's own: it reads the tree, which nobody owns, and never presents an entry. */
  async reading<T>(does: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.transaction(this.reader, does);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.writing;
    await Promise.all([this.writer.end(), this.reader.end()]);
  }

  private async writeAll(): Promise<void> {
    for (let last = 0; this.waiting.length;) {
      // where several came at once, several more are on their way
      if (last > 1) await setTimeout(GATHERING_MILLISECONDS);
      const batch = this.nextBatch();
      last = batch.length;
      try {
        await this.write(batch);
      } catch (error) {
        const isOnesFault = BLAMES_AN_ENTRY.test((error as { code?: string }).code ?? '');
        if (isOnesFault && batch.length > 1) for (const one of batch) await this.write([one]).catch(one.failed);
        else for (const one of batch) one.failed(error);
      }
    }
    // in the same breath as the last look at who waits: whoever comes next begins anew
    this.writing = undefined;
  }

  private nextBatch(): Waiting[] {
    let entries = 0;
    const end = this.waiting.findIndex((one, at) => {
      entries += one.entries.length;
      return at > 0 && entries > MOST_ENTRIES_IN_A_COMMIT;
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async write(batch: Waiting[]): Promise<void> {
    const entries = batch.flatMap((one) => one.entries);
    const remember = (await this.continueOwn(batch, entries)) ?? (await this.continueLast(batch, entries));
    remember();
    for (const one of batch) one.committed();
  }

  private async continueLast(batch: DisclosureBatch[], entries: Prepared[]): Promise<() => void> {
    return this.transaction(this.writer, async (client) => {
      const written = await this.disclosures.write(client, batch);
      await this.seal(client, entries);
      return written;
    });
  }

  /**
   * Everything in one message, on the guess that nobody else wrote since this process did; null where somebody had, and
   * nothing was written.
   */
  private async continueOwn(batch: DisclosureBatch[], entries: Prepared[]): Promise<(() => void) | null> {
    const { own } = this;
    if (!own) return null;
    const client = await this.writer.connect();
    let broken: Error | undefined;
    try {
      const sealed = this.sealed(entries, own);
      const send = holdWrites(client);
      const sent = [begin(client), client.query({ name: 'audit-lock', text: LOCKED })];
      const disclosed = this.disclosures.write(client, batch);
      const appended = client.query({ name: 'audit-append', text: INSERT, values: sealed.values });
      const ended = client.query('COMMIT');
      send();
      await inOrder([...sent, disclosed, appended, ended]);
      const [remember, { rowCount }] = await Promise.all([disclosed, appended]);
      this.own = rowCount === 1 ? sealed.checkpoint : undefined;
      return rowCount === 1 ? remember : null;
    } catch (error) {
      this.own = undefined;
      await client.query('ROLLBACK').catch((fault: Error) => (broken = fault));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  private async transaction<T>(pool: Pool, does: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await begin(client);
      const done = await does(client);
      await client.query('COMMIT');
      return done;
    } catch (error) {
      await client.query('ROLLBACK').catch((fault: Error) => (broken = fault));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Everything about an entry but its place: as much as can be done before the lock is held. */
  private prepared(who: AuditActor, drafts: AuditDraft[]): Prepared[] {
    this.policyVersion ??= createHash('sha256').update(canonical(policyMatrix())).digest('hex');
    const policyVersion = this.policyVersion;
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
        ...committed(personal),
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
        policyVersion,
        route: who.call.route,
        correlationId: who.call.correlationId,
      };
    });
  }

  private digest(search: unknown): string {
    return createHmac('sha256', this.keys.searchSecret).update(canonical(search)).digest('hex');
  }

  /** Numbers the entries, adds them to the tree and signs it. The lock is held until the transaction ends. */
  private async seal(client: PoolClient, prepared: Prepared[]): Promise<void> {
    const answers = (await client.query(LOCKED_LAST_CHECKPOINT)) as QueryResult | QueryResult<AuditCheckpoint>[];
    const last = Array.isArray(answers) ? answers.at(-1)?.rows[0] : undefined;
    this.continued(last);
    const { values, checkpoint } = this.sealed(prepared, last);
    await client.query({ name: 'audit-append', text: INSERT, values });
    this.own = checkpoint;
  }

  /** The entries with their places, and the signed checkpoint that continues `last`. */
  private sealed(
    prepared: Prepared[],
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
        last?.id ?? null,
        last?.signature ?? null,
        last?.frontier ?? null,
        last?.size ?? null,
        last?.root ?? null,
        last?.time ?? null,
        last?.keyId ?? null,
      ],
      checkpoint: { ...checkpoint, frontier },
    };
  }

  /**
   * The tree that the last checkpoint says. A checkpoint that we did not sign is not continued: our next signature would
   * cover whatever somebody wrote beneath it.
   */
  private continued(last: AuditCheckpoint | undefined): void {
    if (!last || (this.own && asKept(this.own) === asKept(last))) return;
    const tree = new Frontier(last.size, last.frontier);
    if (!this.keys.signed(last) || tree.root().toString('base64') !== last.root)
      throw new Error(
        `the last checkpoint of the log (size ${String(last.size)}) is not one that was signed with our keys`,
      );
  }
}

/** Waits for all; the first that failed says why, and those behind it only that the transaction is over. */
async function inOrder(asked: Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(asked)) if (one.status === 'rejected') throw one.reason;
}

/** Every transaction of the log's own connections begins here. */
async function begin(client: PoolClient): Promise<void> {
  await Promise.all([client.query('BEGIN'), client.query(setContextStatement(LOG_CONTEXT))]);
}

/**
 * Records of an entry whose panel and case the database must be asked for. An entry of an attempt on what is hidden or missing
 * was made without looking, and stays so.
 */
function unplaced({ subjectType, recordIds, panelIds, copied }: AuditDraft): { subject: string; ids: string[] } | null {
  // a document names the items that it holds
  if (copied?.listingIds.length) return { subject: 'Listing', ids: copied.listingIds };
  const isPlaced = panelIds === undefined || !PLACED_BY_OTHERS.includes(subjectType);
  return isPlaced || !recordIds.length ? null : { subject: subjectType, ids: recordIds };
}

/** The drafts with the panels and cases that the database knows of their records. */
async function placed(client: PoolClient, who: AuditActor, drafts: AuditDraft[]): Promise<AuditDraft[]> {
  const whole: AuditDraft[] = [];
  for (const draft of drafts) {
    const asked = unplaced(draft);
    if (!asked) {
      whole.push(draft);
      continue;
    }
    const { rows } = await client.query<{ found: Pick<Required<AuditDraft>, 'panelIds' | 'parentIds'> }>(STANDING, [
      asked.subject,
      asked.ids,
      who.id,
    ]);
    const { panelIds = [], parentIds = [] } = rows[0]?.found ?? {};
    whole.push({
      ...draft,
      panelIds: [...new Set([...(draft.panelIds ?? []), ...panelIds])].sort(),
      parentIds: [...new Set([...(draft.parentIds ?? []), ...parentIds])].sort(),
    });
  }
  return whole;
}

const received = (who: AuditActor, drafts: AuditDraft[]): DisclosureBatch => ({
  who,
  what: drafts.flatMap((one) => one.disclosed ?? []),
  copied: drafts.flatMap((one) => one.copied ?? []),
});

/** All of a checkpoint: it is ours only where nothing of it changed. */
const asKept = ({ frontier, ...rest }: AuditCheckpoint): string => canonical({ ...rest, frontier: hex([frontier]) });

const hex = (hashes: Hash[]): string => `\\x${Buffer.concat(hashes).toString('hex')}`;

/** The hash of a whole subtree, from the leaf that completed it. */
export const kept = (nodes: Buffer, level: number): Hash | undefined => hashesIn(nodes)[level];
