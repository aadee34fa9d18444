/**
 * Pipelined execution of prepared statements on one connection.
 *
 * Outside a transaction, the statements are sent with the security context in one message before a single Sync.
 * PostgreSQL treats everything before a Sync as one implicit transaction, so the transaction-local settings of the
 * context end with it. The result contains the authorization version that was current in that transaction.
 */
import type { Writable } from 'node:stream';
import pg, { type PoolClient } from 'pg';
import type { Row } from '../authorization/conditions.js';
import type { BoundStatement } from './statement-template.js';
import { connectionOf } from '../database/hold-writes.js';

/** Protocol methods of the connection that `pg` passes to its own queries. */
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

/** Column parsers by statement text, cached so that only the first execution needs a Describe message. */
const columnsOf = new Map<string, Column[]>();
const MOST_TEXTS = 5000;

export interface PipelinedResult {
  /** Rows by statement, in order. */
  rows: Row[][];
  /** Authorization version in effect for the statements; null if they ran in an open transaction. */
  version: string | null;
}

/**
 * Returns whether the connection has already prepared the statement. A new statement is sent alone, so that a parse
 * error cannot abort other statements.
 */
export const isPrepared = (client: PoolClient, statement: BoundStatement): boolean =>
  (connectionOf(client) as Wire).parsedStatements[statement.name] !== undefined;

/**
 * Runs several statements; `entry` sets the security context and is null in an open transaction. If more than one
 * statement is given, all must be prepared (`isPrepared`).
 */
export function runPipelined(
  client: PoolClient,
  statements: BoundStatement[],
  contextStatement: BoundStatement | null,
): Promise<PipelinedResult> {
  return new Promise((resolve, reject) => {
    const question: PipelinedQuery = new PipelinedQuery(statements, contextStatement, (error) => {
      if (error) reject(error);
      else resolve({ rows: question.parts.map(({ found }) => found), version: question.version });
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
  version: string | null = null;
  /** Index of the statement whose result is being received; -1 for `entry`. */
  private at: number;

  constructor(
    statements: BoundStatement[],
    private readonly contextStatement: BoundStatement | null,
    done: (error: Error | undefined) => void,
  ) {
    const last = statements.at(-1);
    super({ name: last?.name, text: last?.text ?? '' }, done);
    this.parts = statements.map((statement) => ({
      form: statement,
      columns: columnsOf.get(statement.text),
      found: [],
    }));
    this.at = contextStatement ? -1 : 0;
  }

  override submit = (connection: unknown): void => {
    const wire = connection as Wire;
    wire.stream.cork();
    try {
      if (this.contextStatement) put(wire, this.contextStatement);
      for (const { form: statement, columns } of this.parts) put(wire, statement, { describes: !columns });
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
      this.version = fields.at(-1) ?? null;
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
    // `pg` marks only the last statement as prepared: after an error it would prepare `entry` again, which PostgreSQL
    // refuses
    if (this.contextStatement && this.at < 0) noteParsed(connection as Wire, this.contextStatement);
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
