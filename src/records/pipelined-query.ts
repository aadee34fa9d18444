/**
 * How forms are put to the database. Outside a transaction they go together with who asks: one message, and one transaction
 * of its own (all that stands before one Sync of PostgreSQL's protocol is one), so that the settings of the wall end with the
 * answers. These then come with the stamp under which they were given.
 */
import type { Writable } from 'node:stream';
import pg, { type PoolClient } from 'pg';
import type { Row } from '../authorization/conditions.js';
import type { BoundStatement } from './statement-template.js';
import { connectionOf } from '../database/hold-writes.js';

/** What `pg` gives its own queries to write with. */
interface Wire {
  parse: (statement: { name: string; text: string }) => void;
  bind: (portal: { statement: string; values: unknown[] }) => void;
  describe: (portal: { type: 'P'; name: string }) => void;
  execute: (portal: object) => void;
  sync: () => void;
  stream: Writable;
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

export interface PipelinedResult {
  /** The rows that each form found. */
  rows: Row[][];
  /** Of all facts, when the question was answered; null where it was put in an open transaction. */
  stamp: string | null;
}

/** Was the form put on this connection before? What is new there goes alone, so that an error blames nothing else. */
export const isPrepared = (client: PoolClient, form: BoundStatement): boolean =>
  (connectionOf(client) as Wire).parsedStatements[form.name] !== undefined;

/** `entry` says who asks; without it, the transaction that is open has said so. Several forms are `isPrepared`. */
export function runPipelined(
  client: PoolClient,
  forms: BoundStatement[],
  entry: BoundStatement | null,
): Promise<PipelinedResult> {
  return new Promise((resolve, reject) => {
    const question: PipelinedQuery = new PipelinedQuery(forms, entry, (error) => {
      if (error) reject(error);
      else resolve({ rows: question.parts.map(({ found }) => found), stamp: question.stamp });
    });
    client.query(question);
  });
}

interface Part {
  form: BoundStatement;
  columns: Column[] | undefined;
  found: Row[];
}

class PipelinedQuery extends pg.Query {
  readonly parts: Part[];
  stamp: string | null = null;
  /** Which part is being answered: before the first one, the entry. */
  private at: number;

  constructor(
    forms: BoundStatement[],
    private readonly entry: BoundStatement | null,
    done: (error: Error | undefined) => void,
  ) {
    const last = forms.at(-1);
    super({ name: last?.name, text: last?.text ?? '' }, done);
    this.parts = forms.map((form) => ({ form, columns: columnsOf.get(form.text), found: [] }));
    this.at = entry ? -1 : 0;
  }

  override submit = (connection: unknown): void => {
    const wire = connection as Wire;
    wire.stream.cork();
    try {
      if (this.entry) put(wire, this.entry);
      for (const { form, columns } of this.parts) put(wire, form, { describes: !columns });
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  };

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    const part = this.parts[this.at];
    if (!part) return;
    part.columns = fields.map(({ name, dataTypeID }) => ({
      name,
      read: pg.types.getTypeParser(dataTypeID, 'text') as Column['read'],
    }));
    if (columnsOf.size > MOST_TEXTS) columnsOf.clear();
    columnsOf.set(part.form.text, part.columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const part = this.parts[this.at];
    if (!part) {
      this.stamp = fields.at(-1) ?? null;
      return;
    }
    const row: Row = {};
    part.columns?.forEach(({ name, read }, n) => {
      const text = fields[n];
      row[name] = text == null ? null : read(text);
    });
    part.found.push(row);
  }

  handleCommandComplete(_: unknown, connection: unknown): void {
    // `pg` notes the last form alone: after an error it would prepare the entry a second time, which the database refuses
    if (this.entry && this.at < 0) noteParsed(connection as Wire, this.entry);
    this.at += 1;
  }
}

function noteParsed(wire: Wire, { name, text }: BoundStatement): void {
  wire.parsedStatements[name] = text;
  delete wire.submittedNamedStatements[name];
}

function put(wire: Wire, { name, text, values }: BoundStatement, { describes = false } = {}): void {
  if (wire.parsedStatements[name] === undefined && wire.submittedNamedStatements[name] === undefined) {
    wire.parse({ name, text });
    wire.submittedNamedStatements[name] = text;
  }
  wire.bind({ statement: name, values });
  if (describes) wire.describe({ type: 'P', name: '' });
  wire.execute({});
}
