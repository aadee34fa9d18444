/**
 * The sandbox's identity provider: a real OIDC issuer with real keys, so that everything behind it is exercised as in
 * production. Machine clients get tokens at its token endpoint by client credentials; people through `/sandbox/tokens`,
 * which replaces their agency's sign-in page. Keys are made at each start: a token does not outlive the process.
 */
import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider, type Adapter, type ClientMetadata, type ResourceServer } from 'oidc-provider';
import { SANDBOX_ISSUER } from '../config.js';

const TOKEN_SECONDS = 3600;
/** The client through which people sign in. */
const PEOPLE = 'sandbox-people';

/** Adapter without storage, because tokens are JWTs. */
class NothingKept implements Adapter {
  upsert = async (): Promise<undefined> => Promise.resolve(undefined);
  find = async (): Promise<undefined> => Promise.resolve(undefined);
  findByUserCode = async (): Promise<undefined> => Promise.resolve(undefined);
  findByUid = async (): Promise<undefined> => Promise.resolve(undefined);
  consume = async (): Promise<undefined> => Promise.resolve(undefined);
  destroy = async (): Promise<undefined> => Promise.resolve(undefined);
  revokeByGrantId = async (): Promise<undefined> => Promise.resolve(undefined);
}

export interface SandboxClient {
  clientId: string;
  scopes: string[];
}

/** Derives the published secret of a sandbox client from its name. */
export const secretOf = (clientId: string): string => `sandbox-secret-of-${clientId}`;

export class SandboxIssuer {
  private readonly provider: Provider;
  private readonly scopes: string;
  readonly callback: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

  constructor(clients: SandboxClient[]) {
    this.scopes = [...new Set(clients.flatMap((client) => client.scopes))].sort().join(' ');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const unlisted: Partial<ClientMetadata> = {
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    };
    this.provider = new Provider(SANDBOX_ISSUER.issuer, {
      adapter: NothingKept,
      jwks: {
        keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'sandbox-1' }] as never,
      },
      scopes: this.scopes.split(' '),
      clients: [
        { client_id: PEOPLE, client_secret: secretOf(PEOPLE), ...unlisted },
        ...clients.map(({ clientId, scopes }) => ({
          client_id: clientId,
          client_secret: secretOf(clientId),
          scope: scopes.join(' '),
          ...unlisted,
        })),
      ],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => SANDBOX_ISSUER.audience,
          useGrantedResource: () => true,
          getResourceServerInfo: () => this.resource(),
        },
      },
      ttl: { AccessToken: TOKEN_SECONDS, ClientCredentials: TOKEN_SECONDS },
    });
    this.callback = this.provider.callback();
  }

  /** A token for a person of the cast. */
  async tokenForPerson(subject: string): Promise<string> {
    const client = await this.client(PEOPLE);
    const token = new this.provider.AccessToken({ accountId: subject, client, gty: 'sandbox' } as never);
    return this.issue(token);
  }

  /** A token for a machine client, with all its scopes: as its token endpoint would issue it. */
  async tokenForClient({ clientId, scopes }: SandboxClient): Promise<string> {
    const client = await this.client(clientId);
    return this.issue(new this.provider.ClientCredentials({ client, scope: scopes.join(' ') } as never));
  }

  private async issue(token: { resourceServer?: unknown; save: () => Promise<string> }): Promise<string> {
    token.resourceServer = new this.provider.ResourceServer(SANDBOX_ISSUER.audience, this.resource());
    return token.save();
  }

  private async client(id: string): Promise<object> {
    const client = await this.provider.Client.find(id);
    if (!client) throw new Error(`the sandbox knows no client ${id}`);
    return client;
  }

  private resource(): ResourceServer {
    return {
      scope: this.scopes,
      audience: SANDBOX_ISSUER.audience,
      accessTokenFormat: 'jwt',
      accessTokenTTL: TOKEN_SECONDS,
      jwt: { sign: { alg: 'RS256' } },
    };
  }
}
