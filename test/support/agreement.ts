/** Agreements for specs: drafted by the data protection officer, signed by whom one names, put in force. */
import pg from 'pg';
import type { Response } from 'supertest';
import { as, type Caller } from './people.ts';
import { willClose } from './opened.ts';
import type { TestServer } from './server.ts';

export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the database is dropped when the spec ends
  await client.connect();
  willClose({ stop: () => client.end().catch(() => undefined) });
  return client;
}

export interface Agreement {
  id: string;
  code: string;
  partnershipId: string;
  currentVersionId: string;
  warnings: { code: string; on: string; inDays: number }[];
}

export async function agreementCalled(caller: Caller, code: string): Promise<Agreement> {
  const { body } = await caller.get('/v1/sharing-agreements?limit=100').expect(200);
  const found = (body.data as Agreement[]).find((one) => one.code === code);
  if (!found) throw new Error(`no agreement ${code}`);
  return found;
}

export const versionPath = (agreement: Agreement, versionId: string): string =>
  `/v1/sharing-agreements/${agreement.id}/versions/${versionId}`;

/** A draft based on the version in force, with changes. */
export async function drafted(dpo: Caller, agreement: Agreement, changes: object = {}): Promise<Response> {
  return dpo
    .post(`/v1/sharing-agreements/${agreement.id}/versions`, { basedOn: agreement.currentVersionId, ...changes })
    .expect(201);
}

/** Lets these people sign for their agencies. */
export async function givenSignatories(client: pg.Client, people: string[]): Promise<void> {
  await client.query(
    `UPDATE practitioners SET roles = array_append(roles, 'agency_administrator')
     WHERE subject = ANY($1) AND NOT 'agency_administrator' = ANY(roles)`,
    [people],
  );
}

export async function signed(server: TestServer, path: string, people: string[]): Promise<void> {
  for (const who of people) await command(await as(server, who), path, 'signatures', 200);
}

/** A command on a version, as its caller last read it, and how it is answered. */
export async function command(
  caller: Caller,
  path: string,
  name: string,
  status: number,
  body?: object,
): Promise<Response> {
  const { headers } = await caller.get(path).expect(200);
  return caller
    .post(`${path}/${name}`, body)
    .set('if-match', headers['etag'] ?? '')
    .expect(status);
}

export const londonDay = (moment: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(moment);
export const inDays = (days: number): string => londonDay(new Date(Date.now() + days * 86_400_000));
