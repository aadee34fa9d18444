import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { Actor } from '../authentication/actor.js';
import { tableOf } from '../database/columns.js';
import { unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import type { AuditEntryQuery } from './audit.dto.js';
import { AuditCheckpointView, AuditEntryView } from './audit.response.js';
import { SealedLog } from './log.js';
import { leafHashOf, joinSubtrees, type Hash } from './sealing.js';
import { consistencyPath, inclusionPath, completeSubtrees, type Range, storedSubtreeHash } from './proofs.js';

@Injectable()
export class AuditService {
  constructor(
    private readonly records: Records,
    private readonly log: SealedLog,
  ) {}

  list(
    actor: Actor,
    { from, to, actorId, outcome, operation, ...query }: AuditEntryQuery,
  ): Promise<AuthorizedResponse> {
    const filter = {
      ...(from || to ? { at: { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } } : {}),
      ...(actorId ? { actorId } : {}),
      ...(outcome ? { outcome } : {}),
      ...(operation ? { operation } : {}),
    };
    return this.records.read(actor, (work) => work.respond.page(AuditEntryView, filter, query));
  }

  checkpoints(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(AuditCheckpointView, {}, query));
  }

  inclusionProof(actor: Actor, id: string, size?: number): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const entry = await work.records.find('read', AuditEntry, id);
      await work.respond.one(AuditEntryView, entry);
      const checkpoint = await findCheckpoint(work, '?size', size);
      if (checkpoint.size <= entry.index) throw notInTheCheckpoint(entry);
      return new AuthorizedResponse({
        index: entry.index,
        leafHash: leafHashOf(entry).toString('base64'),
        size: checkpoint.size,
        root: checkpoint.root,
        path: await this.readHashes(inclusionPath(entry.index, [0, checkpoint.size])),
        withheld: [],
      });
    });
  }

  consistencyProof(actor: Actor, from?: number, to?: number): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const earlier = await findCheckpoint(work, '?from', from, 'first');
      const later = await findCheckpoint(work, '?to', to);
      if (later.size < earlier.size) throw notALaterCheckpoint();
      return new AuthorizedResponse({
        from: earlier.size,
        fromRoot: earlier.root,
        to: later.size,
        toRoot: later.root,
        path: await this.readHashes(consistencyPath(earlier.size, [0, later.size])),
        withheld: [],
      });
    });
  }

  private readHashes(ranges: Range[]): Promise<string[]> {
    return this.log.runInLogContext((client) => readHashes(client, ranges));
  }
}

/** Returns the readable checkpoint of this size; without a size, the first or last readable checkpoint. */
async function findCheckpoint(
  work: UnitOfWork,
  pointer: string,
  size?: number,
  otherwise: 'first' | 'last' = 'last',
): Promise<AuditCheckpoint> {
  // the first checkpoint of the log is readable by everybody, because it is also the first of its day
  const wanted = size ?? (otherwise === 'first' ? await work.manager.minimum(AuditCheckpoint, 'size') : null);
  const [found] = await work.records.findMany('read', AuditCheckpoint, wanted === null ? {} : { size: wanted }, 1);
  if (!found)
    throw unacceptable(
      'no-such-checkpoint',
      'There is no checkpoint of this size that you may read. See GET /v1/audit-checkpoints.',
      [{ pointer, detail: 'is not the size of a checkpoint that you may read' }],
    );
  return found;
}

/** Computes the base64 hashes of these subtrees from the stored hashes of complete subtrees. */
async function readHashes(client: PoolClient, ranges: Range[]): Promise<string[]> {
  const leaves = ranges.flatMap((range) => completeSubtrees(range).map(({ leaf }) => leaf));
  const { rows } = await client.query<{ index: number; nodes: Buffer }>(
    `SELECT index, nodes FROM ${tableOf(AuditEntry)} WHERE index = ANY($1::bigint[])`,
    [leaves],
  );
  const nodes = new Map(rows.map((row) => [row.index, row.nodes]));
  const hashAt = (leaf: number, level: number): Hash => {
    const hash = storedSubtreeHash(nodes.get(leaf) ?? Buffer.alloc(0), level);
    if (!hash)
      throw new Error(`entry ${String(leaf)} of the log is missing or lacks its subtree of height ${String(level)}`);
    return hash;
  };
  return ranges.map((range) =>
    joinSubtrees(completeSubtrees(range).map(({ leaf, level }) => hashAt(leaf, level))).toString('base64'),
  );
}

const notInTheCheckpoint = (entry: AuditEntry): Error =>
  unacceptable('not-in-the-checkpoint', 'The entry is newer than this checkpoint. Choose a later checkpoint.', [
    { pointer: '?size', detail: `must be more than ${String(entry.index)}` },
  ]);

const notALaterCheckpoint = (): Error =>
  unacceptable('not-a-later-checkpoint', 'The second checkpoint is before the first. Swap them.', [
    { pointer: '?to', detail: 'must not be less than from' },
  ]);
