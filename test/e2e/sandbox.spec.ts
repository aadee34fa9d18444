/**
 * The sandbox is the same on the same day, whole, and about nobody: three boroughs with all their panels, one TTCG, and
 * people who are plainly invented.
 *
 * Seen to fail: a date taken from the clock instead of the day that was passed in; a telephone number outside the ranges
 * that are reserved for drama; a caseload of the bench on panels that hear no case; a guest invited for 28 days after the meeting.
 */
import type { Caseload } from '../../src/sandbox/content/caseload.ts';
import { caseload } from '../../tools/bench/caseload.mjs';
import { givenDatabase } from '../support/database.ts';

const build = async (day: string): Promise<Caseload> =>
  (await import('#built/sandbox/content/subjects-and-cases')).buildCaseload(new Date(day));

const RESERVED_PHONES = /^(01632 960\d{3}|07700 900\d{3}|020 7946 0\d{3})$/;

test('the same day gives the same caseload, another day another', async () => {
  const first = JSON.stringify(await build('2026-11-22T08:00:00Z'));
  expect(JSON.stringify(await build('2026-11-22T08:00:00Z')) === first).toBe(true);
  expect(JSON.stringify(await build('2026-12-22T08:00:00Z')) === first).toBe(false);
});

test('each borough has its five panels and a steering group, the first a Channel panel too; one TTCG serves them all', async () => {
  const { PANELS } = await import('#built/sandbox/content/panels');
  const { AGENCIES } = await import('#built/sandbox/content/places-and-agencies');
  const types = (borough: string): string[] =>
    PANELS.filter((one) => one.boroughCode === borough).map((one) => one.type);
  const everywhere = ['community_marac', 'jag', 'marac', 'steering_group', 'syv', 'tasking'];
  expect(types('ASK').sort()).toEqual(['channel', ...everywhere]);
  for (const borough of ['PEL', 'DUN']) expect(types(borough).sort()).toEqual(everywhere);
  expect(types('BCU')).toEqual(['ttcg']);
  expect(new Set(AGENCIES.map((one) => one.type)).size).toBeGreaterThanOrEqual(14);
});

test('nobody in it is a real person: reserved numbers, example domains, test NHS numbers', async () => {
  const { persons } = await build('2026-11-22T08:00:00Z');
  const { isNhsNumber } = await import('#built/subjects/nhs-number');
  expect(persons.length).toBeGreaterThan(100);
  for (const { phone, email, nhsNumber } of persons) {
    if (phone) expect(phone).toMatch(RESERVED_PHONES);
    if (email) expect(email).toMatch(/@([a-z-]+\.)*example\.(org|com|net)$/);
    expect([nhsNumber, nhsNumber.startsWith('999') && isNhsNumber(nhsNumber)]).toEqual([nhsNumber, true]);
  }
});

test('guests are invited until 14 days after the meeting at most, as docs/who-may-widen.md allows', async () => {
  const { invitations, listings, meetings } = await build('2026-11-22T08:00:00Z');
  expect(invitations.length).toBeGreaterThan(0);
  for (const { listing, validTo } of invitations) {
    const meeting = meetings.find(({ key }) => key === listings.find((one) => one.key === listing)?.meeting)!;
    const latest = Date.parse(meeting.endsAt) + 14 * 86_400_000;
    expect(Date.parse(`${validTo}T23:59:59Z`)).toBeLessThanOrEqual(latest);
  }
});

test('many more cases can be made in it, for the bench', async () => {
  const { ownerUrl } = await givenDatabase();
  const { panels, cases } = await caseload(ownerUrl, 'jag-coordinator', 60);
  expect(panels.length).toBeGreaterThan(0);
  expect(cases.length).toBeGreaterThan(0);
});
