/**
 * Proofs of the Merkle tree, as defined in RFC 9162, sections 2.1.3 and 2.1.4. A proof needs only hashes of complete
 * subtrees, which are stored with the leaf that completed them, so that it costs O(log n).
 */
import { splitHashes, type Hash } from './sealing.js';

/** Range of leaves: `from` inclusive, `to` exclusive. */
export type Range = [from: number, to: number];

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
export interface LeafPosition {
  /** Leaf that completed the subtree. */
  leaf: number;
  /** Height of the subtree: 0 is the leaf. */
  level: number;
}

/**
 * Decomposes a range into complete subtrees, left to right. `from` must be aligned to the size of the first subtree.
 */
export function completeSubtrees([from, to]: Range): LeafPosition[] {
  const positions: LeafPosition[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    at += 2 ** level;
    positions.push({ leaf: at - 1, level });
  }
  return positions;
}

/** Returns the hash of the complete subtree of this height, as stored with the leaf that completed the subtree. */
export const storedSubtreeHash = (nodes: Buffer, level: number): Hash | undefined => splitHashes(nodes)[level];
