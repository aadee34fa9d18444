/** An identity provider of a test's own: real keys, served over HTTP, and tokens as well or badly made as one likes. */
import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { willClose } from './opened.ts';

type Json = Record<string, unknown>;

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const aKeyPair = (): { privateKey: KeyObject; publicKey: KeyObject } =>
  generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Signs whatever it is given; a member that is `undefined` is left out. */
export function token(header: Json, claims: Json, key: KeyObject | string): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  const signature =
    typeof key === 'string'
      ? createHmac('sha256', key).update(input).digest()
      : sign('sha256', Buffer.from(input), key);
  return `${input}.${signature.toString('base64url')}`;
}

export interface TestIssuer {
  issuer: string;
  audience: string;
  jwksUri: string;
  keys: { privateKey: KeyObject; publicKey: KeyObject };
  /** How often its keys were fetched. */
  fetched(): number;
  header: Json;
  /** Claims of a good token for this `sub`, or what is asked for instead. */
  claims(sub: string, instead?: Json): Json;
  /** A token with its key. */
  token(sub: string, instead?: Json, header?: Json): string;
  stop(): Promise<void>;
}

export async function givenIssuer(issuer: string, audience: string): Promise<TestIssuer> {
  const keys = aKeyPair();
  const header = { alg: 'RS256', typ: 'at+jwt', kid: 'one' };
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  let fetched = 0;
  const server = http.createServer((_, response) => {
    fetched++;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const claims = (sub: string, instead: Json = {}): Json => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: issuer, aud: audience, sub, client_id: 'sign-in', iat: now, exp: now + 600, ...instead };
  };
  return willClose({
    issuer,
    audience,
    jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    keys,
    fetched: () => fetched,
    header,
    claims,
    token: (sub, instead, other = header) => token(other, claims(sub, instead), keys.privateKey),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
