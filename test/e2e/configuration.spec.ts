/**
 * Settings with which the service does not start. The built `dist/main.js`, or `dist/sandbox/main.js` with SANDBOX=on, runs as a
 * process of its own on a real database, once for each bad setting beside good ones, and once for a good production setting.
 *
 * Seen to fail: secrets compared as text and not by what they encode; keys of development and of standards not known by their
 * public key; repeated values, words, text and short secrets let through; an issuer without agency, over plain http, or twice
 * but for a slash; the sandbox beside issuers or NODE_ENV=production; secrets of development on every HOST; earlier keys not
 * looked at; each question about the role left out; a seed without the sandbox; a second reader of the environment; a
 * production entry that starts with SANDBOX=on.
 */
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../tools/embedded-database.mjs';
import { spawnHeld } from '../../tools/lifeline.mjs';
import { givenDatabase, type TestDatabase } from '../support/database.ts';

const DEVELOPMENT = 'for-development-only-never-in-production';
const DEVELOPMENT_SEED = createHash('sha256').update(DEVELOPMENT).digest();
const ISSUER = {
  issuer: 'https://i.example',
  audience: 'https://wardmote.example/api',
  jwksUri: 'https://i.example/jwks',
  agency: 'police',
};
const issuers = (...list: object[]): { ISSUERS: string } => ({ ISSUERS: JSON.stringify(list) });

type Env = Record<string, string | undefined>;

let database: TestDatabase;
let admin: pg.Client;
/** Settings of production that are in order. */
let good: Env;

beforeAll(async () => {
  database = await givenDatabase({ empty: true });
  admin = new pg.Client({ connectionString: database.adminUrl });
  admin.on('error', () => undefined);
  await admin.connect();
  good = {
    PATH: process.env['PATH'],
    PORT: String(await freePort()),
    CURSOR_SECRET: randomBytes(48).toString('base64'),
    AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
    DATABASE_URL: database.serviceUrl,
    JOBS: 'off',
    ...issuers(ISSUER),
  };
});
afterAll(() => admin.end());

const entryFor = ({ SANDBOX }: Env): string => path.resolve(SANDBOX === 'on' ? 'dist/sandbox/main.js' : 'dist/main.js');

/** How the service ends with these settings. */
async function ends(instead: Env, entry = entryFor(instead)): Promise<{ code: number; says: string }> {
  const env = Object.fromEntries(Object.entries({ ...good, ...instead }).filter(([, value]) => value !== undefined));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [entry], { env: env, timeout: 20_000 }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, says: `${stdout}${stderr}` });
    });
    // what should have been refused needs no long look
    child.stdout?.on('data', (part: string) => {
      if (part.includes('Wardmote listens')) child.kill('SIGKILL');
    });
  });
}

async function isRefused(instead: Env, says: RegExp): Promise<void> {
  expect(await ends(instead)).toEqual({ code: 1, says: expect.stringMatching(says) });
}

/** Does it answer with these settings? */
async function starts(instead: Env): Promise<void> {
  const env = { ...good, ...instead } as Record<string, string>;
  const service = spawnHeld(process.execPath, [entryFor(instead)], { env });
  let logs = '';
  for (const stream of [service.process.stdout, service.process.stderr])
    stream?.setEncoding('utf8').on('data', (part: string) => (logs += part));
  try {
    for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
      const reply = await fetch(`http://127.0.0.1:${String(good['PORT'])}/health/ready`).catch(() => null);
      await reply?.body?.cancel();
      if (reply?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`it does not answer:\n${logs}`);
  } finally {
    await service.stop();
  }
}

const pem = (seed: Buffer): string =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  }).export({ format: 'pem', type: 'pkcs8' }) as string;
const publicKey = (seed: Buffer): string =>
  createPublicKey(pem(seed)).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');

describe('the service starts', () => {
  it('with a good production setting, whatever NODE_ENV says', async () => {
    await starts({ JOBS: 'on' });
    for (const NODE_ENV of ['production', 'development']) await starts({ NODE_ENV });
  });

  it.each<[string, (seed: Buffer) => string]>([
    ['base64url', (seed) => seed.toString('base64url')],
    ['hex', (seed) => seed.toString('hex')],
    ['PEM', pem],
    ['PEM on one line', (seed) => pem(seed).replaceAll('\n', '\\n')],
  ])('with a random signing key in %s', async (_, written) => {
    await starts({ AUDIT_SIGNING_KEY: written(randomBytes(32)) });
  });

  it('with a hexadecimal cursor secret, and an issuer whose keys are on this machine', async () => {
    await starts({
      CURSOR_SECRET: randomBytes(32).toString('hex'),
      ...issuers({ ...ISSUER, jwksUri: 'http://127.0.0.1:9/jwks' }),
    });
  });

  it('as a sandbox with the secrets of development on this machine alone', async () => {
    const sandbox = { SANDBOX: 'on', CURSOR_SECRET: '', AUDIT_SIGNING_KEY: '', ISSUERS: '' };
    await starts(sandbox);
    await isRefused({ ...sandbox, HOST: '0.0.0.0' }, /CURSOR_SECRET must be set[\s\S]*AUDIT_SIGNING_KEY must be set/);
    await isRefused(
      { ...sandbox, HOST: '::', CURSOR_SECRET: DEVELOPMENT },
      /CURSOR_SECRET is the secret of development/,
    );
    await starts({
      ...sandbox,
      HOST: '0.0.0.0',
      CURSOR_SECRET: good['CURSOR_SECRET'],
      AUDIT_SIGNING_KEY: good['AUDIT_SIGNING_KEY'],
    });
  });
});

describe('the service refuses to start', () => {
  it('without any setting, and names every obstacle in one go', async () => {
    const { code, says } = await ends({
      CURSOR_SECRET: undefined,
      AUDIT_SIGNING_KEY: undefined,
      ISSUERS: undefined,
      DATABASE_URL: undefined,
      PORT: 'many',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'CURSOR_SECRET', 'AUDIT_SIGNING_KEY', 'ISSUERS', 'DATABASE_URL'])
      expect(says).toContain(name);
    expect(says).not.toContain('at file:');
  });

  it('as production with the sandbox on, and as a sandbox with the sandbox off', async () => {
    const production = await ends({ SANDBOX: 'on', ISSUERS: '' }, path.resolve('dist/main.js'));
    expect(production).toEqual({
      code: 1,
      says: expect.stringMatching(/SANDBOX=on is refused: .* Remove SANDBOX\.\n$/),
    });
    const sandbox = await ends({ SANDBOX: 'off' }, path.resolve('dist/sandbox/main.js'));
    expect(sandbox).toEqual({ code: 1, says: expect.stringContaining('The sandbox needs SANDBOX=on.') });
  });

  const sandbox = { SANDBOX: 'on' };
  it.each<[string, Env, RegExp]>([
    [
      'with the sandbox and NODE_ENV=production',
      { ...sandbox, ISSUERS: '', NODE_ENV: 'production' },
      /SANDBOX=on is refused together with NODE_ENV/,
    ],
    ['with the sandbox and issuers', sandbox, /SANDBOX=on is refused together with ISSUERS/],
    ['with a sandbox that is neither on nor off', { SANDBOX: 'yes' }, /SANDBOX must be/],
  ])('%s', (_, instead, says) => isRefused(instead, says));

  describe('with a cursor secret that', () => {
    it.each<[string, string, RegExp]>([
      ['is missing', '', /CURSOR_SECRET must be set/],
      ['is that of development', DEVELOPMENT, /CURSOR_SECRET is the secret of development/],
      ['is that of development in capitals', DEVELOPMENT.toUpperCase(), /secret of development/],
      ['holds that of development', `  ${DEVELOPMENT}-2026!`, /secret of development/],
      ['is that of development in base64', Buffer.from(DEVELOPMENT).toString('base64'), /secret of development/],
      ['is that of development in base64url', Buffer.from(DEVELOPMENT).toString('base64url'), /secret of development/],
      ['is that of development in hex', Buffer.from(DEVELOPMENT).toString('hex'), /secret of development/],
      ['is short', 'Zq8-kP2_wE7xR4', /fewer than 32 characters/],
      ['is a repeated letter', 'a'.repeat(48), /CURSOR_SECRET is one value, repeated/],
      ['is zeros in base64', Buffer.alloc(48).toString('base64'), /CURSOR_SECRET is one value, repeated/],
      ['is a repeated letter in base64', Buffer.alloc(48, 'x').toString('base64'), /CURSOR_SECRET is/],
      ['is a repeated pattern', 'Ab3-'.repeat(12), /CURSOR_SECRET is a short pattern, repeated/],
      [
        'is a longer repeated pattern',
        'kX9pQ2mL7v'.repeat(4).slice(0, 37),
        /CURSOR_SECRET is a short pattern, repeated/,
      ],
      ['has few different characters', '121221211122121122212112212111221221212', /too few different values/],
      ['is made of words', 'correct-horse-battery-staple-forever', /CURSOR_SECRET is made of words/],
      ['is made of words and digits', 'one-that-nobody-could-ever-guess-1234', /CURSOR_SECRET is made of words/],
      ['is a placeholder', 'PLEASE_CHANGE_ME_BEFORE_PRODUCTION_2026', /CURSOR_SECRET is made of words/],
      [
        'is made of words in base64',
        Buffer.from('correct horse battery staple forever').toString('base64'),
        /made of words/,
      ],
    ])('%s', (_, CURSOR_SECRET, says) => isRefused({ CURSOR_SECRET }, says));

    it('is the same as the signing key', () =>
      isRefused({ CURSOR_SECRET: good['AUDIT_SIGNING_KEY'] }, /CURSOR_SECRET is the same as AUDIT_SIGNING_KEY/));
  });

  describe('with a signing key that', () => {
    const test1 = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    it.each<[string, string, RegExp]>([
      ['is missing', '', /AUDIT_SIGNING_KEY must be set/],
      ['is no key', 'c2hvcnQ=', /AUDIT_SIGNING_KEY is not an Ed25519 key/],
      ['is that of development in base64', DEVELOPMENT_SEED.toString('base64'), /the key of development/],
      ['is that of development in base64url', DEVELOPMENT_SEED.toString('base64url'), /the key of development/],
      ['is that of development in hex', DEVELOPMENT_SEED.toString('hex'), /the key of development/],
      ['is that of development in HEX', DEVELOPMENT_SEED.toString('hex').toUpperCase(), /the key of development/],
      ['is that of development in PEM', pem(DEVELOPMENT_SEED), /the key of development/],
      [
        'is that of development in PEM on one line',
        pem(DEVELOPMENT_SEED).replaceAll('\n', '\\n'),
        /the key of development/,
      ],
      [
        'is that of development without the lines of PEM',
        pem(DEVELOPMENT_SEED).split('\n')[1]!,
        /the key of development/,
      ],
      ['is that of development with spaces', ` ${DEVELOPMENT_SEED.toString('base64')}\n`, /the key of development/],
      ['is all zeros', Buffer.alloc(32).toString('base64'), /AUDIT_SIGNING_KEY is all zeros/],
      ['is all zeros in hex', '0'.repeat(64), /AUDIT_SIGNING_KEY is all zeros/],
      ['is all zeros in PEM', pem(Buffer.alloc(32)), /AUDIT_SIGNING_KEY is all zeros/],
      ['is one byte, repeated', Buffer.alloc(32, 9).toString('base64'), /AUDIT_SIGNING_KEY is one value, repeated/],
      [
        'is a repeated pattern',
        Buffer.alloc(32, Buffer.from('5f3a91c207', 'hex')).toString('base64'),
        /short pattern, repeated/,
      ],
      ['counts up', Buffer.from(Array.from({ length: 32 }, (_, at) => at)).toString('base64'), /counts up or down/],
      [
        'has few different bytes',
        Buffer.from('0102030405060708090a0b0c0d0e0f0103050709020406080a0c0e0f0d0b0103', 'hex').toString('base64'),
        /too few different/,
      ],
      ['is text', Buffer.from('Kf8-quartz.Lynx_07+bWmd!Zs5gThv*').toString('base64'), /is text, not random bytes/],
      ['is printed in RFC 8032', test1.toString('base64'), /published test key \(RFC 8032/],
      ['is printed in RFC 8032, in PEM', pem(test1), /published test key \(RFC 8032/],
      [
        'is the longer test of RFC 8032',
        'f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5',
        /published test key \(RFC 8032/,
      ],
      [
        'is printed in RFC 8410',
        'MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC',
        /published test key \(RFC 8410/,
      ],
      ['is printed in RFC 9421', 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU', /published test key \(RFC 9421/],
    ])('%s', (_, AUDIT_SIGNING_KEY, says) => isRefused({ AUDIT_SIGNING_KEY }, says));

    it('was that of development before', () =>
      isRefused(
        { AUDIT_EARLIER_KEYS: publicKey(DEVELOPMENT_SEED) },
        /AUDIT_EARLIER_KEYS names a key that is the key of development/,
      ));
  });

  describe('with issuers that', () => {
    const { agency: _, ...everybody } = ISSUER;
    it.each<[string, { ISSUERS: string }, RegExp]>([
      ['are missing', { ISSUERS: '' }, /ISSUERS must name at least one/],
      ['are none', issuers(), /ISSUERS must name at least one/],
      ['are no JSON', { ISSUERS: '{"issuer"' }, /ISSUERS is not JSON/],
      ['are no list', { ISSUERS: JSON.stringify(ISSUER) }, /ISSUERS must be a JSON list/],
      ['vouch for everybody', issuers(everybody), /the issuer https:\/\/i.example has no "agency"/],
      ['vouch for everybody by null', issuers({ ...ISSUER, agency: null }), /has no "agency"/],
      ['vouch for everybody by an empty name', issuers({ ...ISSUER, agency: '' }), /has no "agency"/],
      ['vouch for everybody by a star', issuers({ ...ISSUER, agency: '*' }), /has no "agency"/],
      ['have no audience', issuers({ ...ISSUER, audience: undefined }), /needs "audience"/],
      ['have no name', issuers({ ...ISSUER, issuer: '' }), /issuer number 1 needs "issuer"/],
      ['have no keys', issuers({ ...ISSUER, jwksUri: 'jwks' }), /needs "jwksUri"/],
      ['send keys without TLS', issuers({ ...ISSUER, jwksUri: 'http://i.example/jwks' }), /without TLS/],
      [
        'send keys from a name like this machine',
        issuers({ ...ISSUER, jwksUri: 'http://127.0.0.1.i.example/' }),
        /without TLS/,
      ],
      ['read keys from a file', issuers({ ...ISSUER, jwksUri: 'file:///jwks' }), /without TLS/],
      ['stand there twice', issuers(ISSUER, { ...ISSUER, agency: 'fire' }), /is listed twice/],
      [
        'stand there twice but for a slash',
        issuers(ISSUER, { ...ISSUER, issuer: 'HTTPS://i.example/' }),
        /is listed twice/,
      ],
      [
        'have the name of the sandbox',
        issuers({ ...ISSUER, issuer: 'https://sandbox.wardmote.example' }),
        /name of the sandbox/,
      ],
    ])('%s', (_, instead, says) => isRefused(instead, says));
  });

  describe('with a role of the database that', () => {
    const bare = () => database.ownerUrl.replace(/\?.*$/, '');
    const as = (role: string): string =>
      Object.assign(new URL(database.serviceUrl), { username: role, password: 'x' }).href;

    /** A role like the service's, with something more. */
    async function givenRole(name: string, more: string[]): Promise<string> {
      await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
      await admin.query(`GRANT USAGE ON SCHEMA public TO ${name}`);
      for (const sql of more) await admin.query(sql.replaceAll('$role', name));
      return as(name);
    }
    afterEach(async () => {
      const { rows } = await admin.query<{ name: string }>(
        `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'spec\\_%' ORDER BY rolname = 'spec_two'`,
      );
      for (const { name } of rows) {
        await admin.query(`DROP OWNED BY ${name}`);
        await admin.query(`DROP ROLE ${name}`);
      }
    });

    it('is the owner', async () => {
      await isRefused({ DATABASE_URL: bare() }, /the role "wardmote" owns the database/);
      await isRefused(
        { DATABASE_URL: bare(), MIGRATION_DATABASE_URL: `${bare()}?application_name=migration` },
        /is also the role of MIGRATION_DATABASE_URL/,
      );
    });

    it('is a superuser', () =>
      isRefused({ DATABASE_URL: database.adminUrl }, /is a superuser[\s\S]*bypasses row-level security/));

    it.each<[string, string[], RegExp]>([
      ['bypasses row-level security', ['ALTER ROLE $role BYPASSRLS'], /"spec_one" bypasses row-level security/],
      ['may create roles', ['ALTER ROLE $role CREATEROLE'], /"spec_one" may create roles/],
      ['may act as the owner', ['GRANT wardmote TO $role'], /"spec_one" owns/],
      [
        'may become the owner without inheriting',
        ['ALTER ROLE $role NOINHERIT', 'GRANT wardmote TO $role'],
        /"spec_one" owns/,
      ],
      ['owns one table', ['CREATE TABLE spec_table ()', 'ALTER TABLE spec_table OWNER TO $role'], /"spec_one" owns/],
      ['may create tables', ['GRANT CREATE ON SCHEMA public TO $role'], /"spec_one" may create tables/],
      [
        'may reach programs',
        ['GRANT pg_execute_server_program TO $role'],
        /"spec_one" may create roles or databases, .*programs/,
      ],
      ['may write all tables', ['GRANT pg_write_all_data TO $role'], /audit_checkpoints, audit_entries/],
      [
        'may change one column of the log',
        ['GRANT UPDATE (panel_ids) ON audit_entries TO $role'],
        /only grows.*audit_entries/,
      ],
      [
        'may truncate',
        ['GRANT TRUNCATE ON cases TO $role'],
        /may truncate, refer to or put triggers on tables \(cases\)/,
      ],
      ['may refer to tables', ['GRANT REFERENCES ON persons TO $role'], /put triggers on tables \(persons\)/],
      ['may put triggers on tables', ['GRANT TRIGGER ON events TO $role'], /put triggers on tables \(events\)/],
      ['may change the log', ['GRANT UPDATE ON audit_entries TO $role'], /may change what only grows.*audit_entries/],
      [
        'may shorten the log',
        ['GRANT DELETE ON audit_checkpoints TO $role'],
        /may change what only grows.*audit_checkpoints/,
      ],
      ['may name auditors', ['GRANT INSERT ON compartment_auditors TO $role'], /compartment_auditors/],
      [
        'may change the authorization version',
        ['GRANT UPDATE ON authorization_versions TO $role'],
        /authorization_versions/,
      ],
    ])('%s', async (_, more, says) => {
      await isRefused({ DATABASE_URL: await givenRole('spec_one', more) }, says);
    });

    it('cannot be asked about', () =>
      isRefused(
        { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' },
        /could not be read from the database \(ECONNREFUSED\)/,
      ));

    it('has another database before it that is not migrated', async () => {
      const other = Object.assign(new URL(database.serviceUrl), { pathname: '/postgres' }).href;
      await isRefused({ DATABASE_URL: other }, /the database is not migrated/);
    });
  });
});

it('one file reads the environment', () => {
  const readers = fs
    .readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file !== 'config.ts')
    .filter((file) =>
      /\bprocess\s*(\.\s*env\b|\[)|[{,]\s*env\b[^;]*\}\s*=\s*process|from 'node:process'|from 'process'/.test(
        fs.readFileSync(path.join('src', file), 'utf8'),
      ),
    );
  expect(readers).toEqual([]);
});

it('the seed is put nowhere without the sandbox', async () => {
  const env = {
    PATH: process.env['PATH'],
    MIGRATION_DATABASE_URL: database.ownerUrl,
    DATABASE_URL: database.serviceUrl,
  };
  const code = await new Promise((resolve) => {
    const child = execFile(process.execPath, [path.resolve('dist/sandbox/seed.js')], { env }, () =>
      resolve(child.exitCode),
    );
  });
  expect(code).toBe(1);
  expect((await admin.query('SELECT count(*)::int AS n FROM partnerships')).rows).toEqual([{ n: 0 }]);
});
