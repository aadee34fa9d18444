/**
 * How a form is put to the database. Alone it goes together with who asks: one message, and one transaction of its own (all
 * that stands before one Sync of PostgreSQL's protocol is one), so that the settings of the wall end with the answer. The
 * answer then comes with the stamp under which it was given.
 */
import pg, { type PoolClient } from 'pg';
import type { Row } from '../policy/conditions.js';
import type { Filled } from './forms.js';

/** What `pg` gives its own queries to write with. */
interface Wire {
  parse: (statement: { name: string; text: string }) => void;
  bind: (portal: { statement: string; values: unknown[] }) => void;
  describe: (portal: { type: 'P'; name: string }) => void;
  execute: (portal: object) => void;
  sync: () => void;
  stream: { cork: () => void; uncork: () => void };
  parsedStatements: Record<string, string | undefined>;
  submittedNamedStatements: Record<string, string | undefined>;
}

interface Column {
  name: string;
  read: (text: string) => unknown;
}

/** How the columns of an answer are read, by the text that asks for them: told once, and not asked for again. */
const columnsOf = new Map<string, Column[]>();
const MOST_TEXTS = 5000;

export interface Answer {
  rows: Row[];
  /** Of all facts, when the question was answered; null where it was not put alone. */
  stamp: string | null;
}

/** `entry` says who asks; without it, the transaction that is open has said so. */
export function ask(client: PoolClient, form: Filled, entry: Filled | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const question: Question = new Question(form, entry, (error) => {
      if (error) reject(error);
      else resolve({ rows: question.found, stamp: question.stamp });
    });
    client.query(question);
  });
}

class Question extends pg.Query {
  readonly found: Row[] = [];
  stamp: string | null = null;
  /** What stands before the form is not answered yet. */
  private isEntering: boolean;
  private columns: Column[] | undefined;

  constructor(
    private readonly form: Filled,
    private readonly entry: Filled | null,
    done: (error: Error | undefined) => void,
  ) {
    super({ name: form.name, text: form.text, values: form.values }, done);
    this.isEntering = entry !== null;
    this.columns = columnsOf.get(form.text);
  }

  override submit = (connection: unknown): void => {
    const wire = connection as Wire;
    wire.stream.cork();
    try {
      if (this.entry) put(wire, this.entry);
      put(wire, this.form, () => {
        if (!this.columns) wire.describe({ type: 'P', name: '' });
      });
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  };

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: pg.types.getTypeParser(dataTypeID, 'text') as Column['read'],
    }));
    if (columnsOf.size > MOST_TEXTS) columnsOf.clear();
    columnsOf.set(this.form.text, this.columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (this.isEntering) {
      this.stamp = fields.at(-1) ?? null;
      return;
    }
    const row: Row = {};
    this.columns?.forEach(({ name, read }, n) => {
      const text = fields[n];
      row[name] = text == null ? null : read(text);
    });
    this.found.push(row);
  }

  handleCommandComplete(): void {
    this.isEntering = false;
  }
}

function put(wire: Wire, { name, text, values }: Filled, describe?: () => void): void {
  if (wire.parsedStatements[name] === undefined && wire.submittedNamedStatements[name] === undefined) {
    wire.parse({ name, text });
    wire.submittedNamedStatements[name] = text;
  }
  wire.bind({ statement: name, values });
  describe?.();
  wire.execute({});
}
