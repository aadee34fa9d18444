/**
 * Who gets in. The defaults of JWT libraries accept a wrong type, a wrong audience and a token that never expires, and
 * one careless option lets a public key pass for a secret: so each way to forge or misuse a token is tried against the
 * served API, beside a good token of the same issuer, which differs from the bad one in that one thing only.
 *
 * Seen to fail: no check of the type, of the audience per issuer, of the expiry; roles taken from the token; inactive people
 * and agencies let in; memberships that never end; the guard blind to scopes; the sandbox always loaded; logins of any issuer registered or
 * made active; logins unique over the service; a login found whoever vouches, or where the earlier registration is inactive; the
 * later registration of a login taken; the purpose of emergencies believed, or not asked again once the actor is read anew; and in
 * earnest: jwks-rsa's shared limit on fetches, by which a few made-up key ids
 * locked everybody out, a `sub` that is no text, and an administrator who made herself auditor.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import supertest from 'supertest';
import { aKeyPair, givenIssuer, token, type TestIssuer } from '../support/issuer.ts';
import { as, bearing, nobody } from '../support/people.ts';
import { willClose } from '../support/opened.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const AUDIENCE = 'https://wardmote.example/api';
const now = Math.floor(Date.now() / 1000);

/** The sandbox, and beside it on the same database a service of production with issuers of agencies. */
let server: TestServer;
let real: TestServer;
let owner: pg.Client;
let police: TestIssuer;
let housing: TestIssuer;

beforeAll(async () => {
  police = await givenIssuer('https://sign-in.police.example', AUDIENCE);
  housing = await givenIssuer('https://sign-in.housing.example', 'https://wardmote.example/housing');
  const secrets = {
    AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
    CURSOR_SECRET: randomBytes(48).toString('base64'),
    RATE_LIMIT: '100000',
  };
  server = await givenServer({ env: secrets });
  const issuers = [
    { ...named(police), agency: 'police' },
    { ...named(housing), agency: 'askenby-housing' },
  ];
  real = await givenServer({
    database: server.database,
    env: { ...secrets, SANDBOX: 'off', ISSUERS: JSON.stringify(issuers) },
  });
  owner = await asOwner();
  await employ('sergeant', police.issuer);
  await employ('officer', housing.issuer, 'askenby-housing');
}, 60_000);

/** The tables' owner without the row-level security that binds the owner too. */
async function asOwner(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.database.adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  willClose({ stop: () => client.end() });
  return client;
}

const named = ({ issuer, audience, jwksUri }: TestIssuer) => ({ issuer, audience, jwksUri });

const employ = (subject: string, issuer: string, agency = 'police', more: Record<string, unknown> = {}) =>
  owner.query(
    `INSERT INTO practitioners (id, version, created_at, updated_at, agency_id, name, name_key, job_title, email, roles, issuer, subject, active)
     SELECT $1, 1, coalesce($5::timestamptz, now()), now(), a.id, $6, 'pattokenham', 'Officer', null, '{}', $2, $3, $7
     FROM agencies a WHERE a.code = $4`,
    [
      randomUUID(),
      issuer,
      subject,
      agency,
      more['createdAt'] ?? null,
      more['name'] ?? 'Pat Tokenham',
      more['active'] ?? true,
    ],
  );

const me = (bearer: string) => bearing(real, bearer).get('/v1/me');

async function expectRefused(bearer: string): Promise<void> {
  const { status, headers, body } = await me(bearer);
  expect({ status, type: headers['content-type'], code: body.code }).toEqual({
    status: 401,
    type: 'application/problem+json; charset=utf-8',
    code: 'unauthenticated',
  });
  expect(headers['www-authenticate']).toMatch(/^Bearer/);
}

describe('a sergeant whose agency vouches for her gets in', () => {
  it('with a good token, and as herself', async () => {
    const { status, body } = await me(police.token('sergeant'));
    expect([status, body.name]).toEqual([200, 'Pat Tokenham']);
  });

  it('with the long name of the type, and with our audience among others', async () => {
    const long = { ...police.header, typ: 'application/at+jwt' };
    expect((await me(police.token('sergeant', {}, long))).status).toBe(200);
    expect((await me(police.token('sergeant', { aud: ['https://other.example', AUDIENCE] }))).status).toBe(200);
  });
});

it('stays signed in no longer than the token says, however often it was believed', async () => {
  // the clocks of two services may differ by some seconds
  const almost = police.token('sergeant', { exp: Math.floor(Date.now() / 1000) - 3 });
  expect((await me(almost)).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await expectRefused(almost);
});

describe('nobody gets in with', () => {
  const sergeant = (instead = {}, header = {}) => police.token('sergeant', instead, { ...police.header, ...header });
  const pem = () => police.keys.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const stranger = aKeyPair();

  it.each<[string, () => string]>([
    ['no token', () => ''],
    ['garbage', () => 'garbage'],
    ['three dots of garbage', () => 'a.b.c'],
    ['a token without its signature', () => `${sergeant().split('.').slice(0, 2).join('.')}.`],
    [
      'algorithm none',
      () =>
        `${token({ ...police.header, alg: 'none' }, police.claims('sergeant'), 'x')
          .split('.')
          .slice(0, 2)
          .join('.')}.`,
    ],
    ['algorithm None, signed', () => sergeant({}, { alg: 'None' })],
    ['the public key as a secret', () => token({ ...police.header, alg: 'HS256' }, police.claims('sergeant'), pem())],
    [
      'the public key without its last line as a secret',
      () => token({ ...police.header, alg: 'HS256' }, police.claims('sergeant'), pem().trim()),
    ],
    ['an empty secret', () => token({ ...police.header, alg: 'HS256' }, police.claims('sergeant'), '')],
    ['an algorithm that is not the one it was signed with', () => sergeant({}, { alg: 'PS256' })],
    ['a type for another use', () => sergeant({}, { typ: 'JWT' })],
    ['no type', () => sergeant({}, { typ: undefined })],
    ['an identity token’s type', () => sergeant({}, { typ: 'id+jwt' })],
    ['an unknown key', () => sergeant({}, { kid: 'two' })],
    ['no key named', () => sergeant({}, { kid: undefined })],
    [
      'a key of its own in the header',
      () =>
        token(
          { ...police.header, jwk: stranger.publicKey.export({ format: 'jwk' }) },
          police.claims('sergeant'),
          stranger.privateKey,
        ),
    ],
    ['a key of somebody else', () => token(police.header, police.claims('sergeant'), stranger.privateKey)],
    ['a key of another trusted issuer', () => token(police.header, police.claims('sergeant'), housing.keys.privateKey)],
    ['an issuer whom nobody trusts', () => sergeant({ iss: 'https://sign-in.example' })],
    ['an issuer that only begins like a trusted one', () => sergeant({ iss: `${police.issuer}/` })],
    ['no issuer', () => sergeant({ iss: undefined })],
    ['several issuers', () => sergeant({ iss: [police.issuer] })],
    ['a token for another service', () => sergeant({ aud: 'https://other.example' })],
    ['no audience', () => sergeant({ aud: undefined })],
    ['an empty audience', () => sergeant({ aud: [] })],
    ['the audience of another trusted issuer', () => sergeant({ aud: housing.audience })],
    ['a token that has expired', () => sergeant({ iat: now - 700, exp: now - 60 })],
    ['a token that never expires', () => sergeant({ exp: undefined })],
    ['an expiry that is no number', () => sergeant({ exp: '9999999999' })],
    ['a token that is not valid yet', () => sergeant({ nbf: now + 600 })],
    ['no time of issue', () => sergeant({ iat: undefined })],
    ['nobody’s name in it', () => sergeant({ sub: undefined })],
    ['an empty name in it', () => sergeant({ sub: '' })],
    ['a name that is no text', () => sergeant({ sub: { $ne: null } })],
    [
      'claims that are no object',
      () => token(police.header, [police.claims('sergeant')] as never, police.keys.privateKey),
    ],
  ])('%s', async (_, forged) => {
    await expectRefused(forged());
  });

  it('somebody else’s name put into a signed token', async () => {
    const [header, , signature] = sergeant().split('.');
    const claims = Buffer.from(JSON.stringify(police.claims('inspector'))).toString('base64url');
    await expectRefused(`${header}.${claims}.${signature}`);
  });

  it('a token in the address, or in another header than Authorization', async () => {
    expect((await nobody(real).get(`/v1/me?access_token=${sergeant()}`)).status).toBe(401);
    expect((await nobody(real).get('/v1/me').set('x-access-token', sergeant())).status).toBe(401);
    expect((await nobody(real).get('/v1/me').set('cookie', `jwt=${sergeant()}`)).status).toBe(401);
    expect((await nobody(real).get('/v1/me').set('authorization', `Basic ${sergeant()}`)).status).toBe(401);
  });
});

it('a flood of unknown keys neither reaches the issuer nor locks out those who sign in with a known one', async () => {
  const before = housing.fetched();
  for (let count = 0; count < 30; count++)
    await expectRefused(housing.token('officer', {}, { ...housing.header, kid: `unknown-${count}` }));
  expect(housing.fetched() - before).toBeLessThanOrEqual(10);
  expect((await me(housing.token('officer'))).status).toBe(200);
});

it('somebody whom no agency registered is told so, with a token that is in order', async () => {
  const { status, body } = await me(police.token('somebody'));
  expect([status, body.code]).toEqual([403, 'unknown-person']);
});

it('the same name at another issuer is another person', async () => {
  expect((await me(housing.token('sergeant'))).status).toBe(403);
});

it('roles, scopes and an agency that the token claims are not believed', async () => {
  const claimed = {
    roles: ['auditor', 'chair'],
    agency: 'askenby-community-safety',
    scope: 'read:AuditEntry',
    admin: true,
  };
  const boasting = bearing(real, police.token('sergeant', claimed));
  const { body } = await boasting.get('/v1/me').expect(200);
  expect([body.kind, body.roles, body.scopes, body.memberships]).toEqual(['practitioner', [], [], []]);
  await boasting.get('/v1/audit-entries').expect(403);
  const { body: cases } = await boasting.get('/v1/cases').expect(200);
  expect(cases.data).toEqual([]);
});

it('whoever administers an agency can appoint neither herself nor others to watch over the service', async () => {
  const administrator = await as(server, 'agency-administrator');
  const { body: her } = await administrator.get('/v1/me').expect(200);
  const people = `/v1/agencies/${her.agencyId}/people`;
  for (const role of ['auditor', 'data_protection_officer']) {
    const self = await administrator.patch(`${people}/${her.id}`, { roles: ['agency_administrator', role] }, '*');
    const other = { name: 'Friend', jobTitle: 'Friend', email: null, issuer: police.issuer, subject: `friend-${role}` };
    const friend = await administrator.post(people, { ...other, roles: [role] });
    expect([self.status, friend.status]).toEqual([403, 403]);
  }
  await administrator.get('/v1/audit-entries').expect(403);
});

it('a person cannot pass for a system, nor a system for a person', async () => {
  expect((await me(police.token('sergeant', { client_id: 'sergeant' }))).status).toBe(403);
  expect((await me(police.token('police-system', { client_id: 'police-system' }))).status).toBe(403);
});

it('whoever is made inactive is refused at the very next request', async () => {
  const nurse = await as(server, 'acute-safeguarding-nurse');
  await nurse.get('/v1/cases').expect(200);
  await owner.query(`UPDATE practitioners SET active = false WHERE subject = 'acute-safeguarding-nurse'`);
  await nurse.get('/v1/cases').expect(403);
  await nurse.get('/v1/me').expect(403);
});

it('whoever’s agency is made inactive is refused at the very next request', async () => {
  const fire = await as(server, 'fire-officer');
  await fire.get('/v1/cases').expect(200);
  await owner.query(`UPDATE agencies SET active = false WHERE code = 'fire'`);
  await fire.get('/v1/cases').expect(403);
});

it('whoever’s membership ended yesterday no longer sees the panel’s cases, with the token of before', async () => {
  const idva = await as(server, 'idva');
  const { body } = await idva.get('/v1/cases').expect(200);
  expect(body.data.length).toBeGreaterThan(0);
  const [{ id }] = body.data;
  const { headers } = await idva.get(`/v1/cases/${id}`).expect(200);
  await owner.query(`UPDATE memberships SET valid_to = current_date - 1, valid_from = least(valid_from, current_date - 2)
    WHERE practitioner_id = (SELECT id FROM practitioners WHERE subject = 'idva')`);
  expect((await idva.get('/v1/cases').expect(200)).body.data).toEqual([]);
  await idva.get(`/v1/cases/${id}`).expect(404);
  await idva
    .get(`/v1/cases/${id}`)
    .set('if-none-match', headers['etag'] as string)
    .expect(404);
});

describe('a machine client', () => {
  const asks = (id: string, secret: string, more: Record<string, string> = {}) =>
    supertest(server.url)
      .post('/sandbox/issuer/token')
      .auth(id, secret)
      .type('form')
      .send({ grant_type: 'client_credentials', resource: AUDIENCE, scope: 'read:Action', ...more });

  it('gets a token for its secret, and is itself with it', async () => {
    const { body } = await asks('housing-system', 'sandbox-secret-of-housing-system').expect(200);
    const { body: it } = await bearing(server, body.access_token).get('/v1/me').expect(200);
    expect([it.kind, it.scopes]).toEqual(['client', ['read:Action']]);
  });

  it('finds its secret among the people of the sandbox, and the endpoint by discovery', async () => {
    const { body: people } = await supertest(server.url).get('/sandbox/people').expect(200);
    const { id, clientSecret } = people.data.find((one: { kind: string }) => one.kind === 'client');
    const wellKnown = '/sandbox/issuer/.well-known/openid-configuration';
    const { body: found } = await supertest(server.url).get(wellKnown).expect(200);
    const token = await fetch(found.token_endpoint as string, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id as string}:${clientSecret as string}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'track:Referral' }),
    });
    expect(token.status).toBe(200);
  });

  it('gets none for another’s secret, nor a scope that is not its own', async () => {
    expect((await asks('housing-system', 'sandbox-secret-of-police-system')).status).toBe(401);
    const wrong = await asks('police-system', 'sandbox-secret-of-police-system', { scope: 'read:Report' });
    expect(wrong.body.access_token ?? null).toBeNull();
  });

  it('may do only what its scopes name, although its agency may do more', async () => {
    const { body } = await asks('housing-system', 'sandbox-secret-of-housing-system').expect(200);
    const refused = await bearing(server, body.access_token).get('/v1/cases').expect(403);
    expect(refused.body).toMatchObject({ code: 'insufficient-scope', requiredScope: 'read:Case' });
    // registered, but not asked for
    await bearing(server, body.access_token).get(`/v1/cases/${randomUUID()}/status`).expect(403);
  });

  it('loses a scope as soon as it is struck from the register', async () => {
    const system = await as(server, 'police-system');
    await system.get(`/v1/cases/${randomUUID()}/status`).expect(404);
    await owner.query(
      `UPDATE clients SET scopes = array_remove(scopes, 'track:Case') WHERE client_id = 'police-system'`,
    );
    await system.get(`/v1/cases/${randomUUID()}/status`).expect(403);
  });
});

it('gives a token to somebody whom an administrator registered, and to nobody unknown', async () => {
  const administrator = await as(server, 'agency-administrator');
  const { body: me } = await administrator.get('/v1/me').expect(200);
  const { rows } = await owner.query<{ issuer: string }>(
    `SELECT issuer FROM practitioners WHERE subject = 'agency-administrator'`,
  );
  const person = {
    ...{ name: 'Isolde Brackenrow', jobTitle: 'Officer', roles: [] },
    ...{ issuer: rows[0]!.issuer, subject: 'new-officer' },
  };
  await administrator.post(`/v1/agencies/${me.agencyId as string}/people`, person).expect(201);
  const officer = await as(server, 'new-officer');
  expect((await officer.get('/v1/me').expect(200)).body.name).toBe('Isolde Brackenrow');
  expect((await nobody(server).post('/sandbox/tokens', { person: 'never-registered' })).status).toBe(422);
});

describe('without the sandbox', () => {
  it('its people are nowhere and its tokens are worth nothing', async () => {
    const { token: sandboxToken } = await as(server, 'jag-chair');
    expect((await nobody(real).get('/sandbox/people')).status).toBe(404);
    expect((await nobody(real).post('/sandbox/tokens', { person: 'jag-chair' })).status).toBe(404);
    expect((await nobody(real).get('/sandbox/issuer/jwks')).status).toBe(404);
    expect((await bearing(real, sandboxToken).get('/v1/me')).status).toBe(401);
    expect((await bearing(real, police.token('sergeant')).get('/v1/me')).status).toBe(200);
  });
});

describe('an administrator', () => {
  const SANDBOX = 'https://sandbox.wardmote.example';
  const staff = (issuer: string, subject: string) => ({
    name: 'New Colleague',
    jobTitle: 'Officer',
    email: null,
    roles: [],
    issuer,
    subject,
  });
  const people = async () => {
    const administrator = await as(server, 'agency-administrator');
    const { body } = await administrator.get('/v1/me').expect(200);
    return { administrator, path: `/v1/agencies/${String(body.agencyId)}/people` };
  };
  const agencyOf = async (subject: string) => (await (await as(server, subject)).get('/v1/me')).body.agencyId;

  it('can register only logins of issuers that vouch for the agency', async () => {
    await employ('head-of-housing', housing.issuer, 'askenby-housing');
    await owner.query(`UPDATE practitioners SET roles = '{agency_administrator}' WHERE subject = 'head-of-housing'`);
    const head = bearing(real, housing.token('head-of-housing'));
    const { body } = await head.get('/v1/me').expect(200);
    const path = `/v1/agencies/${String(body.agencyId)}/people`;
    await head.post(path, staff(housing.issuer, 'colleague')).expect(201);
    expect((await me(housing.token('colleague'))).status).toBe(200);
    for (const issuer of [police.issuer, SANDBOX, 'https://anywhere.example', `${housing.issuer}/`]) {
      const refused = await head.post(path, staff(issuer, 'sergeant')).expect(422);
      expect(refused.body).toMatchObject({ code: 'issuer-not-of-the-agency', errors: [{ pointer: '/issuer' }] });
    }
    const sandbox = await people();
    await sandbox.administrator.post(sandbox.path, staff(SANDBOX, 'newcomer')).expect(201);
    const elsewhere = await sandbox.administrator.post(sandbox.path, staff(police.issuer, 'sergeant'));
    expect([elsewhere.status, elsewhere.body.code]).toEqual([422, 'issuer-not-of-the-agency']);
  });

  it('gets the same answer whether or not a login is registered at another agency', async () => {
    const { administrator, path } = await people();
    const taken = await administrator.post(path, staff(SANDBOX, 'marac-chair'));
    const free = await administrator.post(path, staff(SANDBOX, 'nobody-at-all'));
    const shape = ({ status, body, headers }: typeof taken) => [status, Object.keys(body), Object.keys(headers).sort()];
    expect(shape(taken)).toEqual(shape(free));
    expect(taken.status).toBe(201);
    await administrator.post(path, staff(SANDBOX, 'marac-chair')).expect(409);
  });

  it('cannot take over a login in the sandbox, even when the earlier registration is inactive', async () => {
    const { administrator, path } = await people();
    const before = await agencyOf('syv-chair');
    const { body: later } = await administrator.post(path, staff(SANDBOX, 'syv-chair')).expect(201);
    expect(await agencyOf('syv-chair')).toBe(before);
    const one = `${path}/${String(later.id)}`;
    await administrator.patch(one, { name: 'Yusuf Nasrani', active: false }, '*').expect(200);
    await administrator.patch(one, { active: true }, '*').expect(200);
    expect(await agencyOf('syv-chair')).toBe(before);
    await owner.query(`UPDATE practitioners SET active = false WHERE subject = 'syv-chair' AND id <> $1`, [later.id]);
    await (await as(server, 'syv-chair')).get('/v1/me').expect(403);
    await owner.query(`UPDATE practitioners SET active = true WHERE subject = 'syv-chair'`);
    const cast = (await nobody(server).get('/sandbox/people').expect(200)).body.data as { id: string }[];
    expect(cast.filter(({ id }) => id === 'syv-chair')).toHaveLength(1);
  });

  it('cannot make somebody active whose issuer does not vouch for the agency', async () => {
    await employ('left', police.issuer, 'askenby-housing', { active: false });
    const { administrator, path } = await people();
    const { rows } = await owner.query<{ id: string }>(`SELECT id FROM practitioners WHERE subject = 'left'`);
    const one = `${path}/${rows[0]!.id}`;
    const refused = await administrator.patch(one, { active: true }, '*');
    expect([refused.status, refused.body.code]).toEqual([422, 'issuer-not-of-the-agency']);
    await administrator.patch(one, { jobTitle: 'Left' }, '*').expect(200);
    for (const change of [{ issuer: SANDBOX }, { subject: 'marac-chair' }, { agencyId: rows[0]!.id }])
      await administrator.patch(one, change, '*').expect(400);
  });
});

it('a token never finds a registration of an agency for which its issuer does not vouch', async () => {
  await employ('constable', police.issuer, 'askenby-housing', { createdAt: '2020-01-01', name: 'Squatter' });
  expect((await me(police.token('constable'))).status).toBe(403);
  await employ('constable', police.issuer, 'police');
  const { body } = await me(police.token('constable')).expect(200);
  expect(body.name).toBe('Pat Tokenham');
});

describe('the purpose of an emergency', () => {
  const reading = async (who: string) =>
    (await as(server, who)).get('/v1/cases?limit=1').set('purpose', 'EMERGENCY_BTG');

  it('is refused to whoever has no emergency access open, and the refusal is logged', async () => {
    for (const who of ['police-sergeant', 'jag-chair', 'housing-system', 'auditor', 'outsider']) {
      const answer = await reading(who);
      expect([who, answer.status, answer.body.code]).toEqual([who, 403, 'no-emergency-open']);
      const { rows } = await owner.query('SELECT outcome, rule FROM audit_entries WHERE correlation_id = $1', [
        answer.headers['x-correlation-id'],
      ]);
      expect(rows).toEqual([{ outcome: 'refuse', rule: 'no-emergency-open' }]);
    }
  });

  it('is accepted while an emergency access is open, and no longer', async () => {
    const sergeant = await as(server, 'police-sergeant');
    await sergeant.get('/v1/me').expect(200);
    const { rows } = await owner.query<{ id: string }>(
      `SELECT c.id FROM cases c JOIN panels n ON n.id = c.panel_id WHERE n.code = 'ask-cmarac' LIMIT 1`,
    );
    const opened = await sergeant
      .post('/v1/emergency-accesses', {
        caseId: rows[0]!.id,
        reasonCode: 'missing_person',
        reason: 'Reported missing tonight; contacts needed now.',
      })
      .expect(201);
    expect((await reading('police-sergeant')).status).toBe(200);
    expect((await reading('jag-chair')).status).toBe(403);
    const path = `/v1/emergency-accesses/${String(opened.body.id)}`;
    await sergeant.post(`${path}/ending`).set('if-match', '*').expect(200);
    expect((await reading('police-sergeant')).body.code).toBe('no-emergency-open');
  });

  it('is refused in the next request after another process ended the access', async () => {
    const sergeant = await as(server, 'police-sergeant');
    const { rows } = await owner.query<{ id: string }>(
      `SELECT id FROM emergency_accesses ORDER BY opened_at DESC LIMIT 1`,
    );
    const again = `UPDATE emergency_accesses SET ended_at = $2 WHERE id = $1`;
    await owner.query(again, [rows[0]!.id, null]);
    const cases = () => sergeant.get('/v1/cases?limit=1').set('purpose', 'EMERGENCY_BTG');
    for (let count = 0; count < 3; count++) await cases().expect(200);
    await owner.query(again, [rows[0]!.id, new Date()]);
    expect((await cases()).body.code).toBe('no-emergency-open');
  });
});
