/**
 * Canaries: in a copy of the sandbox a value of its own in every classified field of every record, so that what leaves the
 * service by any exit can be traced to the one field of the one record from which it came. Which fields there are is read
 * off the entities; which value a field takes is found by trying (the database refuses what a field cannot hold). A word of
 * a list stays one of its words, so that it can be asked about.
 */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { policyOf, type Database } from './policy.ts';

/** One field of one record. */
export interface Cell {
  /** The subject's name, such as `Person`. */
  subject: string;
  field: string;
  id: string;
}

export interface Canaries {
  /** The cells whose values stand in this text. */
  in(text: string): Cell[];
  /** The value of a cell. */
  valueOf(cell: Cell): string | undefined;
  /** How many cells carry a value of their own. */
  marked: number;
  /** Fields that cannot (flags, words of a list, numbers, references): they are watched under their own name. */
  unmarkable: Set<string>;
  /** The records that hold such fields, by identifier: a record and its companion may share one. */
  holders: Map<string, string[]>;
  /** Notes which field of a new record carries which value, by the answer with which it was made. */
  knows(subject: string, made: Record<string, unknown> & { id: string }): void;
}

/** A value that no record carries yet, to be sent. */
export function newMark(): string {
  const letters = Array.from({ length: 12 }, () => String.fromCharCode(97 + randomInt(16)));
  return `zq${letters.join('')}qz`;
}

/** Twelve letters between two marks: no word, code or identifier of the sandbox looks like it. */
const LETTERS = (key: string): string => `translate(left(md5(${key}), 12), '0123456789', 'ghijklmnop')`;
const MARK = (key: string): string => `'zq' || ${LETTERS(key)} || 'qz'`;
const FINDS = [/zq[a-p]{12}qz/gi, /\b1[67]\d\d-\d\d-\d\d/g];

/** The forms that a value of its own may take, by type of column: the first that the database accepts. */
const FORMS: Record<string, (key: string) => string[]> = {
  text: (key) => [MARK(key), `${MARK(key)} || '@example.org'`],
  'text[]': (key) => [`ARRAY[${MARK(key)}]`],
  // a day of its own, long ago, as there are hardly more records than days in two centuries
  date: () => [`date '1600-01-01' + (rank() OVER (ORDER BY id))::int`],
};

/** Marks what can be marked in the database; the service must not be running on it yet. */
export async function givenCanaries(database: Database): Promise<Canaries> {
  const policy = await policyOf();
  const { getMetadataStorage } = await import('class-validator');
  /** Is one of the words of a list? */
  const isWord = (type: abstract new () => object, field: string): boolean =>
    getMetadataStorage()
      .getTargetValidationMetadatas(type, '', false, false)
      .some(({ propertyName, name }) => propertyName === field && name === 'isIn');
  // triggers off: what forbids changes is not what is tried here
  const client = new pg.Client({ connectionString: database.adminUrl, options: '-c session_replication_role=replica' });
  client.on('error', () => undefined);
  await client.connect();
  const cells = new Map<string, Cell>();
  const values = new Map<string, string>();
  const unmarkable = new Set<string>();
  const holders = new Map<string, string[]>();
  const keyOf = ({ subject, field, id }: Cell): string => `${subject}.${field} ${id}`;

  /** Sets the column to the form in every row that has a value, or in every row; false where the database refuses. */
  const marks = async (table: string, column: string, form: string, where: string): Promise<boolean> => {
    await client.query('SAVEPOINT form');
    try {
      await client.query(
        `UPDATE ${table} t SET ${column} = own.value FROM (SELECT id, ${form} AS value FROM ${table}) own
         WHERE own.id = t.id AND ${where}`,
      );
      return true;
    } catch (error) {
      if (!/^2[23]/.test((error as { code?: string }).code ?? '')) throw error;
      await client.query('ROLLBACK TO form');
      return false;
    }
  };

  await client.query('BEGIN');
  let days = 0;
  for (const { type, name: subject } of policy.declaredSubjects()) {
    const table = policy.tableOf(type);
    const fields = [...policy.classifiedProperties(type)].filter(([, one]) => one.category !== 'administrative');
    const { rows: all } = await client.query<{ id: string }>(`SELECT id FROM ${table}`);
    for (const [field] of fields) {
      const { name: column, type: sqlType } = policy.columnOf(type, field);
      const key = `'${subject}.${field} ' || id`;
      const forms = (isWord(type, field) ? [] : (FORMS[sqlType]?.(key) ?? [])).map((form) =>
        sqlType === 'date' ? `${form} + ${String(days)}` : form,
      );
      let done = false;
      for (const form of forms)
        for (const where of sqlType === 'date' ? [`t.${column} IS NOT NULL`] : ['TRUE', `t.${column} IS NOT NULL`])
          done ||= await marks(table, column, form, where);
      if (sqlType === 'jsonb') done = await marksTexts(client, table, column, key);
      if (!done) unmarkable.add(`${subject}.${field}`);
      const { rows } = await client.query<{ id: string; text: string }>(
        `SELECT id, ${column}::text AS text FROM ${table} WHERE ${column} IS NOT NULL`,
      );
      if (sqlType === 'date') days += all.length;
      for (const { id, text } of done ? rows : []) {
        const cell = { subject, field, id };
        for (const found of new Set(valuesIn(text))) {
          const twin = cells.get(found);
          if (twin) throw new Error(`${keyOf(twin)} and ${keyOf(cell)} carry the same value`);
          cells.set(found, cell);
          values.set(keyOf(cell), found);
        }
      }
    }
    for (const { id } of fields.length ? all : []) holders.set(id, [...(holders.get(id) ?? []), subject]);
  }
  await client.query('COMMIT');
  await client.end();
  return {
    in: (text) => [...new Set(valuesIn(text))].flatMap((found) => cells.get(found) ?? []),
    valueOf: (cell) => values.get(keyOf(cell)),
    marked: values.size,
    unmarkable,
    holders,
    knows(subject, made) {
      holders.set(made.id, [...new Set([...(holders.get(made.id) ?? []), subject])]);
      for (const [field, value] of Object.entries(made))
        for (const found of valuesIn(JSON.stringify(value ?? null)))
          if (!cells.has(found)) cells.set(found, { subject, field, id: made.id });
    },
  };
}

const valuesIn = (text: string): string[] =>
  FINDS.flatMap((form) => [...text.matchAll(form)].map(([found]) => found.toLowerCase()));

/** Every text within a JSON column, each record's alike; false where there is no text in any. */
async function marksTexts(client: pg.Client, table: string, column: string, key: string): Promise<boolean> {
  const { rows } = await client.query<{ id: string; value: unknown; mark: string }>(
    `SELECT id, ${column} AS value, ${MARK(key)} AS mark FROM ${table} WHERE ${column} IS NOT NULL`,
  );
  let found = 0;
  const marked = (value: unknown, mark: string): unknown => {
    if (typeof value === 'string') {
      found++;
      return mark;
    }
    if (Array.isArray(value)) return value.map((one) => marked(one, mark));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one, mark)]));
  };
  const changed = rows.map(({ id, value, mark }) => ({ id, value: marked(value, mark) }));
  if (!found) return false;
  await client.query(
    `UPDATE ${table} t SET ${column} = own.value FROM jsonb_to_recordset($1) AS own(id uuid, value jsonb) WHERE own.id = t.id`,
    [JSON.stringify(changed)],
  );
  return true;
}
