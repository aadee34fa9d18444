/** Sends a generated command as the person who gives it. */
import { as } from '../../support/people.ts';
import type { TestServer } from '../../support/server.ts';
import { reportExchange } from '../../support/traffic.ts';
import type { Command } from './commands.ts';

export interface Sent {
  status: number;
  /** Media type of the answer, or nothing. */
  type: string;
  text: string;
}

/** Throws where the service fails (500 or above). */
export async function send(
  server: TestServer,
  { who, method, path, body }: Pick<Command, 'who' | 'method' | 'path' | 'body'>,
): Promise<Sent> {
  const { token } = await as(server, who);
  const answer = await fetch(`${server.url}${path}`, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${token}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status >= 500)
    throw new Error(`${who}: ${method} ${path}: ${String(answer.status)} ${text}\n${server.logs().slice(-4_000)}`);
  const headers = Object.fromEntries(answer.headers);
  const isJson = /json/.test(headers['content-type'] ?? '');
  reportExchange({
    method,
    address: path,
    requestHeaders: { 'if-match': '*' },
    sent: body,
    status: answer.status,
    headers,
    received: isJson ? JSON.parse(text) : undefined,
  });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text };
}
