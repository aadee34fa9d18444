/**
 * However few connections there are, nobody waits for somebody who waits for them: as many callers as there are connections,
 * and more, ask at once what needs somebody else to be looked up.
 *
 * Seen to fail: people looked up by the connections with which everybody works (the service then answered nobody any more).
 */
import { as, type Caller } from '../support/people.ts';
import { asOwner, casesOf, practitioner } from '../support/panel-work.ts';
import { givenServer, type TestServer } from '../support/server.ts';

const CONNECTIONS = 2;
const AT_ONCE = 8;

let server: TestServer;
let coordinator: Caller;

beforeAll(async () => {
  server = await givenServer({ env: { DATABASE_POOL: String(CONNECTIONS), RATE_LIMIT: '100000' } });
  coordinator = await as(server, 'jag-coordinator');
});

test('who sees a case, and why somebody else sees it, is answered to many at once', async () => {
  const owner = await asOwner(server);
  const [found] = await casesOf(owner, 'ask-jag');
  const officer = await practitioner(owner, 'housing-officer');
  const question = { action: 'read', type: 'Case', id: found?.id, actor: officer.id };
  const asked = Array.from({ length: AT_ONCE }, (_, n) =>
    n % 2
      ? coordinator.get(`/v1/cases/${found?.id ?? ''}/access`)
      : coordinator.post('/v1/policy/explanations', question),
  );
  const answers = await Promise.all(asked);
  expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200));
  await coordinator.get('/v1/me').expect(200);
});
