/**
 * Everything the environment decides, read once. Production refuses to start with the sandbox on or with secrets that are
 * missing, too short or the ones used in development.
 */
import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';

const DEVELOPMENT_SECRET = 'for-development-only-never-in-production';

export interface IssuerConfig {
  /** The `iss` of its tokens, exactly. */
  issuer: string;
  audience: string;
  jwksUri: string;
  /** The agency (its code) whose people sign in there; the sandbox's issuer serves them all. */
  agency: string | null;
}

function integer(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number, not "${text}"`);
  return value;
}

function issuers(): IssuerConfig[] {
  const text = process.env['ISSUERS'];
  if (!text) return [];
  const list = JSON.parse(text) as IssuerConfig[];
  for (const one of list)
    for (const member of ['issuer', 'audience', 'jwksUri'] as const)
      if (typeof one[member] !== 'string') throw new Error(`ISSUERS: each issuer needs "${member}"`);
  return list.map((one) => ({ ...one, agency: one.agency ?? null }));
}

const PKCS8_OF_ED25519_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key: PKCS#8 PEM (line breaks may be written as \\n), or its 32-byte seed in base64; null where it is neither. */
function ed25519(text: string): KeyObject | null {
  try {
    const seed = Buffer.from(text, 'base64');
    const key = text.includes('PRIVATE KEY')
      ? createPrivateKey(text.replaceAll('\\n', '\n'))
      : seed.length === 32
        ? createPrivateKey({ key: Buffer.concat([PKCS8_OF_ED25519_SEED, seed]), format: 'der', type: 'pkcs8' })
        : null;
    return key?.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

const DEVELOPMENT_SIGNING_KEY = createHash('sha256').update(DEVELOPMENT_SECRET).digest('base64');
const signingKey = process.env['AUDIT_SIGNING_KEY'] || DEVELOPMENT_SIGNING_KEY;

const production = process.env['NODE_ENV'] === 'production';
const port = integer('PORT', 3000);
const host = process.env['HOST'] ?? '127.0.0.1';

export const config = {
  production,
  port,
  host,
  /** The service's own connection: a role that owns nothing. */
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  /** The owner's connection, for migrations and the sandbox's seed. */
  ownerDatabaseUrl: process.env['MIGRATION_DATABASE_URL'] ?? process.env['DATABASE_URL'] ?? '',
  /** Twice the processors, and one that waits for the disk: more connections only drive each other out of the caches. */
  databasePool: integer('DATABASE_POOL', 2 * availableParallelism() + 1),
  /** Threads that make papers (PDF, DOCX), each with about 250 MB at most. */
  paperThreads: Math.max(1, integer('PAPER_THREADS', Math.max(1, availableParallelism() - 1))),
  sandbox: process.env['SANDBOX'] === 'on',
  issuers: issuers(),
  audience: process.env['AUDIENCE'] ?? 'https://wardmote.example/api',
  cursorSecret: process.env['CURSOR_SECRET'] ?? DEVELOPMENT_SECRET,
  /** Signs the checkpoints of the audit log; null where what was set is no Ed25519 key. */
  auditSigningKey: ed25519(signingKey),
  /** Public keys (32 bytes, base64) with which checkpoints were signed before: the log is continued from these alone. */
  auditEarlierKeys: (process.env['AUDIT_EARLIER_KEYS'] ?? '').split(',').filter(Boolean),
  /** The one origin whose pages may call from a browser. */
  allowedOrigin: process.env['ALLOWED_ORIGIN'] ?? 'https://wardmote.example',
  /** Requests a minute and principal. */
  rateLimit: integer('RATE_LIMIT', 600),
  /** Does this process do jobs? */
  jobs: process.env['JOBS'] !== 'off',
  logLevel: process.env['LOG_LEVEL'] ?? 'info',
} as const;

/** What stands in the way of starting; empty where nothing does. */
export function obstacles(): string[] {
  const found: string[] = [];
  if (!config.databaseUrl) found.push('DATABASE_URL is not set: name the PostgreSQL database, or use `npm start`.');
  if (!config.auditSigningKey)
    found.push('AUDIT_SIGNING_KEY is no Ed25519 key: set a PKCS#8 PEM, or 32 random bytes in base64.');
  if (!config.production) return found;
  if (signingKey === DEVELOPMENT_SIGNING_KEY)
    found.push('AUDIT_SIGNING_KEY must be set in production: 32 random bytes in base64, kept apart from the database.');
  if (config.sandbox) found.push('SANDBOX=on is refused in production: it lets anybody sign in as anybody.');
  if (config.cursorSecret === DEVELOPMENT_SECRET || config.cursorSecret.length < 32)
    found.push('CURSOR_SECRET must be set to at least 32 random characters in production.');
  if (!config.issuers.length) found.push('ISSUERS must name at least one OIDC issuer in production.');
  return found;
}
