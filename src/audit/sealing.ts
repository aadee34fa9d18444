/**
 * Specification of how an entry becomes a leaf of the tree, sufficient to write an independent verifier.
 * `tools/audit-verify.mjs` was written from this comment alone.
 *
 * Canonical JSON: members sorted by the UTF-16 code units of their names, no white space, strings escaped as by
 * ECMAScript's `JSON.stringify`, integers in decimal digits, UTF-8 (RFC 8785, restricted to strings, integers, null,
 * arrays and objects). Timestamps are UTC with milliseconds, `2026-11-22T09:30:00.000Z`; identifiers are lower case.
 *
 * Leaf data: the canonical JSON of the entry's own members (`LEAF_MEMBERS`) and of `commitments`, an object with one
 * member for each personal value that the entry was created with. Leaf hash: SHA-256(0x00 || leaf data). An entry of
 * format `wardmote-audit/1` has no member `panelIds` (`EARLIER_LEAF_MEMBERS`); a log may begin with such entries.
 *
 * Commitment: the hex digits of SHA-256(salt || canonical JSON of the value). Each value has its own salt of 16 random
 * bytes. Personal values (`PERSONAL`) are not part of the leaf, so that a value can be erased together with its salt;
 * the commitment then proves only that a value existed. The actor, the time and the type of record are not erasable.
 *
 * Merkle tree of the log, as defined in RFC 9162, section 2.1. The hash function is SHA-256, a leaf is H(0x00 || data),
 * a node is H(0x01 || left || right), and the left subtree of n leaves holds the largest power of two below n.
 *
 * A complete subtree never changes after its last leaf was appended. Appending therefore needs only the roots of the
 * complete subtrees that make up the tree (the frontier), and costs O(log n).
 *
 * Signed note of a checkpoint: `wardmote-audit\n<size>\n<root in base64>\n<time>\n`, signed with Ed25519. The key
 * identifier is the first 16 hex digits of SHA-256 of the public key's 32 bytes.
 */
import { createHash, createPublicKey, hash, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import type { AuditEntry } from './audit-entry.entity.js';

export const FORMAT = 'wardmote-audit/2';

/** Erasable members, stored outside the leaf. */
export const PERSONAL = ['recordIds', 'personIds', 'parentIds', 'search', 'reason'] as const;

export const LEAF_MEMBERS = [
  'id',
  'index',
  'at',
  'recordedAt',
  'operation',
  'subOperation',
  'action',
  'outcome',
  'rule',
  'actorKind',
  'actorId',
  'agencyId',
  'principal',
  'recipientAgencyId',
  'purpose',
  'partnershipId',
  'panelIds',
  'subjectType',
  'resultCount',
  'fields',
  'withheld',
  'agreementVersionIds',
  'policyVersion',
  'route',
  'correlationId',
] as const satisfies (keyof AuditEntry)[];

export const canonicalAuditJson = (value: unknown): string => JSON.stringify(sortMembers(value));

/** Sorts the members of all nested objects by name. */
function sortMembers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object') ? value.map(sortMembers) : value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sortMembers((value as Record<string, unknown>)[name])]));
}

const SALT_BYTES = 16;
let random = Buffer.alloc(0);

/** Returns a salt from a pool of random bytes, which is drawn for 256 salts at a time. */
function drawSalt(): Buffer {
  if (!random.length) random = randomBytes(SALT_BYTES * 256);
  const salt = random.subarray(0, SALT_BYTES);
  random = random.subarray(SALT_BYTES);
  return salt;
}

type Personal = Pick<AuditEntry, (typeof PERSONAL)[number]>;

/** Generates a salt and a commitment for each personal value that is not null. */
export function commitTo(values: Personal): Pick<AuditEntry, 'commitments' | 'salts'> {
  const commitments: Record<string, string> = {};
  const salts: Record<string, string> = {};
  for (const field of PERSONAL) {
    if (values[field] === null) continue;
    const salt = drawSalt();
    salts[field] = salt.toString('hex');
    commitments[field] = hash('sha256', Buffer.concat([salt, Buffer.from(canonicalAuditJson(values[field]))]), 'hex');
  }
  return { commitments, salts };
}

/** Members of the leaves of `wardmote-audit/1`, whose entries did not record panels. */
export const EARLIER_LEAF_MEMBERS = [LEAF_MEMBERS.filter((member) => member !== 'panelIds')];

const IN_ORDER = [...LEAF_MEMBERS, 'commitments' as const].sort();
const IN_ORDER_BEFORE = IN_ORDER.filter((member) => member !== 'panelIds');

/** Returns the leaf data of an entry, with its members sorted by name. */
export function leafOf(entry: Omit<AuditEntry, 'nodes'>): Record<string, unknown> {
  const leaf: Record<string, unknown> = {};
  const members = entry.panelIds === null ? IN_ORDER_BEFORE : IN_ORDER;
  for (const member of members)
    leaf[member] = member === 'commitments' ? sortMembers(entry.commitments) : entry[member];
  return leaf;
}

/**
 * Computes the leaf hash. `JSON.stringify` already yields canonical JSON here: `leafOf` sorts the members, and values
 * other than the commitments are scalars or arrays of strings.
 */
export const leafHashOf = (entry: Omit<AuditEntry, 'nodes'>): Hash => leafHash(JSON.stringify(leafOf(entry)));

interface SignedState {
  size: number;
  root: string;
  time: Date;
}

const noteOf = ({ size, root, time }: SignedState): Buffer =>
  Buffer.from(`wardmote-audit\n${String(size)}\n${root}\n${time.toISOString()}\n`);

const SPKI_OF_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

const idOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 16);

/** Signing key of checkpoints, the public keys of earlier signing keys, and values derived from them. */
export class SigningKeys {
  /** Public keys (32 bytes, base64) by key identifier; the current key first. */
  readonly publicKeys: ReadonlyMap<string, string>;
  /** Identifier of the current key. */
  readonly id: string;
  /** HMAC key for digests of search terms: a holder of the log without this key cannot test guessed names. */
  readonly searchSecret: Buffer;

  constructor(
    private readonly key: KeyObject,
    earlier: string[] = [],
  ) {
    const today = createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64');
    this.publicKeys = new Map([today, ...earlier].map((one) => [idOf(one), one]));
    this.id = idOf(today);
    const secret = key.export({ type: 'pkcs8', format: 'der' });
    this.searchSecret = createHash('sha256').update('wardmote-audit search\n').update(secret).digest();
  }

  sign(signed: SignedState): string {
    return sign(null, noteOf(signed), this.key).toString('base64');
  }

  /** Verifies the signature of a checkpoint against the current and earlier keys. */
  verifySignature(checkpoint: SignedState & { keyId: string; signature: string }): boolean {
    const raw = this.publicKeys.get(checkpoint.keyId);
    if (!raw) return false;
    const der = Buffer.concat([SPKI_OF_ED25519, Buffer.from(raw, 'base64')]);
    const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
    return verify(null, noteOf(checkpoint), key, Buffer.from(checkpoint.signature, 'base64'));
  }
}

export const HASH_BYTES = 32;

export type Hash = Buffer;

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
