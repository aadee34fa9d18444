/**
 * The Merkle tree of the log, in the shape of RFC 9162, section 2.1: SHA-256, a leaf is H(0x00 || data), a node is
 * H(0x01 || left || right), and the left subtree of n leaves holds the largest power of two below n.
 *
 * A whole subtree never changes once its last leaf is there. Appending needs only the roots of the whole subtrees that the
 * tree falls into (the frontier); a proof needs only hashes of whole subtrees, which are kept with the leaf that
 * completed them. Both cost the logarithm of the size.
 */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

export type Hash = Buffer;
/** Leaves `from` up to but not including `to`. */
export type Range = [from: number, to: number];

const sha256 = (...parts: Buffer[]): Hash => hash('sha256', Buffer.concat(parts), 'buffer');
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const leafHash = (data: string): Hash => sha256(LEAF, Buffer.from(data, 'utf8'));
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(NODE, left, right);

/** A tree of which only the right edge is known. */
export class Frontier {
  /** Whole subtrees, largest first: one for each bit of the size. */
  private readonly edge: Hash[];

  constructor(
    private count = 0,
    edge: Buffer = Buffer.alloc(0),
  ) {
    this.edge = hashesIn(edge);
  }

  get size(): number {
    return this.count;
  }

  /** Adds a leaf; answers the subtrees that it completes, smallest first, itself among them. */
  append(leaf: Hash): Hash[] {
    const completed = [leaf];
    let top = leaf;
    for (let rest = this.count; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      top = nodeHash(this.edge.pop() as Hash, top);
      completed.push(top);
    }
    this.edge.push(top);
    this.count += 1;
    return completed;
  }

  root(): Hash {
    return this.edge.length ? joined(this.edge) : sha256();
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.edge);
  }
}

/** Hashes written one after the other. */
export function hashesIn(buffer: Buffer): Hash[] {
  const count = buffer.length / HASH_BYTES;
  return Array.from({ length: count }, (_, at) => buffer.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** The root over neighbouring whole subtrees, largest first. */
export const joined = (subtrees: Hash[]): Hash => subtrees.reduceRight((right, left) => nodeHash(left, right));

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves (RFC 9162, section 2.1.3). */
export function inclusionPath(index: number, [from, to]: Range): Range[] {
  if (to - from === 1) return [];
  const middle = from + largestPowerBelow(to - from);
  return index < middle
    ? [...inclusionPath(index, [from, middle]), [middle, to]]
    : [...inclusionPath(index, [middle, to]), [from, middle]];
}

/** The subtrees whose hashes prove that the tree of `old` leaves is the beginning of this one (RFC 9162, section 2.1.4). */
export function consistencyPath(old: number, [from, to]: Range, isWhole = true): Range[] {
  if (old === to) return isWhole ? [] : [[from, to]];
  const middle = from + largestPowerBelow(to - from);
  return old <= middle
    ? [...consistencyPath(old, [from, middle], isWhole), [middle, to]]
    : [...consistencyPath(old, [middle, to], false), [from, middle]];
}

/** Where the hash of a whole subtree is kept. */
export interface Place {
  /** The leaf that completed it. */
  leaf: number;
  /** Its height: 0 is the leaf itself. */
  level: number;
}

/** The whole subtrees that leaves fall into, largest first. The range must begin where a subtree of its size may. */
export function wholeSubtrees([from, to]: Range): Place[] {
  const places: Place[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    at += 2 ** level;
    places.push({ leaf: at - 1, level });
  }
  return places;
}
