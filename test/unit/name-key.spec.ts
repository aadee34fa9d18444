/**
 * The key by which names of staff are matched with each other and with typed exclusions.
 *
 * Seen to fail: titles and degrees behind a name; a given name behind the comma with a title; letters of two scripts in one name.
 */
import { beforeAll, expect, it } from '@jest/globals';

let staffNameKey: (name: string) => string;
let isInOneScript: (text: unknown) => boolean;

beforeAll(async () => {
  ({ staffNameKey } = await import('#built/agencies/name-key'));
  ({ isInOneScript } = await import('#built/agencies/one-script'));
});

it('is the same for a name with titles before it, behind it, or behind the comma', () => {
  for (const name of [
    ...[
      'Corin Holt',
      'Dr Corin Holt',
      'Corin Holt BSc',
      'Corin Holt B.Sc. (Hons)',
      'Corin Holt, BSc, MA',
      'Corin Holt, Dr',
    ],
    ...['Holt, Corin', 'Holt, Corin Dr', 'Holt, Dr Corin', 'Dr Holt, Corin', 'Holt, Corin, MBE', 'Holt MBE, Corin'],
  ])
    expect([name, staffNameKey(name)]).toEqual([name, 'corinholt']);
});

it('keeps two words, also where the last is a title elsewhere', () => {
  expect(staffNameKey('Jack Ma')).toBe('jackma');
  expect(staffNameKey('Ma, Jack')).toBe('jackma');
  expect(staffNameKey('PC Holt')).toBe('pcholt');
});

it('is refused for a name in two scripts, and not for one wholly in any', () => {
  for (const name of ['C\u043erin Holt', 'Corin \u041d\u043elt', '\u0391nna Brook', 'Corin \u041d\u043e\u0430'])
    expect([name, isInOneScript(name)]).toEqual([name, false]);
  for (const name of [
    'Corin Holt',
    'Siân O’Brae-Quill',
    'Иван Петров',
    'Ελένη Παππά',
    '王小明',
    'محمد علي',
    '山田 ハナコ',
  ])
    expect([name, isInOneScript(name)]).toEqual([name, true]);
});
