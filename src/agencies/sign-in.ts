/**
 * Passport JWT strategy: verifies access tokens and loads the actor. Signature, algorithm, type, issuer, audience and
 * expiry are all required; the defaults of the libraries accept a wrong type, a wrong audience and a token that never
 * expires. Each agency may have an issuer of its own; a token is verified with the keys of the issuer that the token
 * names and no other.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { JwksClient } from 'jwks-rsa';
import { ExtractJwt, Strategy, type SecretOrKeyProvider } from 'passport-jwt';
import { config, type IssuerConfig } from '../config.js';
import { Actors, refuseAfterReload, type Actor } from '../authentication/actor.js';
import {
  EMERGENCY_PURPOSE,
  LOG_PURPOSES,
  PURPOSES,
  type LogPurpose,
  type Purpose,
} from '../authentication/purposes.js';
import { invalid, refused, unauthenticated } from '../http/problems.js';
import { requestContextOf } from '../http/request-context.js';
import { Clock } from '../time/clock.js';
import { AuditLog } from '../records/audit-recording.js';
import { refusalDraft } from '../records/refusal-drafts.js';

const ALGORITHMS = ['RS256', 'ES256', 'PS256'] as const;
const CLOCK_SKEW_SECONDS = 5;
const KEYS_FRESH_MS = 10 * 60_000;
const KEYS_PAUSE_MS = 10_000;

const log = new Logger('sign-in');

interface Claims {
  iss: string;
  sub: string;
  aud: string | string[];
  exp?: number;
  nbf?: number;
  iat?: number;
  client_id?: string;
  scope?: string;
}

/** Returns the issuers that vouch for the people of an agency. */
export const issuersOf = (agencyCode: string): string[] =>
  config.issuers.filter(({ agency }) => agency === null || agency === agencyCode).map(({ issuer }) => issuer);

function part(token: string, index: number): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return value as Record<string, unknown>;
}

/**
 * Cached signing keys of one issuer. An unknown key id causes a fetch at most once per `KEYS_PAUSE_MS`, and never
 * blocks tokens whose key is known: a limit on fetches shared by all ids would let anybody lock everybody out.
 */
class IssuerKeys {
  private keys = new Map<string, KeyObject>();
  private askedAt = 0;
  private asking: Promise<void> | undefined;
  private readonly client: JwksClient;

  constructor(private readonly jwksUri: string) {
    this.client = new JwksClient({ jwksUri, cache: false, timeout: 5_000 });
  }

  async find(kid: string): Promise<KeyObject | undefined> {
    const age = Date.now() - this.askedAt;
    if (age > KEYS_FRESH_MS || (age > KEYS_PAUSE_MS && !this.keys.has(kid)))
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
    if (!this.keys.has(kid)) await this.asking;
    return this.keys.get(kid);
  }

  /** Fetches the keys. If the issuer does not respond, the known keys remain in use. */
  private async ask(): Promise<void> {
    this.askedAt = Date.now();
    try {
      const found = await this.client.getSigningKeys();
      this.keys = new Map(found.map((key) => [key.kid, createPublicKey(key.getPublicKey())]));
    } catch {
      log.warn({ jwksUri: this.jwksUri }, 'the keys of an issuer could not be fetched');
    }
  }
}

/** Finds the signing key of a token by issuer and key id; throws if there can be none. */
class Keys {
  private readonly ofIssuers: Map<string, IssuerKeys>;

  constructor(issuers: IssuerConfig[]) {
    this.ofIssuers = new Map(issuers.map((one) => [one.issuer, new IssuerKeys(one.jwksUri)]));
  }

  find(token: string): Promise<KeyObject | undefined> {
    const header = part(token, 0);
    if (header['typ'] !== 'at+jwt' && header['typ'] !== 'application/at+jwt') throw new Error('type');
    if (!(ALGORITHMS as readonly unknown[]).includes(header['alg']) || typeof header['kid'] !== 'string')
      throw new Error('algorithm or key id');
    const issuer = this.ofIssuers.get(part(token, 1)['iss'] as string);
    if (!issuer) throw new Error('issuer');
    return issuer.find(header['kid']);
  }
}

const tokenOf: (request: FastifyRequest) => string | null = ExtractJwt.fromAuthHeaderAsBearerToken();

/** Token whose signature and claims were verified with this key. */
interface Verified {
  key: KeyObject;
  claims: Claims;
}

const MOST_VERIFIED = 10_000;

@Injectable()
export class SignIn extends PassportStrategy(Strategy, 'jwt') {
  private readonly issuers: IssuerConfig[];
  private readonly keys: Keys;
  /** Keys with which the tokens of current requests are being verified. */
  private readonly keyOf: WeakMap<FastifyRequest, KeyObject>;
  private readonly verified = new Map<string, Verified>();

  constructor(
    private readonly actors: Actors,
    private readonly auditLog: AuditLog,
    private readonly clock: Clock,
  ) {
    const { issuers } = config;
    const keys = new Keys(issuers);
    const keyOf = new WeakMap<FastifyRequest, KeyObject>();
    const provider: SecretOrKeyProvider<FastifyRequest> = (request, token: string, done) => {
      try {
        void keys.find(token).then((key) => {
          if (key) keyOf.set(request, key);
          done(key ? null : unauthenticated('The token could not be verified.'), key as never);
        });
      } catch {
        done(unauthenticated('The access token is not one of a trusted issuer, or not of type at+jwt.'));
      }
    };
    super({
      jwtFromRequest: tokenOf,
      secretOrKeyProvider: provider as never,
      algorithms: [...ALGORITHMS],
      issuer: issuers.map((one) => one.issuer),
      audience: [...new Set(issuers.map((one) => one.audience))],
      jsonWebTokenOptions: { clockTolerance: CLOCK_SKEW_SECONDS },
      passReqToCallback: true,
    });
    this.issuers = issuers;
    this.keys = keys;
    this.keyOf = keyOf;
  }

  /**
   * Verifies each signature once. While the key is still the issuer's and the token has not expired, only the time is
   * checked again.
   */
  override authenticate(...[request, options]: Parameters<Strategy['authenticate']>): void {
    const asked = request as unknown as FastifyRequest;
    const token = tokenOf(asked);
    const known = token === null ? undefined : this.verified.get(token);
    if (token === null || !known || !isCurrent(known.claims)) {
      super.authenticate(request, options);
      return;
    }
    void this.keys.find(token).then((key) => {
      if (key !== known.key) {
        this.verified.delete(token);
        super.authenticate(request, options);
        return;
      }
      this.admit(asked, { ...known.claims }).then(
        (actor) => {
          this.success(actor);
        },
        (error: unknown) => {
          this.error(error as Error);
        },
      );
    });
  }

  async validate(request: FastifyRequest, claims: Claims): Promise<Actor> {
    const [token, key] = [tokenOf(request), this.keyOf.get(request)];
    if (token !== null && key) {
      if (this.verified.size > MOST_VERIFIED) this.verified.clear();
      this.verified.set(token, { key, claims: { ...claims } });
    }
    return this.admit(request, claims);
  }

  private async admit(request: FastifyRequest, claims: Claims): Promise<Actor> {
    const issuer = this.issuers.find((one) => one.issuer === claims.iss);
    const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
    const isNamed = typeof claims.sub === 'string' && claims.sub !== '';
    if (!issuer || !audiences.includes(issuer.audience) || !claims.exp || !claims.iat || !isNamed)
      throw unauthenticated('The access token lacks a required claim: iss, sub, aud, iat or exp.');
    const isClient = claims.client_id !== undefined && claims.client_id === claims.sub;
    const as = { now: this.clock.now(), call: requestContextOf(request), purpose: purposeOf(request) };
    const actor = await this.actors.signedIn(claims.iss, claims.sub, isClient ? claims.sub : null, {
      ...as,
      vouchesFor: issuer.agency,
      scopes: claims.scope?.split(' ') ?? [],
    });
    if (!actor) {
      const principal = `${claims.iss} ${claims.sub}`;
      await this.auditLog.record({ kind: 'unknown', id: null, agencyId: null, principal, ...as }, [
        refusalDraft({ action: 'sign-in', subjectType: 'Practitioner', rule: 'unknown-person' }),
      ]);
      throw refused(
        'unknown-person',
        'You signed in, but your agency has not registered you, or you are no longer active.',
      );
    }
    await this.admitPurpose(actor, as.purpose);
    return actor;
  }

  /** Accepts the emergency purpose only from an actor with an open emergency access. */
  private async admitPurpose(actor: Actor, purpose: Purpose | LogPurpose | undefined): Promise<void> {
    // a person states the purpose in a header; for a machine client, which can open no emergency access, it is
    // registered
    if (purpose !== EMERGENCY_PURPOSE && actor.purpose !== EMERGENCY_PURPOSE) return;
    await refuseAfterReload(
      actor,
      () =>
        actor.emergencyCaseIds.length
          ? null
          : refused(
              'no-emergency-open',
              `Send Purpose: ${EMERGENCY_PURPOSE} only while an emergency access of yours is open. Open one with POST /v1/emergency-accesses.`,
            ),
      ({ code }) =>
        this.auditLog.record(actor, [refusalDraft({ action: 'sign-in', subjectType: 'EmergencyAccess', rule: code })]),
    );
  }
}

function isCurrent({ exp = 0, nbf = 0 }: Claims): boolean {
  const now = Date.now() / 1000;
  return now < exp + CLOCK_SKEW_SECONDS && now >= nbf - CLOCK_SKEW_SECONDS;
}

const READING = ['GET', 'HEAD'];
/**
 * Purpose of every command. Counts and checks use what the actor reads in the panel's meetings, regardless of any
 * purpose of the log.
 */
const PURPOSE_OF_COMMANDS: Purpose = 'PANEL_MEETING';

/**
 * Returns the purpose of reading that a person states in the request, if any. A machine client has a registered
 * purpose. A command has a fixed purpose: another one would show other records, and a check over fewer records refuses
 * less.
 */
function purposeOf({ headers, method, routeOptions }: FastifyRequest): Purpose | LogPurpose | undefined {
  const { purpose } = headers;
  const isReading = READING.includes(method) || routeOptions.config.isReading === true;
  if (!isReading && purpose !== undefined && purpose !== PURPOSE_OF_COMMANDS)
    throw invalid(
      `The header Purpose says for which purpose you read. Leave it out here: a command is decided on what you read for ${PURPOSE_OF_COMMANDS}.`,
      [],
      'purpose-of-a-command',
    );
  if (!isReading) return PURPOSE_OF_COMMANDS;
  if (purpose === undefined) return undefined;
  const known: readonly unknown[] = [...PURPOSES, ...LOG_PURPOSES];
  if (!known.includes(purpose)) throw invalid(`The header Purpose must be one of ${known.join(', ')}.`);
  return purpose as Purpose | LogPurpose;
}
