/**
 * The header `Purpose` belongs to reading. A command with another purpose than that of commands would be checked over fewer records: a
 * plan without its weak points, a case without its open actions.
 *
 * Seen to fail: a purpose accepted by every command; commands of an auditor decided for the purpose of the log.
 */
import { connected } from '../support/agreement.ts';
import { forEachOf, send, unknown, v1 } from '../support/operations.ts';
import { as } from '../support/people.ts';
import { givenServer, type TestServer } from '../support/server.ts';

let server: TestServer;
/** A POST that only reads. */
const READING = [
  'POST /v1/policy/explanations',
  'POST /v1/person-searches',
  'POST /v1/protected-addresses/{id}/revelation',
];
const commands = v1.filter(({ name, method }) => method !== 'get' && !READING.includes(name));

beforeAll(async () => {
  server = await givenServer({ env: { RATE_LIMIT: '1000000', LOG_LEVEL: 'error' } });
});

test('a coordinator cannot send a command for another purpose than that of meetings', async () => {
  const coordinator = await as(server, 'jag-coordinator');
  const others: string[] = [];
  await forEachOf(commands, async (operation) => {
    const answer = await send(coordinator, operation, unknown(operation.path)).set('purpose', 'SYSTEM_ADMIN');
    if (answer.body.code !== 'purpose-of-a-command') others.push(`${operation.name}: ${String(answer.status)}`);
  });
  expect(others).toEqual([]);
  expect(commands.length).toBeGreaterThan(120);
});

test('a coordinator can state the purpose of a command and of reading', async () => {
  const coordinator = await as(server, 'jag-coordinator');
  const { body } = await coordinator.get('/v1/cases?limit=1').set('purpose', 'CASE_PREP').expect(200);
  const { id } = body.data[0];
  const asked = { action: 'read', type: 'Case', id };
  await coordinator.post('/v1/policy/explanations', asked).set('purpose', 'CASE_PREP').expect(200);
  const reading = v1.filter(({ name }) => READING.includes(name));
  for (const operation of reading) {
    const answer = await send(coordinator, operation, unknown(operation.path)).set('purpose', 'CASE_PREP');
    expect([operation.name, answer.body.code]).not.toEqual([operation.name, 'purpose-of-a-command']);
  }
  expect(reading).toHaveLength(READING.length);
  const listed = await coordinator.patch(`/v1/cases/${id}`, {}, '*').set('purpose', 'PANEL_MEETING');
  expect(listed.body.code).not.toBe('purpose-of-a-command');
});

test('a coordinator who audits as well gets the same answer to a command as before', async () => {
  const owner = await connected(server.database.adminUrl);
  const coordinator = await as(server, 'jag-coordinator');
  const { body } = await coordinator.get('/v1/cases?limit=1').expect(200);
  const path = `/v1/cases/${body.data[0].id}`;
  const change = async () => (await coordinator.patch(path, { nextReviewOn: null }, '*').expect(200)).body.withheld;
  const before = await change();
  await owner.query(`UPDATE practitioners SET roles = roles || '{auditor}' WHERE subject = 'jag-coordinator'`);
  expect(await change()).toEqual(before);
});
