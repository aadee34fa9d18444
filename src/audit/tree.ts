/**
 * Merkle tree of the log, as defined in RFC 9162, section 2.1. The hash function is SHA-256, a leaf is H(0x00 || data),
 * a node is H(0x01 || left || right), and the left subtree of n leaves holds the largest power of two below n.
 *
 * A complete subtree never changes after its last leaf was appended. Appending therefore needs only the roots of the
 * complete subtrees that make up the tree (the frontier). A proof needs only hashes of complete subtrees, which are
 * stored with the leaf that completed them. Both operations cost O(log n).
 */
import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

export type Hash = Buffer;
/** Range of leaves: `from` inclusive, `to` exclusive. */
export type Range = [from: number, to: number];

const sha256 = (...parts: Buffer[]): Hash => hash('sha256', Buffer.concat(parts), 'buffer');
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const leafHash = (data: string): Hash => sha256(LEAF, Buffer.from(data, 'utf8'));
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(NODE, left, right);

/** Append-only tree of which only the right edge is stored. */
export class Frontier {
  /** Roots of the complete subtrees, largest first: one for each set bit of the size. */
  private readonly edge: Hash[];

  constructor(
    private count = 0,
    edge: Buffer = Buffer.alloc(0),
  ) {
    this.edge = splitHashes(edge);
  }

  get size(): number {
    return this.count;
  }

  /**
   * Appends a leaf. Returns the roots of the subtrees completed by the leaf, smallest first, starting with the leaf.
   */
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
    return this.edge.length ? joinSubtrees(this.edge) : sha256();
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.edge);
  }
}

/** Splits concatenated hashes. */
export function splitHashes(buffer: Buffer): Hash[] {
  const count = buffer.length / HASH_BYTES;
  return Array.from({ length: count }, (_, at) => buffer.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}

/** Computes the root over adjacent complete subtrees, ordered largest first. */
export const joinSubtrees = (subtrees: Hash[]): Hash => subtrees.reduceRight((right, left) => nodeHash(left, right));

function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** Returns the subtrees whose hashes form the inclusion proof of leaf `index` (RFC 9162, section 2.1.3). */
export function inclusionPath(index: number, [from, to]: Range): Range[] {
  if (to - from === 1) return [];
  const middle = from + largestPowerBelow(to - from);
  return index < middle
    ? [...inclusionPath(index, [from, middle]), [middle, to]]
    : [...inclusionPath(index, [middle, to]), [from, middle]];
}

/**
 * Returns the subtrees whose hashes form the consistency proof from `old` leaves to this range (RFC 9162, section
 * 2.1.4).
 */
export function consistencyPath(old: number, [from, to]: Range, isWhole = true): Range[] {
  if (old === to) return isWhole ? [] : [[from, to]];
  const middle = from + largestPowerBelow(to - from);
  return old <= middle
    ? [...consistencyPath(old, [from, middle], isWhole), [middle, to]]
    : [...consistencyPath(old, [middle, to], false), [from, middle]];
}

/** Location of the stored hash of a complete subtree. */
export interface Place {
  /** Leaf that completed the subtree. */
  leaf: number;
  /** Height of the subtree: 0 is the leaf. */
  level: number;
}

/**
 * Decomposes a range into complete subtrees, left to right. `from` must be aligned to the size of the first subtree.
 */
export function completeSubtrees([from, to]: Range): Place[] {
  const places: Place[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    at += 2 ** level;
    places.push({ leaf: at - 1, level });
  }
  return places;
}
