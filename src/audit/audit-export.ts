/**
 * Export of the audit log as newline-delimited JSON that a third party can verify. Lines:
 *
 *   {"type":"header","format":"wardmote-audit/2","keys":[{"id","publicKey"}],"size","leafMembers","earlierLeafMembers","personal"}
 *   {"type":"entry","index","leaf":{…},"values":{…},"salts":{…}}   an entry that the auditor may read
 *   {"type":"entry","index","leafHash"}                            an entry that the auditor may not read
 *   {"type":"checkpoint","size","root","time","keyId","signature"} directly after the last entry covered
 *   {"type":"end","complete":false,"reason"}                       only if access ended while the export ran
 *
 * Entries are ordered by index, and the last line of a complete export is the checkpoint of its size. The tree covers
 * all entries of the service. Entries of other partnerships, of compartments and of cases from which the auditor is
 * excluded therefore appear too, reduced to their leaf hashes. Each leaf hash is computed from the stored entry at
 * export time, not copied from the hash stored when the entry was created. An alteration of an entry is thus detected
 * even if the auditor cannot read the entry. `sealing.ts` specifies leaf hashes, commitments and signatures.
 *
 * The disclosure of the export is committed to the log before the first line is sent. Entries are read in parts, and
 * the actor is reloaded for each part, so that the export stops when the actor's role ends.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../authentication/actor.js';
import { columnsOf, tableOf } from '../database/columns.js';
import { subjectOf } from '../authorization/subjects.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Clock } from '../time/clock.js';
import { Records } from '../records/records.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { SealedLog } from './log.js';
import { EARLIER_LEAF_MEMBERS, FORMAT, LEAF_MEMBERS, leafHashOf, leafOf, PERSONAL } from './sealing.js';
import { hasApplicableRule } from '../authorization/applicable-rules.js';

export const NDJSON = 'application/x-ndjson';
const BATCH_SIZE = 500;

const selectColumns = (type: typeof AuditEntry | typeof AuditCheckpoint): string =>
  [...columnsOf(type)].map(([property, { name }]) => `t.${name} AS "${property}"`).join(', ');
const SIZE = `SELECT max(size) AS size FROM ${tableOf(AuditCheckpoint)}`;
const ENTRIES = `SELECT ${selectColumns(AuditEntry)} FROM ${tableOf(AuditEntry)} t WHERE t.index >= $1 AND t.index < $2 ORDER BY t.index`;
const CHECKPOINTS = `SELECT ${selectColumns(AuditCheckpoint)} FROM ${tableOf(AuditCheckpoint)} t WHERE t.size > $1 AND t.size <= $2 ORDER BY t.size`;

const jsonLine = (value: object): string => `${JSON.stringify(value)}\n`;

@Injectable()
export class AuditExport {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly log: SealedLog,
    private readonly clock: Clock,
  ) {}

  async start(actor: Actor): Promise<AuthorizedResponse> {
    const before = await this.size();
    await this.records.read(actor, async (work) => {
      const fields = [...LEAF_MEMBERS, ...PERSONAL, 'salts'];
      const what = { action: 'export', resultCount: before, fields };
      work.audit.add('disclose', 'export', subjectOf(AuditEntry), [], what);
    });
    const size = await this.size(); // includes the entry that records this export
    return AuthorizedResponse.streamed(
      Readable.from(this.lines(actor, size), { objectMode: false }),
      `${NDJSON}; charset=utf-8`,
    );
  }

  private async *lines(actor: Actor, size: number): AsyncGenerator<string> {
    const keys = [...this.log.keys.publicKeys].map(([id, publicKey]) => ({ id, publicKey }));
    const members = { leafMembers: LEAF_MEMBERS, earlierLeafMembers: EARLIER_LEAF_MEMBERS, personal: PERSONAL };
    yield jsonLine({ type: 'header', format: FORMAT, keys, size, ...members });
    for (let from = 0; from < size; from += BATCH_SIZE) {
      const now = await this.actors.practitioner(actor.id, { ...actor, now: this.clock.now() });
      if (!now || !hasApplicableRule(now, subjectOf(AuditEntry), 'export')) {
        yield jsonLine({ type: 'end', complete: false, reason: 'Your access to the log ended during the export.' });
        return;
      }
      yield await this.formatBatch(now, from, Math.min(from + BATCH_SIZE, size));
    }
  }

  /** Formats entries `from` (inclusive) to `to` (exclusive), interleaved with their checkpoints. */
  private async formatBatch(actor: Actor, from: number, to: number): Promise<string> {
    const [entries, checkpoints] = await this.log.runInLogContext(async (client) => [
      (await client.query<AuditEntry>(ENTRIES, [from, to])).rows,
      (await client.query<AuditCheckpoint>(CHECKPOINTS, [from, to])).rows,
    ]);
    const id = { $in: entries.map((entry) => entry.id) };
    const permitted = await this.records.read(actor, (work) =>
      work.records.findMany('export', AuditEntry, { id }, BATCH_SIZE),
    );
    const readable = new Map(permitted.map((entry) => [entry.id, entry]));
    const lines = [
      ...entries.map((entry) => ({
        at: entry.index,
        text: jsonLine(entryLine(readable.get(entry.id) ?? null, entry)),
      })),
      ...checkpoints.map((one) => ({ at: one.size - 0.5, text: jsonLine(checkpointLine(one)) })),
    ];
    return lines
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join('');
  }

  private async size(): Promise<number> {
    const { rows } = await this.log.runInLogContext((client) => client.query<{ size: number | null }>(SIZE));
    return rows[0]?.size ?? 0;
  }
}

function entryLine(readable: AuditEntry | null, { index, ...entry }: AuditEntry): object {
  if (!readable) return { type: 'entry', index, leafHash: leafHashOf({ index, ...entry }).toString('base64') };
  const values = Object.fromEntries(PERSONAL.map((field) => [field, readable[field]]));
  const leafHash = readable.nodes.subarray(0, 32).toString('base64');
  return { type: 'entry', index, leafHash, leaf: leafOf(readable), values, salts: readable.salts };
}

const checkpointLine = ({ size, root, time, keyId, signature }: AuditCheckpoint): object => ({
  type: 'checkpoint',
  size,
  root,
  time,
  keyId,
  signature,
});
