/**
 * Reading by writing: what a command answers does not depend on a value that is withheld from its sender, and a withheld field
 * cannot be written. Two copies of one database differ only in what is withheld from one person; that person's commands get the
 * same answers from both (`test/authorization/who-may-widen/twins.ts`). TWINS says for how many people.
 *
 * Seen to find in the service: a withheld risk band, its reason and why several agencies are needed, each overwritten by PATCH;
 * 422 in one twin and 200 in the other by a withheld risk band; an item of a meeting betrayed to the coordinator who is recused
 * from it by stage and version of the case and by 409 to its listing; an acknowledgement refused by conditions that are withheld.
 */
import { runInNode } from '../support/in-node.ts';
import type { Twins } from './who-may-widen/twins.ts';

const PEOPLE = Number(process.env['TWINS'] ?? 3);
const EACH = 120;
const SEED = Number(process.env['SEED'] ?? 1);
const LONG = 1_800_000;

let twins: Twins;

beforeAll(async () => {
  twins = await runInNode<Twins>('test/authorization/who-may-widen/twins.ts', [PEOPLE, EACH, SEED].map(String));
  process.stdout.write(
    `twin worlds of ${twins.people.join(', ')}: ${String(twins.values)} withheld values differ, ${String(twins.commands)} ` +
      `commands compared, ${String(twins.permitted)} of them permitted, ${String(twins.writes)} writes of withheld fields\n`,
  );
}, LONG);

const differences = (kind: RegExp): string[] =>
  twins.differences
    .filter((one) => kind.test(one.kind))
    .map(({ kind: what, detail, times }) => `${what} (${String(times)} times)\n    ${detail}`);

test('the twins differ in withheld values, and commands are permitted in them', () => {
  expect(twins.values).toBeGreaterThan(100);
  expect(twins.permitted).toBeGreaterThan(20);
  expect(twins.writes).toBeGreaterThan(0);
});

test('somebody cannot write a field that is withheld from them', () => {
  expect(differences(/is withheld and can be written$/)).toEqual([]);
});

test('somebody gets the same answer whatever a withheld value is', () => {
  expect(differences(/depends on a withheld value$/)).toEqual([]);
});

test('a recused person gets the same answer whether or not the item exists', () => {
  expect(differences(/from which its reader is recused$/)).toEqual([]);
});
