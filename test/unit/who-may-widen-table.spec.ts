/**
 * The table of `docs/who-may-widen.md` and its machine form name the same rows in the same words, and the machine form names
 * only commands that the service documents.
 *
 * Seen to fail: a row left out of either, a term changed in one of them, a command that no route serves.
 */
import fs from 'node:fs';
import { operations } from '../support/operations.ts';

interface Way {
  number: number;
  way: string;
  isSelf: boolean;
  commands: string[];
  mustAct: string;
  gains: string;
  opens: string;
  until: string;
  ends: string;
}

const machineForm = JSON.parse(fs.readFileSync('docs/who-may-widen.json', 'utf8')) as Way[];
const table = fs
  .readFileSync('docs/who-may-widen.md', 'utf8')
  .split('\n')
  .filter((line) => /^\| +\d+ +\|/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  );

test('the machine form names the same ways as the table', () => {
  expect(
    machineForm.map((row) => [String(row.number), row.way, row.mustAct, row.gains, row.opens, row.until, row.ends]),
  ).toEqual(table);
});

test('only ways marked self let the acting person gain', () => {
  expect(machineForm.filter(({ isSelf }) => isSelf).map(({ number }) => number)).toEqual(
    table.filter(([, way]) => way?.includes('(self)')).map(([number]) => Number(number)),
  );
});

test('every command of the machine form is a documented route', () => {
  const known = operations.map(({ name }) => name);
  expect(machineForm.flatMap(({ commands }) => commands).filter((one) => !known.includes(one))).toEqual([]);
});
