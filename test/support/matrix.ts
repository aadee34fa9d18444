/**
 * The committed page of the cast (`test/authorization/policy-matrix.txt`), written and read: who of them may do what on which grounds,
 * and who receives how much of which category on which panel.
 */
import path from 'node:path';

export const CAST_PAGE = path.join(__dirname, '..', 'authorization', 'policy-matrix.txt');
/** What `GET /v1/policy/matrix` serves as text. */
export const POLICY_PAGE = path.join(__dirname, '..', '..', 'docs', 'policy-matrix.txt');

export interface CastMember {
  who: string;
  /** Agency type, purpose, roles, seats. */
  is: string;
  /** `Case read core-member`: subject, action and ground. */
  cells: string[];
  /** What is not `none`, and what differs by the type of the contributing agency. */
  receives: Received[];
}

export interface Received {
  who: string;
  panel: string;
  category: string;
  /** An agency type, or `any` for all that are not named. */
  from: string;
  level: string;
}

const listed = (names: Iterable<string>): string => [...names].join(', ');

const HEAD = `WHO OF THE CAST MAY DO WHAT, AND WHO RECEIVES WHAT

Derived from the policy and from the sandbox's agreements; UPDATE_MATRIX=1 writes it anew. Those for whom the same holds
stand together. Every other action is closed to them, and every category that is not named is not received.`;

function grouped<T>(all: T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}

/** `  Case  read (core-member, invited); track (referrer)`, a subject a line. */
function deedLines(cells: string[]): string[] {
  const parts = cells.map((cell) => cell.split(' ') as [subject: string, action: string, ground: string]);
  return [...grouped(parts, ([subject]) => subject)].map(([subject, ofSubject]) => {
    const actions = [...grouped(ofSubject, ([, action]) => action)].map(
      ([action, of]) => `${action} (${listed(of.map(([, , ground]) => ground))})`,
    );
    return `    ${subject.padEnd(24)} ${actions.join('; ')}`;
  });
}

/** One line a level, and one for each type of contributor from whom it differs. */
function levelLines(received: Received[]): string {
  const usual = ['full', 'summary', 'existence'].flatMap((level) => {
    const held = received.filter((one) => one.from === 'any' && one.level === level);
    return held.length ? [`      ${level.padEnd(10)} ${listed(held.map(({ category }) => category))}`] : [];
  });
  const different = [...grouped(received, ({ from }) => from)]
    .filter(([from]) => from !== 'any')
    .map(([from, of]) => `      but from ${from}: ${listed(of.map(({ category, level }) => `${category} ${level}`))}`);
  return [...usual, ...different].join('\n');
}

export function castPage(cast: CastMember[]): string {
  const cells = [...new Set(cast.flatMap((one) => one.cells))].sort();
  const holders = (cell: string): string =>
    listed(cast.filter((one) => one.cells.includes(cell)).map(({ who }) => who));
  const named = (people: string): string => {
    const held = new Set(people.split(', '));
    const others = cast.map(({ who }) => who).filter((who) => !held.has(who));
    if (!others.length) return 'Everybody';
    return others.length < held.size ? `Everybody but ${listed(others)}` : people;
  };
  const received = cast.flatMap(({ who, receives }) =>
    [...grouped(receives, ({ panel }) => panel)].map(([panel, of]) => ({ who, panel, levels: levelLines(of) })),
  );
  return [
    HEAD,
    ['1. WHO THEY ARE', ...cast.map(({ who, is }) => `  ${who} — ${is}`)].join('\n'),
    '2. WHO MAY DO WHAT, WHERE A ROW IS OPEN ON THE GROUNDS IN BRACKETS',
    ...[...grouped(cells, holders)].map(([people, of]) => `  ${named(people)}\n${deedLines(of).join('\n')}`),
    '3. WHO RECEIVES WHAT OF A ROW THAT IS OPEN, AND ON WHICH PANELS',
    ...[...grouped(received, ({ levels }) => levels)].map(([levels, of]) => {
      const panelsOf = [...grouped(of, ({ who }) => who)].map(([who, on]) => ({
        who,
        panels: listed(on.map(({ panel }) => panel)),
      }));
      const whom = [...grouped(panelsOf, ({ panels }) => panels)].map(
        ([panels, people]) => `  ${listed(people.map(({ who }) => who))} on ${panels}`,
      );
      return [...whom, levels].join('\n');
    }),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

/** What the page says that they receive: what it does not name is `none`. */
export function receivedOn(page: string): Received[] {
  const [, part = ''] = page.split(/^3\. .*$/m);
  return part.split('\n\n').flatMap((block) => {
    const lines = block.split('\n');
    const whom = lines.flatMap((line) => {
      const found = /^ {2}(\S.*) on (.*)$/.exec(line);
      if (!found) return [];
      const [, people = '', panels = ''] = found;
      return people.split(', ').flatMap((who) => panels.split(', ').map((panel) => ({ who, panel })));
    });
    const levels = lines.flatMap((line) => {
      const exception = /^ {6}but from (\S+): (.*)$/.exec(line);
      if (exception)
        return (exception[2] ?? '').split(', ').map((one) => {
          const [category = '', level = ''] = one.split(' ');
          return { category, level, from: exception[1] ?? '' };
        });
      const usual = /^ {6}(full|summary|existence) +(.*)$/.exec(line);
      return (usual?.[2] ?? '')
        .split(', ')
        .filter(Boolean)
        .map((category) => ({ category, level: usual?.[1] ?? '', from: 'any' }));
    });
    return whom.flatMap((one) => levels.map((level) => ({ ...one, ...level })));
  });
}
