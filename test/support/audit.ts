/** The log as an auditor exports it, and the verifier run on it as an outsider would. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { as } from './people.ts';
import { willClose } from './opened.ts';
import type { TestServer } from './server.ts';

export interface Verdict {
  code: number;
  /** What it printed. */
  text: string;
}

export interface ExportedEntry {
  type: 'entry';
  index: number;
  leafHash: string;
  leaf?: Record<string, unknown> & { id: string };
  values?: Record<string, unknown>;
  salts?: Record<string, string>;
}

export interface Checkpoint {
  size: number;
  root: string;
  time: string;
  keyId: string;
  signature: string;
}

let folder: string | undefined;

function fileOf(text: string): string {
  folder ??= fs.mkdtempSync(path.join(os.tmpdir(), 'wardmote-audit-'));
  const file = path.join(folder, `${String(fs.readdirSync(folder).length)}.ndjson`);
  fs.writeFileSync(file, text);
  return file;
}

/** The export, as text. */
export async function exported(server: TestServer, who = 'auditor'): Promise<string> {
  const { token } = await as(server, who);
  const reply = await fetch(`${server.url}/v1/audit-entries/export`, { headers: { authorization: `Bearer ${token}` } });
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(`the export answered ${String(reply.status)}: ${text}`);
  return text;
}

export const linesOf = (text: string): { type: string }[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

export const entriesIn = (text: string): ExportedEntry[] =>
  linesOf(text).filter(({ type }) => type === 'entry') as ExportedEntry[];

export function verified(text: string, options: { key?: string; kept?: object } = {}): Promise<Verdict> {
  const args = ['tools/audit-verify.mjs', fileOf(text)];
  if (options.key) args.push('--key', options.key);
  if (options.kept) args.push('--checkpoint', fileOf(JSON.stringify(options.kept)));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, text: `${stdout}${stderr}` });
    });
  });
}

/** The superuser of the database with triggers off: whoever they stop is not an attacker worth the name. */
export async function intruder(server: TestServer): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.database.adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SET session_replication_role = replica');
  willClose({ stop: () => client.end() });
  return client;
}

/** A few reads and refusals by several people, so that the log has something to say. */
export async function busyDay(server: TestServer): Promise<void> {
  const officer = await as(server, 'housing-officer');
  const { body } = await officer.get('/v1/cases?limit=4').expect(200);
  for (const { id } of body.data) await officer.get(`/v1/cases/${id}`).expect(200);
  const outsider = await as(server, 'outsider');
  for (const { id } of body.data) await outsider.get(`/v1/cases/${id}`).expect(404);
  await outsider.get('/v1/audit-entries').expect(403);
  await (await as(server, 'other-borough-coordinator')).get('/v1/persons?limit=5').expect(200);
}
