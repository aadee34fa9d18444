/**
 * The log can be checked by somebody who trusts neither the service nor its database: the verifier has the export, the
 * public key and a checkpoint kept from before, and finds whatever the database's superuser does to the log.
 *
 * Seen to fail: a last checkpoint continued although its signature is not ours, or its frontier does not give its root; the
 * hashes of an inclusion proof in another order; checkpoints of every commit read by everybody.
 */
import { createHash, generateKeyPairSync } from 'node:crypto';
import type pg from 'pg';
import { busyDay, entriesIn, exported, intruder, linesOf, verified, type Checkpoint } from '../support/audit.ts';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let superuser: pg.Client;
let publicKey: string;
/** A checkpoint that somebody kept before anything was done to the log. */
let kept: Checkpoint;

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '100000' } });
  superuser = await intruder(server);
  await busyDay(server);
  const { body } = await (await as(server, 'auditor')).get('/v1/audit-checkpoints?limit=1').expect(200);
  kept = body.data[0];
  publicKey = (linesOf(await exported(server))[0] as unknown as { keys: { publicKey: string }[] }).keys[0]!.publicKey;
});

/** Runs SQL on the log as the superuser, answers what an export then says to the verifier, and puts everything back. */
async function afterwards(tamper: string[], options: { kept?: object } = {}) {
  await superuser.query('DROP SCHEMA IF EXISTS aside CASCADE');
  await superuser.query('CREATE SCHEMA aside');
  for (const table of ['audit_entries', 'audit_checkpoints'])
    await superuser.query(`CREATE TABLE aside.${table} AS TABLE public.${table}`);
  try {
    for (const sql of tamper) await superuser.query(sql);
    return await verified(await exported(server), { key: publicKey, ...options });
  } finally {
    for (const table of ['audit_entries', 'audit_checkpoints']) {
      await superuser.query(`DELETE FROM public.${table}`);
      await superuser.query(`INSERT INTO public.${table} SELECT * FROM aside.${table}`);
    }
  }
}

/** An entry in the middle that stands alone under its checkpoint, and that the auditor may read. */
async function oneEntry(): Promise<{ id: string; index: number }> {
  const { rows } = await superuser.query<{ id: string; index: number }>(
    `SELECT e.id, e.index::int FROM audit_entries e JOIN audit_checkpoints c ON c.size = e.index + 1
     WHERE e.sub_operation = 'view' AND e.partnership_id IS NOT NULL
       AND EXISTS (SELECT FROM audit_checkpoints b WHERE b.size = e.index) ORDER BY e.index LIMIT 1`,
  );
  return rows[0]!;
}

test('a log that nobody touched is what was signed, also from a checkpoint kept before', async () => {
  const verdict = await verified(await exported(server), { key: publicKey, kept });
  expect(verdict).toMatchObject({ code: 0, text: expect.stringContaining('begins with the log of 1 kept checkpoint') });
});

test('another key than the published one is not believed', async () => {
  const other = Buffer.alloc(32, 7).toString('base64');
  expect(await verified(await exported(server), { key: other })).toMatchObject({
    code: 1,
    text: expect.stringContaining('not trusted'),
  });
});

describe('the superuser is found out, and the first bad entry named, when they', () => {
  it.each<[string, string, string]>([
    ['alter who acted', `actor_id = gen_random_uuid()`, 'was altered: its leaf hash'],
    ['alter when', `at = at - interval '1 minute'`, 'was altered: its leaf hash'],
    ['alter what was shown', `fields = fields || 'nhsNumber'::text`, 'was altered: its leaf hash'],
    ['alter which record', `record_ids = ARRAY[gen_random_uuid()]`, 'recordIds was altered'],
    ['put a person in', `person_ids = person_ids || gen_random_uuid()`, 'personIds was altered'],
    ['give it a reason', `reason = 'it was allowed'`, 'reason was added afterwards'],
    ['remove a value and keep its salt', `record_ids = NULL`, 'recordIds was removed, but not erased'],
    [
      'forget a commitment',
      `commitments = '{}', record_ids = NULL, person_ids = NULL, salts = '{}'`,
      'was altered: its leaf',
    ],
  ])('%s', async (_, change, says) => {
    const { id, index } = await oneEntry();
    const verdict = await afterwards([`UPDATE audit_entries SET ${change} WHERE id = '${id}'`]);
    expect(verdict.code).toBe(1);
    expect(verdict.text).toContain(`entry ${String(index)} (${id})`);
    expect(verdict.text).toContain(says);
  });

  it('alter an entry and its leaf hash with it', async () => {
    const { id, index } = await oneEntry();
    const before = entriesIn(await exported(server))[index]!;
    const leaf = { ...before.leaf!, actorId: '00000000-0000-7000-8000-000000000000' };
    const verdict = await afterwards([
      `UPDATE audit_entries SET actor_id = '${leaf.actorId}', nodes = '\\x${leafHashOf(leaf)}' || substring(nodes FROM 33)
       WHERE id = '${id}'`,
    ]);
    expect(verdict.code).toBe(1);
    expect(verdict.text).toContain(
      `entry ${String(index)} (${id}) is not what the checkpoint of size ${String(index + 1)} signs`,
    );
  });

  it('move an entry to another partnership, where this auditor does not read it', async () => {
    const { id, index } = await oneEntry();
    const verdict = await afterwards([
      `UPDATE audit_entries SET partnership_id = gen_random_uuid() WHERE id = '${id}'`,
    ]);
    expect(verdict).toMatchObject({ code: 1, text: expect.stringContaining(`entry ${String(index)} is not what`) });
  });

  it('delete an entry', async () => {
    const { id, index } = await oneEntry();
    const verdict = await afterwards([`DELETE FROM audit_entries WHERE id = '${id}'`]);
    expect(verdict).toMatchObject({ code: 1, text: expect.stringContaining(`entry ${String(index)} is missing`) });
  });

  it('delete an entry and close the gap', async () => {
    const { id, index } = await oneEntry();
    const verdict = await afterwards([
      `DELETE FROM audit_entries WHERE id = '${id}'`,
      `UPDATE audit_entries SET index = index + 1000000 WHERE index > ${String(index)}`,
      `UPDATE audit_entries SET index = index - 1000001 WHERE index > 1000000`,
    ]);
    expect(verdict.code).toBe(1);
    expect(verdict.text).toMatch(new RegExp(`entry ${String(index)} .*(was altered|is not what)`));
  });

  it('insert an entry', async () => {
    const { index } = await oneEntry();
    const { rows } = await superuser.query<{ columns: string }>(
      `SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
       WHERE attrelid = 'audit_entries'::regclass AND attnum > 0 AND attname NOT IN ('id', 'index')`,
    );
    const columns = rows[0]!.columns;
    const verdict = await afterwards([
      `UPDATE audit_entries SET index = index + 1000000 WHERE index >= ${String(index)}`,
      `UPDATE audit_entries SET index = index - 999999 WHERE index >= 1000000`,
      `INSERT INTO audit_entries (id, index, ${columns})
       SELECT gen_random_uuid(), ${String(index)}, ${columns} FROM audit_entries WHERE index = ${String(index + 1)}`,
      // one goes, so that the number is right
      `DELETE FROM audit_entries WHERE index = (SELECT max(size) FROM audit_checkpoints)`,
    ]);
    // the one after it claims a leaf that was made for its old place
    expect(verdict.code).toBe(1);
    expect(verdict.text).toMatch(new RegExp(`entry ${String(index)} \\(.* was altered`));
  });

  it('swap two entries', async () => {
    const { index } = await oneEntry();
    const verdict = await afterwards([
      `UPDATE audit_entries SET index = 1000000 WHERE index = ${String(index)}`,
      `UPDATE audit_entries SET index = ${String(index)} WHERE index = ${String(index + 1)}`,
      `UPDATE audit_entries SET index = ${String(index + 1)} WHERE index = 1000000`,
    ]);
    expect(verdict.code).toBe(1);
    expect(verdict.text).toMatch(new RegExp(`entry ${String(index)} .*(was altered|is not what)`));
  });

  it('cut the end of the log', async () => {
    const { rows } = await superuser.query<{ size: number }>('SELECT max(size)::int AS size FROM audit_checkpoints');
    const size = rows[0]!.size;
    const verdict = await afterwards([`DELETE FROM audit_entries WHERE index >= ${String(size - 3)}`]);
    expect(verdict).toMatchObject({ code: 1, text: expect.stringContaining(`entry ${String(size - 3)} is missing`) });
  });

  it('cut the end of the log and its checkpoints with it: the kept checkpoint tells', async () => {
    const cut = [
      `DELETE FROM audit_checkpoints WHERE size > ${String(kept.size - 3)}`,
      `DELETE FROM audit_entries WHERE index >= (SELECT max(size) FROM audit_checkpoints)`,
    ];
    // it continues from there, and so looks whole to whoever kept nothing
    expect(await afterwards(cut)).toMatchObject({
      code: 0,
      text: expect.stringContaining('not compared with a stored'),
    });
    const verdict = await afterwards(cut, { kept });
    expect(verdict.code).toBe(1);
    expect(verdict.text).toMatch(/the log was cut to \d+|is not what the kept checkpoint signs/);
    expect(verdict.text).toMatch(/entry \d+/);
  });

  it('forge a checkpoint without the key', async () => {
    const { rows } = await superuser.query<{ size: number }>('SELECT max(size)::int AS size FROM audit_checkpoints');
    const size = String(rows[0]!.size);
    const text = await exported(server);
    const forged = text.replace(
      new RegExp(`("type":"checkpoint","size":${size},"root":")[^"]{43}`),
      `$1${'A'.repeat(43)}`,
    );
    expect(forged).not.toBe(text);
    expect(await verified(forged, { key: publicKey })).toMatchObject({
      code: 1,
      text: expect.stringContaining('has an invalid signature'),
    });
  });
});

test('the service does not sign what somebody else wrote: a forged last checkpoint stops it', async () => {
  const second = await givenServer({ env: { LOG_LEVEL: 'silent' } });
  await busyDay(second);
  const admin = await intruder(second);
  const officer = await as(second, 'housing-officer');
  await officer.get('/v1/cases').expect(200);
  const last = 'WHERE size = (SELECT max(size) FROM audit_checkpoints)';
  for (const [forge, undo] of [
    // what its root does not say
    [
      'frontier = set_byte(frontier, 0, 255 - get_byte(frontier, 0))',
      'frontier = set_byte(frontier, 0, 255 - get_byte(frontier, 0))',
    ],
    // what its signature does not say
    [`time = time - interval '1 minute'`, `time = time + interval '1 minute'`],
  ]) {
    await admin.query(`UPDATE audit_checkpoints SET ${forge} ${last}`);
    await officer.get('/v1/cases').expect(500);
    await admin.query(`UPDATE audit_checkpoints SET ${undo} ${last}`);
    await officer.get('/v1/cases').expect(200);
  }
});

describe('a value that may no longer be kept', () => {
  it('is erased with its salt, and the log still is what was signed', async () => {
    const { id } = await oneEntry();
    for (const field of ['recordIds', 'personIds'])
      await superuser.query(`SET ROLE wardmote_service; SELECT erase_from_audit('${id}', '${field}'); RESET ROLE`);
    const text = await exported(server);
    const entry = entriesIn(text).find(({ leaf }) => leaf?.id === id)!;
    expect(entry.values).toMatchObject({ recordIds: null, personIds: null });
    expect(entry.salts).toEqual({});
    expect(entry.leaf?.['actorId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(await verified(text, { key: publicKey, kept })).toMatchObject({
      code: 0,
      text: expect.stringContaining('2 personal values erased'),
    });
  });

  it('is all that the service’s role can have erased, and it can change nothing itself', async () => {
    const { id } = await oneEntry();
    const service = await intruder(server);
    await service.query('SET session_replication_role = origin');
    await service.query('SET ROLE wardmote_service');
    await expect(service.query(`SELECT erase_from_audit($1, 'actorId')`, [id])).rejects.toThrow('only recordIds');
    for (const table of ['audit_entries', 'audit_checkpoints'])
      for (const sql of [`UPDATE ${table} SET id = id`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
        await expect(service.query(sql)).rejects.toThrow('permission denied');
    await service.query('RESET ROLE');
    await service.query('SET ROLE wardmote'); // the owner
    await service.query(`SET app.maintenance = 'on'`);
    for (const sql of [
      `UPDATE audit_entries SET actor_id = gen_random_uuid() WHERE id = '${id}'`,
      `UPDATE audit_entries SET reason = 'x' WHERE id = '${id}'`,
      'UPDATE audit_checkpoints SET size = size + 1',
      'DELETE FROM audit_entries',
      'TRUNCATE audit_checkpoints',
    ])
      await expect(service.query(sql)).rejects.toThrow('may only grow');
  });
});

describe('a proof', () => {
  it('of inclusion leads from the entry to the root of any later checkpoint', async () => {
    const auditor = await as(server, 'auditor');
    const { body: page } = await auditor.get('/v1/audit-entries?limit=20').expect(200);
    const { body: checkpoints } = await auditor.get('/v1/audit-checkpoints?limit=100').expect(200);
    for (const entry of page.data)
      for (const checkpoint of checkpoints.data.filter(({ size }: Checkpoint) => size > entry.index).slice(0, 5)) {
        const { body } = await auditor
          .get(`/v1/audit-entries/${String(entry.id)}/inclusion-proof?size=${String(checkpoint.size)}`)
          .expect(200);
        expect(body).toMatchObject({ index: entry.index, size: checkpoint.size, root: checkpoint.root });
        expect(rootByInclusion(body)).toBe(checkpoint.root);
      }
    await auditor.get(`/v1/audit-entries/${page.data[0].id}/inclusion-proof?size=1`).expect(422);
    await auditor.get(`/v1/audit-entries/${page.data[0].id}/inclusion-proof?size=999999`).expect(422);
    await (await as(server, 'idva')).get(`/v1/audit-entries/${page.data[0].id}/inclusion-proof`).expect(404);
  });

  it('of consistency leads from an earlier root to a later one', async () => {
    const auditor = await as(server, 'auditor');
    const { body: checkpoints } = await auditor.get('/v1/audit-checkpoints?limit=30').expect(200);
    const sizes = checkpoints.data.map(({ size }: Checkpoint) => size).reverse();
    const roots = new Map(checkpoints.data.map(({ size, root }: Checkpoint) => [size, root]));
    for (const [place, from] of sizes.entries())
      for (const to of sizes.slice(place).filter((_: number, at: number) => at % 7 < 2)) {
        const { body } = await auditor
          .get(`/v1/audit-checkpoints/consistency-proof?from=${String(from)}&to=${String(to)}`)
          .expect(200);
        expect([body.fromRoot, body.toRoot]).toEqual([roots.get(from), roots.get(to)]);
        expect(isConsistent(body)).toBe(true);
        if (body.path.length)
          expect(isConsistent({ ...body, path: [body.fromRoot, ...body.path.slice(1)] })).toBe(from === to);
      }
    await auditor.get(`/v1/audit-checkpoints/consistency-proof?from=${sizes[1]}&to=${sizes[0]}`).expect(422);
    const whole = await auditor.get('/v1/audit-checkpoints/consistency-proof').expect(200);
    expect(isConsistent(whole.body)).toBe(true);
  });
});

describe('whoever signed in', () => {
  const signing = generateKeyPairSync('ed25519').privateKey;
  let own: TestServer;
  let database: pg.Client;

  /** Moves all that was signed until now so many days back, and signs it again. */
  async function earlier(days: number): Promise<void> {
    const { SigningKeys } = await import('#built/audit/sealing');
    const keys = new SigningKeys(signing);
    const { rows } = await database.query<{ id: string; size: string; root: string; time: Date }>(
      'SELECT id, size, root, time FROM audit_checkpoints',
    );
    for (const { id, size, root, time } of rows) {
      const signed = { size: Number(size), root, time: new Date(time.getTime() - days * 86_400_000) };
      await database.query('UPDATE audit_checkpoints SET time = $2, signature = $3, key_id = $4 WHERE id = $1', [
        ...[id, signed.time, keys.sign(signed), keys.id],
      ]);
    }
  }

  beforeAll(async () => {
    const der = signing.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    own = await givenServer({ env: { RATE_LIMIT: '100000', AUDIT_SIGNING_KEY: der } });
    database = await intruder(own);
    await busyDay(own);
    await earlier(1);
    await busyDay(own);
  }, 60_000);

  const checkpoints = async (who: string): Promise<Checkpoint[]> => {
    const { body } = await (await as(own, who)).get('/v1/audit-checkpoints?limit=100').expect(200);
    return body.data;
  };

  test.each(['outsider', 'analyst', 'statistics-system', 'housing-system'])(
    'reads the first checkpoint of each day: %s',
    async (who) => {
      const before = await checkpoints(who);
      expect(before).toHaveLength(2);
      await (await as(own, 'housing-officer')).get('/v1/cases').expect(200);
      expect(await checkpoints(who)).toEqual(before);
      expect((await checkpoints('auditor')).length).toBeGreaterThan(10);
    },
  );

  test('gets proofs between the checkpoints that they read, and of no other', async () => {
    const outsider = await as(own, 'outsider');
    const proof = (query: string): string => `/v1/audit-checkpoints/consistency-proof${query}`;
    const [later, first] = await checkpoints('outsider');
    const { body: whole } = await outsider.get(proof('')).expect(200);
    expect([whole.from, whole.to]).toEqual([first!.size, later!.size]);
    expect(isConsistent(whole)).toBe(true);
    const [newest] = await checkpoints('auditor');
    const refused = async (to: number): Promise<object> => {
      const { body } = await outsider.get(proof(`?to=${String(to)}`)).expect(422);
      return { ...body, correlationId: null };
    };
    expect(await refused(newest!.size)).toEqual(await refused(999_999));
  });
});

test('a restart continues the tree', async () => {
  const first = await givenServer();
  await busyDay(first);
  const before = await (await as(first, 'auditor')).get('/v1/audit-checkpoints?limit=1').expect(200);
  await first.stop();
  const second = await givenServer({ database: first.database });
  await busyDay(second);
  expect(await verified(await exported(second), { key: publicKey, kept: before.body.data[0] })).toMatchObject({
    code: 0,
  });
});

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right);

function leafHashOf(leaf: Record<string, unknown>): string {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, one]) => [name, sorted(one)]),
        )
      : value;
  return sha256(Buffer.of(0), Buffer.from(JSON.stringify(sorted(leaf)))).toString('hex');
}

/** RFC 9162, section 2.1.3.2. */
function rootByInclusion({
  index,
  size,
  leafHash,
  path,
}: {
  index: number;
  size: number;
  leafHash: string;
  path: string[];
}) {
  let [fn, sn] = [index, size - 1];
  let hash: Buffer = Buffer.from(leafHash, 'base64');
  for (const one of path.map((text) => Buffer.from(text, 'base64'))) {
    if (sn === 0) return 'the path is too long';
    if (fn % 2 === 1 || fn === sn) {
      hash = node(one, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else hash = node(hash, one);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 ? hash.toString('base64') : 'the path is too short';
}

interface Consistency {
  from: number;
  to: number;
  fromRoot: string;
  toRoot: string;
  path: string[];
}

/** RFC 9162, section 2.1.4.2. */
function isConsistent({ from, to, fromRoot, toRoot, path }: Consistency): boolean {
  if (from === to) return path.length === 0 && fromRoot === toRoot;
  const hashes: Buffer[] = path.map((text) => Buffer.from(text, 'base64'));
  if (Number.isInteger(Math.log2(from))) hashes.unshift(Buffer.from(fromRoot, 'base64'));
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [fn >> 1, sn >> 1];
  let [fr, sr]: [Buffer, Buffer] = [hashes[0]!, hashes[0]!];
  for (const one of hashes.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [node(one, fr), node(one, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else sr = node(sr, one);
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && fr.toString('base64') === fromRoot && sr.toString('base64') === toRoot;
}
