/**
 * The log as a file that somebody else can check. Lines of JSON:
 *
 *   {"type":"header","format":"wardmote-audit/2","keys":[{"id","publicKey"}],"size","leafMembers","earlierLeafMembers","personal"}
 *   {"type":"entry","index","leaf":{…},"values":{…},"salts":{…}}   an entry that the auditor may read
 *   {"type":"entry","index","leafHash"}                            one that they may not
 *   {"type":"checkpoint","size","root","time","keyId","signature"} right after the last entry that it covers
 *   {"type":"end","complete":false,"reason"}                       only where access ended while the export ran
 *
 * The entries stand in the order of their index, and the last line of a whole export is the checkpoint of its size. The tree
 * is over all entries of the service, so entries of other partnerships, of compartments and of
 * cases from which the auditor is excluded must take part: as their hash alone, which is
 * computed from the entry as it is now and not from what was kept when it was made, so that nobody can alter an entry where
 * the auditor does not see it. `sealing.ts` says how leaf hashes, commitments and signatures are made.
 *
 * The export is written down as disclosed before its first line leaves. It is fetched in parts; for each part the actor is
 * read anew, so that a role that ended ends the export.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../authentication/actor.js';
import { columnsOf, tableOf } from '../database/columns.js';
import { hasApplicableRule, subjectOf } from '../authorization/subjects.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Clock } from '../time/clock.js';
import { Records } from '../records/records.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { SealedLog } from './log.js';
import { EARLIER_LEAF_MEMBERS, FORMAT, LEAF_MEMBERS, leafHashOf, leafOf, PERSONAL } from './sealing.js';

export const NDJSON = 'application/x-ndjson';
const PART = 500;

const selected = (type: typeof AuditEntry | typeof AuditCheckpoint): string =>
  [...columnsOf(type)].map(([property, { name }]) => `t.${name} AS "${property}"`).join(', ');
const SIZE = `SELECT max(size) AS size FROM ${tableOf(AuditCheckpoint)}`;
const ENTRIES = `SELECT ${selected(AuditEntry)} FROM ${tableOf(AuditEntry)} t WHERE t.index >= $1 AND t.index < $2 ORDER BY t.index`;
const CHECKPOINTS = `SELECT ${selected(AuditCheckpoint)} FROM ${tableOf(AuditCheckpoint)} t WHERE t.size > $1 AND t.size <= $2 ORDER BY t.size`;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

@Injectable()
export class AuditExport {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
    private readonly log: SealedLog,
    private readonly clock: Clock,
  ) {}

  async of(actor: Actor): Promise<AuthorizedResponse> {
    const before = await this.size();
    await this.records.read(actor, async (work) => {
      work.auditExport(subjectOf(AuditEntry), before, [...LEAF_MEMBERS, ...PERSONAL, 'salts']);
    });
    const size = await this.size(); // this export's own entry is in it
    return AuthorizedResponse.streamed(
      Readable.from(this.lines(actor, size), { objectMode: false }),
      `${NDJSON}; charset=utf-8`,
    );
  }

  private async *lines(actor: Actor, size: number): AsyncGenerator<string> {
    const keys = [...this.log.keys.publicKeys].map(([id, publicKey]) => ({ id, publicKey }));
    const members = { leafMembers: LEAF_MEMBERS, earlierLeafMembers: EARLIER_LEAF_MEMBERS, personal: PERSONAL };
    yield line({ type: 'header', format: FORMAT, keys, size, ...members });
    for (let from = 0; from < size; from += PART) {
      const now = await this.actors.practitioner(actor.id, { ...actor, now: this.clock.now() });
      if (!now || !hasApplicableRule(now, subjectOf(AuditEntry), 'export')) {
        yield line({ type: 'end', complete: false, reason: 'The access of whoever exported ended meanwhile.' });
        return;
      }
      yield await this.part(now, from, Math.min(from + PART, size));
    }
  }

  /** Entries `from` up to but not including `to`, with the checkpoints among them. */
  private async part(actor: Actor, from: number, to: number): Promise<string> {
    const [entries, checkpoints] = await this.log.reading(async (client) => [
      (await client.query<AuditEntry>(ENTRIES, [from, to])).rows,
      (await client.query<AuditCheckpoint>(CHECKPOINTS, [from, to])).rows,
    ]);
    const id = { $in: entries.map((entry) => entry.id) };
    const permitted = await this.records.read(actor, (work) => work.findMany('export', AuditEntry, { id }, PART));
    const readable = new Map(permitted.map((entry) => [entry.id, entry]));
    const lines = [
      ...entries.map((entry) => ({ at: entry.index, text: line(lineOf(readable.get(entry.id) ?? null, entry)) })),
      ...checkpoints.map((one) => ({ at: one.size - 0.5, text: line(checkpointLine(one)) })),
    ];
    return lines
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join('');
  }

  private async size(): Promise<number> {
    const { rows } = await this.log.reading((client) => client.query<{ size: number | null }>(SIZE));
    return rows[0]?.size ?? 0;
  }
}

function lineOf(readable: AuditEntry | null, { index, ...entry }: AuditEntry): object {
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
