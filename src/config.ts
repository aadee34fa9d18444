/**
 * Configuration from environment variables, read once; no other file reads the environment. The rules of production
 * apply unless `SANDBOX=on`; `NODE_ENV` selects nothing. All obstacles to starting are collected, so that one run
 * reports them together: obstacles in the settings here, obstacles in the database in `database-role.ts`.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { publicBytesOf, parseSeed, weaknessOfKey, weaknessOfPublicKey, weaknessOfSecret } from './secrets.js';

const { env } = process;

const DEVELOPMENT_SECRET = 'for-development-only-never-in-production';
const DEVELOPMENT_SEED = createHash('sha256').update(DEVELOPMENT_SECRET).digest();
const PKCS8_OF_ED25519_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKeyFromSeed = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519_SEED, seed]), format: 'der', type: 'pkcs8' });

/** Settings that cannot be parsed. */
const unreadable: string[] = [];

export interface IssuerConfig {
  /** Exact `iss` claim of its tokens. */
  issuer: string;
  audience: string;
  jwksUri: string;
  /**
   * Code of the agency whose people sign in with this issuer. Null for the issuer of the sandbox, which serves all
   * agencies.
   */
  agency: string | null;
}

const port = readInteger('PORT', 3000);
const host = env['HOST'] || '127.0.0.1';
const ownHost = ['0.0.0.0', '::', '[::]'].includes(host) ? '127.0.0.1' : host;

/** Issuer of the sandbox, whose keys this process serves. A configured issuer must not use its name. */
export const SANDBOX_ISSUER: IssuerConfig = {
  issuer: 'https://sandbox.wardmote.example',
  audience: 'https://wardmote.example/api',
  jwksUri: `http://${ownHost}:${String(port)}/sandbox/issuer/jwks`,
  agency: null,
};

function readInteger(name: string, fallback: number): number {
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
/** Normalizes the name of an issuer. Names that are equal after it look alike to a reader. */
const normalizeIssuer = (issuer: string): string => issuer.trim().toLowerCase().replace(/\/+$/, '');

function parseUrl(text: unknown): URL | null {
  return typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
}

/** Reads the issuers, with the errors found in each. */
function readIssuers(): { issuers: IssuerConfig[]; wrong: string[] } {
  const text = env['ISSUERS']?.trim();
  if (!text) return { issuers: [], wrong: [] };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { issuers: [], wrong: ['ISSUERS is not JSON: write a list of objects, as in .env.example.'] };
  }
  if (!Array.isArray(list)) return { issuers: [], wrong: ['ISSUERS must be a JSON list of objects.'] };
  const issuers: IssuerConfig[] = [];
  const wrong: string[] = [];
  for (const [at, one] of (list as unknown[]).entries()) {
    const { issuer, audience, jwksUri, agency } = (one ?? {}) as Record<string, unknown>;
    const name = typeof issuer === 'string' && issuer ? issuer : `number ${String(at + 1)}`;
    const report = (what: string): void => void wrong.push(`ISSUERS: the issuer ${name} ${what}`);
    if (typeof issuer !== 'string' || !issuer) report('needs "issuer", the `iss` of its tokens.');
    if (typeof audience !== 'string' || !audience) report('needs "audience".');
    const keys = parseUrl(jwksUri);
    if (!keys) report('needs "jwksUri", a URL.');
    else if (keys.protocol !== 'https:' && !(keys.protocol === 'http:' && isLoopback(keys.hostname)))
      report('fetches its keys without TLS: "jwksUri" must begin with https:, or refer to this machine.');
    if (typeof agency !== 'string' || !AGENCY_CODE.test(agency))
      report('has no "agency", so that it could sign in people of every agency. Set the code of one agency.');
    if (typeof issuer === 'string' && normalizeIssuer(issuer) === normalizeIssuer(SANDBOX_ISSUER.issuer))
      report('has the name of the sandbox.');
    if (
      typeof issuer === 'string' &&
      issuers.some((other) => normalizeIssuer(other.issuer) === normalizeIssuer(issuer))
    )
      report('is listed twice: an issuer serves one agency.');
    issuers.push({
      issuer: String(issuer),
      audience: String(audience),
      jwksUri: String(jwksUri),
      agency: String(agency),
    });
  }
  return { issuers, wrong };
}

function parseSigningKey(text: string): KeyObject | null {
  const seed = parseSeed(text);
  return seed && privateKeyFromSeed(seed);
}

const { issuers, wrong: wrongIssuers } = readIssuers();
const sandbox = env['SANDBOX']?.trim() === 'on';
const cursorSecret = env['CURSOR_SECRET'] ?? '';
const signingKey = env['AUDIT_SIGNING_KEY'] ?? '';

export const config = {
  port,
  host,
  /** Connection of the service, with a role that owns nothing. */
  databaseUrl: env['DATABASE_URL'] ?? '',
  /** Connection of the owner, for migrations and the seed of the sandbox. */
  ownerDatabaseUrl: env['MIGRATION_DATABASE_URL'] || env['DATABASE_URL'] || '',
  /**
   * Twice the number of processors, plus one that waits for the disk. More connections only evict each other from the
   * caches.
   */
  databasePool: readInteger('DATABASE_POOL', 2 * availableParallelism() + 1),
  /** Number of threads that generate papers (PDF, DOCX), each with about 250 MB at most. */
  paperThreads: Math.max(1, readInteger('PAPER_THREADS', Math.max(1, availableParallelism() - 1))),
  sandbox,
  /** Day for which the seed of the sandbox is generated. Empty for today. */
  sandboxNow: env['SANDBOX_NOW'] ?? '',
  /** Issuers whose tokens are accepted. The sandbox accepts its own issuer alone. */
  issuers: sandbox ? [SANDBOX_ISSUER] : issuers,
  cursorSecret: cursorSecret || DEVELOPMENT_SECRET,
  /** Key that signs the checkpoints of the audit log. Null if the setting is not an Ed25519 key. */
  auditSigningKey: signingKey ? parseSigningKey(signingKey) : privateKeyFromSeed(DEVELOPMENT_SEED),
  /**
   * Public keys (32 bytes, base64) of earlier signing keys. A log is continued only if its last checkpoint is signed
   * with one of these or the current key.
   */
  auditEarlierKeys: (env['AUDIT_EARLIER_KEYS'] ?? '').split(',').filter(Boolean),
  /** Only origin whose pages may call the API from a browser. */
  allowedOrigin: env['ALLOWED_ORIGIN'] ?? 'https://wardmote.example',
  /** Whether the address of a caller is taken from a proxy in front of the service. */
  trustProxy: env['TRUST_PROXY'] === 'on',
  /** Requests per minute and principal. */
  rateLimit: readInteger('RATE_LIMIT', 600),
  /** Whether this process runs jobs. */
  jobs: env['JOBS'] !== 'off',
  logLevel: env['LOG_LEVEL'] ?? 'info',
} as const;

/** Lists the obstacles to starting that the settings show. Empty if there are none. */
export function findObstacles(): string[] {
  const found = [...unreadable, ...(sandbox ? findContradictions() : [...wrongIssuers])];
  if (!['', 'on', 'off'].includes(env['SANDBOX']?.trim() ?? '')) found.push('SANDBOX must be "on" or "off".');
  if (!config.databaseUrl)
    found.push('DATABASE_URL is not set: set the URL of the PostgreSQL database, or use `npm start`.');
  if (!config.auditSigningKey)
    found.push('AUDIT_SIGNING_KEY is not an Ed25519 key: set a PKCS#8 PEM, or 32 random bytes in base64.');
  if (!sandbox || !isLoopback(host)) found.push(...findWeakSecrets());
  if (!sandbox && !issuers.length && !wrongIssuers.length)
    found.push('ISSUERS must name at least one OIDC issuer, or SANDBOX must be on.');
  return found;
}

/**
 * Refuses combinations with the sandbox, where anybody can sign in as anybody. It must not share a process with real
 * users.
 */
function findContradictions(): string[] {
  const found: string[] = [];
  if (env['NODE_ENV'] === 'production')
    found.push(
      'SANDBOX=on is refused together with NODE_ENV=production: the sandbox lets anybody sign in as anybody. Set one of them.',
    );
  if (env['ISSUERS']?.trim())
    found.push(
      'SANDBOX=on is refused together with ISSUERS: a user of the sandbox could act as a person of those issuers. Set one of them.',
    );
  return found;
}

function findWeakSecrets(): string[] {
  const found: string[] = [];
  const where = sandbox ? ` Because HOST (${host}) is not this machine, the sandbox needs its own secrets.` : '';
  const refuse = (name: string, why: string, instead: string): void =>
    void found.push(`${name} ${why}. ${instead}${where}`);
  const random = 'Set `openssl rand -base64 48`.';
  const cursor = cursorSecret ? weaknessOfSecret(cursorSecret, [DEVELOPMENT_SECRET]) : 'must be set';
  if (cursor) refuse('CURSOR_SECRET', cursor, random);
  const key = 'Set `openssl rand -base64 32`, stored apart from the database.';
  const seed = parseSeed(signingKey);
  const weakness = signingKey
    ? seed && weaknessOfKey(seed, [publicBytesOf(privateKeyFromSeed(DEVELOPMENT_SEED))])
    : 'must be set';
  if (weakness) refuse('AUDIT_SIGNING_KEY', weakness, key);
  if (seed && cursorSecret && parseSeed(cursorSecret)?.equals(seed))
    refuse('CURSOR_SECRET', 'is the same as AUDIT_SIGNING_KEY', random);
  for (const one of config.auditEarlierKeys) {
    const earlier = weaknessOfPublicKey(Buffer.from(one, 'base64'), [
      publicBytesOf(privateKeyFromSeed(DEVELOPMENT_SEED)),
    ]);
    if (earlier)
      refuse('AUDIT_EARLIER_KEYS', `names a key that ${earlier}`, 'Anybody could have signed with it: leave it out.');
  }
  return found;
}
