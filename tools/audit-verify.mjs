/**
 * `npm run audit:verify -- FILE [--key PUBLIC_KEY] [--checkpoint KEPT.json]`: verifies an export of the audit log
 * (`GET /v1/audit-entries/export`) from the export alone.
 *
 * The verifier shares no code with the service. The header comment of `src/audit/sealing.ts` specifies everything it
 * does, so that anybody can write another one.
 *
 *   FILE           export file; `-` reads standard input
 *   --key          public key of the service (base64), as published by the operator; repeat for each earlier key.
 *                  Without it the keys are taken from the export, which then proves only that it is consistent.
 *   --checkpoint   stored checkpoint, as returned by `GET /v1/audit-checkpoints` (one, or the whole page): the export
 *                  must begin with the log that it signs. Nothing else detects a log cut off together with its
 *                  checkpoints.
 *
 * Exit code 0: valid. 1: invalid; the first bad entry is named. 2: wrong usage.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** Formats of the export. Leaves of the first have no `panelIds`; a log of the second may begin with such entries. */
const FORMATS = ['wardmote-audit/1', 'wardmote-audit/2'];
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** @typedef {{ type?: string, size: number, root: string, time: string, keyId: string, signature: string }} Checkpoint */
/** @typedef {{ index: number, leafHash: string, leaf?: Record<string, any>, values: Record<string, unknown>, salts: Record<string, string> }} Entry */

class VerificationError extends Error {}

/** @param {...(Buffer | string)} parts */
const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * Serializes to JSON with sorted members and without white space.
 * @param {any} value
 * @returns {string}
 */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** Merkle tree as the roots of the complete subtrees on its right edge, with the number of leaves of each. */
class Tree {
  /** @type {{ leaves: number, hash: Buffer }[]} */
  stack = [];
  size = 0;

  /** @param {Buffer} hash */
  add(hash) {
    let node = { leaves: 1, hash };
    while (this.stack.at(-1)?.leaves === node.leaves) {
      const left = /** @type {{ hash: Buffer }} */ (this.stack.pop());
      node = { leaves: node.leaves * 2, hash: sha256(Buffer.of(1), left.hash, node.hash) };
    }
    this.stack.push(node);
    this.size += 1;
  }

  root() {
    let hash = this.stack.at(-1)?.hash ?? sha256();
    for (let at = this.stack.length - 2; at >= 0; at -= 1)
      hash = sha256(Buffer.of(1), /** @type {{ hash: Buffer }} */ (this.stack[at]).hash, hash);
    return hash.toString('base64');
  }
}

class Verifier {
  tree = new Tree();
  /** @type {Map<string, string>} public keys by identifier */
  keys = new Map();
  /** @type {{ size: number, leafMembers: string[], earlierLeafMembers?: string[][], personal: string[] } | undefined} */
  header;
  /** @type {Checkpoint | undefined} */
  last;
  /** First entry after the last checkpoint. */
  unsigned = '';
  counts = { read: 0, hashOnly: 0, erased: 0, checkpoints: 0, kept: 0 };

  /**
   * @param {string[]} trusted
   * @param {Checkpoint[]} kept
   */
  constructor(trusted, kept) {
    this.trusted = trusted;
    this.kept = [...kept].sort((a, b) => a.size - b.size);
    this.trust(trusted);
  }

  /** @param {string[]} publicKeys */
  trust(publicKeys) {
    for (const key of publicKeys) {
      const raw = Buffer.from(key, 'base64');
      if (raw.length !== 32) throw new VerificationError(`"${key}" is not an Ed25519 public key (32 bytes in base64)`);
      this.keys.set(sha256(raw).toString('hex').slice(0, 16), key);
    }
  }

  /** @param {any} line */
  take(line) {
    if (!this.header) this.begin(line);
    else if (line.type === 'entry') this.entry(line);
    else if (line.type === 'checkpoint') this.checkpoint(line);
    else if (line.type === 'end') throw new VerificationError(`the export is incomplete: ${line.reason}`);
    else throw new VerificationError(`the line after ${this.tree.size} entries has an unknown type`);
  }

  /** @param {any} header */
  begin(header) {
    if (header.type !== 'header' || !FORMATS.includes(header.format))
      throw new VerificationError(`the first line is not a header of ${FORMATS.join(' or ')}`);
    this.header = header;
    if (!this.trusted.length) this.trust(header.keys.map((/** @type {{ publicKey: string }} */ key) => key.publicKey));
    for (const one of this.kept) this.signature(one, `the kept checkpoint of size ${one.size}`);
  }

  /** @param {Entry} entry */
  entry(entry) {
    const name = `entry ${entry.index}${entry.leaf ? ` (${entry.leaf.id})` : ''}`;
    if (entry.index > this.tree.size)
      throw new VerificationError(`entry ${this.tree.size} is missing: the next one is ${name}`);
    if (entry.index !== this.tree.size)
      throw new VerificationError(`${name} is in the place of entry ${this.tree.size}`);
    this.unsigned ||= name;
    this.tree.add(entry.leaf ? this.leaf(name, /** @type {Required<Entry>} */ (entry)) : this.hashOnly(name, entry));
    this.compareWithKept();
  }

  /**
   * @param {string} name
   * @param {Entry} entry
   */
  hashOnly(name, { leafHash }) {
    this.counts.hashOnly += 1;
    const hash = Buffer.from(leafHash, 'base64');
    if (hash.length !== 32) throw new VerificationError(`${name} has no leaf hash`);
    return hash;
  }

  /**
   * @param {string} name
   * @param {Required<Entry>} entry
   */
  leaf(name, { index, leaf, leafHash, values, salts }) {
    this.counts.read += 1;
    const {
      leafMembers,
      earlierLeafMembers = [],
      personal,
    } = /** @type {NonNullable<Verifier['header']>} */ (this.header);
    if (leaf.index !== index) throw new VerificationError(`${name} was created as entry ${leaf.index}`);
    const members = Object.keys(leaf).sort().join();
    const expected = [leafMembers, ...earlierLeafMembers].map((one) => [...one, 'commitments'].sort().join());
    if (!expected.includes(members)) throw new VerificationError(`${name} has unexpected members`);
    for (const field of personal) this.value(`${name}: ${field}`, leaf.commitments[field], values[field], salts[field]);
    const hash = sha256(Buffer.of(0), canonical(leaf));
    if (hash.toString('base64') !== leafHash) throw new VerificationError(`${name} was altered: its leaf hash differs`);
    return hash;
  }

  /**
   * Checks a value: it must match its commitment, be erased together with its salt, or never have existed.
   * @param {string} name
   * @param {string | undefined} commitment
   * @param {unknown} value
   * @param {string | undefined} salt
   */
  value(name, commitment, value, salt) {
    if (commitment === undefined) {
      if (value !== null || salt !== undefined) throw new VerificationError(`${name} was added afterwards`);
      return;
    }
    if (value === null && salt === undefined) {
      this.counts.erased += 1;
      return;
    }
    if (value === null) throw new VerificationError(`${name} was removed, but not erased: its salt is still there`);
    const found = sha256(Buffer.from(salt ?? '', 'hex'), canonical(value)).toString('hex');
    if (found !== commitment) throw new VerificationError(`${name} was altered: it does not match its commitment`);
  }

  /** @param {Checkpoint} checkpoint */
  checkpoint(checkpoint) {
    const { size, root } = checkpoint;
    if (size > this.tree.size)
      throw new VerificationError(`entry ${this.tree.size} is missing: a checkpoint of size ${size} follows`);
    if (size < this.tree.size || size === this.last?.size)
      throw new VerificationError(`a checkpoint of size ${size} follows entry ${this.tree.size - 1}`);
    const from = this.last?.size ?? 0;
    const which = from === size - 1 ? this.unsigned : `${this.unsigned}, or one after it up to entry ${size - 1},`;
    this.signature(checkpoint, `the checkpoint of size ${size}, which covers ${which}`);
    if (root !== this.tree.root())
      throw new VerificationError(`${which} is not what the checkpoint of size ${size} signs`);
    this.counts.checkpoints += 1;
    this.last = checkpoint;
    this.unsigned = '';
  }

  /**
   * @param {Checkpoint} checkpoint
   * @param {string} name
   */
  signature({ size, root, time, keyId, signature }, name) {
    const raw = this.keys.get(keyId);
    if (!raw) throw new VerificationError(`${name} is signed with a key that is not trusted (${keyId})`);
    const der = Buffer.concat([SPKI_PREFIX, Buffer.from(raw, 'base64')]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const note = Buffer.from(`wardmote-audit\n${size}\n${root}\n${time}\n`);
    if (!verify(null, note, key, Buffer.from(signature, 'base64')))
      throw new VerificationError(`${name} has an invalid signature`);
  }

  compareWithKept() {
    for (; this.kept[0]?.size === this.tree.size; this.kept.shift()) {
      if (this.kept[0].root !== this.tree.root())
        throw new VerificationError(
          `entry ${this.tree.size - 1} or one before it is not what the kept checkpoint signs`,
        );
      this.counts.kept += 1;
    }
  }

  end() {
    if (!this.header) throw new VerificationError('the export is empty');
    const [kept] = this.kept;
    if (kept)
      throw new VerificationError(
        `entry ${this.tree.size} is missing: the kept checkpoint signs ${kept.size} entries, the log was cut to ${this.tree.size}`,
      );
    if (this.unsigned) throw new VerificationError(`${this.unsigned} is covered by no checkpoint`);
    if (this.tree.size !== this.header.size)
      throw new VerificationError(
        `entry ${this.tree.size} is missing: the export should have ${this.header.size} entries`,
      );
  }

  summary() {
    const { read, hashOnly, erased, checkpoints, kept } = this.counts;
    const { size = 0, root = '', time = '', keyId = '' } = this.last ?? {};
    return [
      `ok: ${size} entries match the signatures, in order, none missing`,
      `    ${read} read in full, ${hashOnly} by their hash alone, ${erased} personal values erased`,
      `    ${checkpoints} checkpoints, the last of ${time} signed with key ${keyId}, root ${root}`,
      `    ${kept ? `begins with the log of ${kept} kept checkpoint${kept > 1 ? 's' : ''}` : 'not compared with a stored checkpoint: a log cut at its end looks complete'}`,
      ...(this.trusted.length ? [] : ['    the key was taken from the export: use --key to verify its owner']),
    ].join('\n');
  }
}

/** @param {string | undefined} file @returns {Checkpoint[]} */
function checkpointsIn(file) {
  if (!file) return [];
  const kept = JSON.parse(fs.readFileSync(file, 'utf8'));
  return Array.isArray(kept.data) ? kept.data : [kept];
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true }, checkpoint: { type: 'string' } },
  });
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new TypeError('one export file is required');
  const input = file === '-' ? process.stdin : fs.createReadStream(file);
  const verifier = new Verifier(values.key ?? [], checkpointsIn(values.checkpoint));
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      throw new VerificationError(`line ${number} is not JSON; entry ${verifier.tree.size} is expected next`);
    }
    try {
      verifier.take(line);
    } catch (error) {
      if (error instanceof VerificationError) throw error;
      throw new VerificationError(`line ${number} is malformed; entry ${verifier.tree.size} is expected next`);
    }
  }
  verifier.end();
  console.log(verifier.summary());
}

try {
  await main();
} catch (error) {
  if (error instanceof VerificationError) {
    console.error(`BAD: ${error.message}`);
    process.exitCode = 1;
  } else {
    console.error(
      `${error instanceof Error ? error.message : 'unknown fault'}\nusage: npm run audit:verify -- FILE [--key PUBLIC_KEY] [--checkpoint KEPT.json]`,
    );
    process.exitCode = 2;
  }
}
