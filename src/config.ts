/**
 * Everything the environment decides, read once; no other file reads it. The rules of production hold unless the sandbox is
 * switched on (`SANDBOX=on`); `NODE_ENV` chooses nothing. What stands in the way of starting is collected, so that one run
 * names all of it: here what can be told from the settings, in `database-role.ts` what only the database knows.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { publicBytesOf, seedOf, weaknessOfKey, weaknessOfPublicKey, weaknessOfSecret } from './secrets.js';

const { env } = process;

const DEVELOPMENT_SECRET = 'for-development-only-never-in-production';
const DEVELOPMENT_SEED = createHash('sha256').update(DEVELOPMENT_SECRET).digest();
const PKCS8_OF_ED25519_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const fromSeed = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519_SEED, seed]), format: 'der', type: 'pkcs8' });

/** The sandbox's own issuer: no agency signs in there, so no configured issuer may have its name. */
export const SANDBOX_ISSUER_NAME = 'https://sandbox.wardmote.example';

export interface IssuerConfig {
  /** The `iss` of its tokens, exactly. */
  issuer: string;
  audience: string;
  jwksUri: string;
  /** The agency (its code) whose people sign in there; the sandbox's issuer serves them all. */
  agency: string | null;
}

/** Settings that cannot be read at all. */
const unreadable: string[] = [];

function integer(name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  unreadable.push(`${name} must be a whole number, not "${text}".`);
  return fallback;
}

const isLoopback = (host: string): boolean =>
  /^(127(\.\d{1,3}){3}|localhost|::1|\[::1\])$/.test(host.trim().toLowerCase());

const AGENCY_CODE = /^[a-z0-9-]{2,40}$/;
/** Issuers that differ in this alone are one to whoever reads them. */
const plain = (issuer: string): string => issuer.trim().toLowerCase().replace(/\/+$/, '');

function urlOf(text: unknown): URL | null {
  return typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
}

/** The issuers, and what is wrong with each. */
function readIssuers(): { issuers: IssuerConfig[]; wrong: string[] } {
  const text = env['ISSUERS']?.trim();
  if (!text) return { issuers: [], wrong: [] };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { issuers: [], wrong: ['ISSUERS is no JSON: write a list of objects, as .env.example does.'] };
  }
  if (!Array.isArray(list)) return { issuers: [], wrong: ['ISSUERS must be a JSON list of objects.'] };
  const issuers: IssuerConfig[] = [];
  const wrong: string[] = [];
  for (const [at, one] of (list as unknown[]).entries()) {
    const { issuer, audience, jwksUri, agency } = (one ?? {}) as Record<string, unknown>;
    const name = typeof issuer === 'string' && issuer ? issuer : `number ${String(at + 1)}`;
    const say = (what: string): void => void wrong.push(`ISSUERS: the issuer ${name} ${what}`);
    if (typeof issuer !== 'string' || !issuer) say('needs "issuer", the `iss` of its tokens.');
    if (typeof audience !== 'string' || !audience) say('needs "audience".');
    const keys = urlOf(jwksUri);
    if (!keys) say('needs "jwksUri", an address.');
    else if (keys.protocol !== 'https:' && !(keys.protocol === 'http:' && isLoopback(keys.hostname)))
      say('fetches its keys without TLS: "jwksUri" must begin with https:, or stay on this machine.');
    if (typeof agency !== 'string' || !AGENCY_CODE.test(agency))
      say('names no "agency": it would vouch for the people of every agency. Name the code of one.');
    if (typeof issuer === 'string' && plain(issuer) === plain(SANDBOX_ISSUER_NAME)) say('has the name of the sandbox.');
    if (typeof issuer === 'string' && issuers.some((other) => plain(other.issuer) === plain(issuer)))
      say('stands there twice: one issuer vouches for one agency.');
    issuers.push({
      issuer: String(issuer),
      audience: String(audience),
      jwksUri: String(jwksUri),
      agency: String(agency),
    });
  }
  return { issuers, wrong };
}

function signingKeyOf(text: string): KeyObject | null {
  const seed = seedOf(text);
  return seed && fromSeed(seed);
}

const { issuers, wrong: wrongIssuers } = readIssuers();
const sandbox = env['SANDBOX']?.trim() === 'on';
const cursorSecret = env['CURSOR_SECRET'] ?? '';
const signingKey = env['AUDIT_SIGNING_KEY'] ?? '';
const host = env['HOST'] || '127.0.0.1';

export const config = {
  port: integer('PORT', 3000),
  host,
  /** The service's own connection: a role that owns nothing. */
  databaseUrl: env['DATABASE_URL'] ?? '',
  /** The owner's connection, for migrations and the sandbox's seed. */
  ownerDatabaseUrl: env['MIGRATION_DATABASE_URL'] || env['DATABASE_URL'] || '',
  /** Twice the processors, and one that waits for the disk: more connections only drive each other out of the caches. */
  databasePool: integer('DATABASE_POOL', 2 * availableParallelism() + 1),
  /** Threads that make papers (PDF, DOCX), each with about 250 MB at most. */
  paperThreads: Math.max(1, integer('PAPER_THREADS', Math.max(1, availableParallelism() - 1))),
  sandbox,
  /** The day on which the sandbox's seed is made; today where empty. */
  sandboxNow: env['SANDBOX_NOW'] ?? '',
  issuers,
  audience: env['AUDIENCE'] ?? 'https://wardmote.example/api',
  cursorSecret: cursorSecret || DEVELOPMENT_SECRET,
  /** Signs the checkpoints of the audit log; null where what was set is no Ed25519 key. */
  auditSigningKey: signingKey ? signingKeyOf(signingKey) : fromSeed(DEVELOPMENT_SEED),
  /** Public keys (32 bytes, base64) with which checkpoints were signed before: the log is continued from these alone. */
  auditEarlierKeys: (env['AUDIT_EARLIER_KEYS'] ?? '').split(',').filter(Boolean),
  /** The one origin whose pages may call from a browser. */
  allowedOrigin: env['ALLOWED_ORIGIN'] ?? 'https://wardmote.example',
  /** Are addresses of callers those that a proxy in front of the service says? */
  trustProxy: env['TRUST_PROXY'] === 'on',
  /** Requests a minute and principal. */
  rateLimit: integer('RATE_LIMIT', 600),
  /** Does this process do jobs? */
  jobs: env['JOBS'] !== 'off',
  logLevel: env['LOG_LEVEL'] ?? 'info',
} as const;

/** Lists what stands in the way of starting, as far as the settings tell; empty where nothing does. */
export function obstacles(): string[] {
  const found = [...unreadable, ...(sandbox ? contradictions() : [...wrongIssuers])];
  if (!['', 'on', 'off'].includes(env['SANDBOX']?.trim() ?? '')) found.push('SANDBOX must be "on" or "off".');
  if (!config.databaseUrl) found.push('DATABASE_URL is not set: name the PostgreSQL database, or use `npm start`.');
  if (!config.auditSigningKey)
    found.push('AUDIT_SIGNING_KEY is no Ed25519 key: set a PKCS#8 PEM, or 32 random bytes in base64.');
  if (!sandbox || !isLoopback(host)) found.push(...weakSecrets());
  if (!sandbox && !issuers.length && !wrongIssuers.length)
    found.push('ISSUERS must name at least one OIDC issuer, or SANDBOX must be on.');
  return found;
}

/** The sandbox lets anybody sign in as anybody: it shares no process with what real people use. */
function contradictions(): string[] {
  const found: string[] = [];
  if (env['NODE_ENV'] === 'production')
    found.push(
      'SANDBOX=on is refused together with NODE_ENV=production: the sandbox lets anybody sign in as anybody. Set one of them.',
    );
  if (env['ISSUERS']?.trim())
    found.push(
      'SANDBOX=on is refused together with ISSUERS: whoever signs in to the sandbox could pass for a person of those issuers. Set one of them.',
    );
  return found;
}

function weakSecrets(): string[] {
  const found: string[] = [];
  const where = sandbox ? ` Where HOST is not of this machine (${host}), the sandbox needs secrets of its own.` : '';
  const refuse = (name: string, why: string, instead: string): void =>
    void found.push(`${name} ${why}. ${instead}${where}`);
  const random = 'Set `openssl rand -base64 48`.';
  const cursor = cursorSecret ? weaknessOfSecret(cursorSecret, [DEVELOPMENT_SECRET]) : 'must be set';
  if (cursor) refuse('CURSOR_SECRET', cursor, random);
  const key = 'Set `openssl rand -base64 32`, kept apart from the database.';
  const seed = seedOf(signingKey);
  const weakness = signingKey
    ? seed && weaknessOfKey(seed, [publicBytesOf(fromSeed(DEVELOPMENT_SEED))])
    : 'must be set';
  if (weakness) refuse('AUDIT_SIGNING_KEY', weakness, key);
  if (seed && cursorSecret && seedOf(cursorSecret)?.equals(seed))
    refuse('CURSOR_SECRET', 'is the same as AUDIT_SIGNING_KEY', random);
  for (const one of config.auditEarlierKeys) {
    const earlier = weaknessOfPublicKey(Buffer.from(one, 'base64'), [publicBytesOf(fromSeed(DEVELOPMENT_SEED))]);
    if (earlier)
      refuse(
        'AUDIT_EARLIER_KEYS',
        `names a key that ${earlier}`,
        'Anybody could have signed what it signed: leave it out.',
      );
  }
  return found;
}
