/**
 * Requests over connections that stay open. Opening one for each request costs the spec and the service about as much as the
 * request itself; `fetch` costs three times as much as `node:http`.
 */
import http from 'node:http';
import { reportExchange } from './traffic.ts';

/** Idle connections hold no process open, and end with the service. */
export const keptAlive = new http.Agent({ keepAlive: true });

export interface Request {
  method?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Each name and each value, as they were received. */
  rawHeaders: string[];
  bytes: Buffer;
}

/** Sends a request with a token, and reads the whole answer. */
export function request(
  address: string,
  token: string,
  { method = 'GET', headers = {}, body }: Request = {},
): Promise<Reply> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = http.request(
      address,
      {
        agent: keptAlive,
        method,
        headers: {
          accept: '*/*',
          authorization: `Bearer ${token}`,
          ...(sent === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent)) }),
          ...headers,
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const { statusCode: status = 0, headers: received, rawHeaders } = answer;
          const bytes = Buffer.concat(parts);
          const { pathname, search } = new URL(address);
          const isJson = /^application\/(problem\+)?json/.test(received['content-type'] ?? '');
          reportExchange({
            method,
            address: pathname + search,
            requestHeaders: headers,
            sent: body,
            status,
            headers: received,
            received: isJson ? JSON.parse(bytes.toString()) : undefined,
          });
          resolve({ status, headers: received, rawHeaders, bytes });
        });
      },
    );
    asked.on('error', reject);
    asked.end(sent);
  });
}
