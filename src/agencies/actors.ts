/**
 * Loads the actor of a verified token: one call identifies the actor and reads every declared attribute. A membership
 * that ended a moment ago therefore no longer counts. Actors are cached under the authorization version at which they
 * were read. Each request checks the version (`ActorCache`), and reloads the actor if the version has changed.
 *
 * The call is a database function that the migration creates from the declared attributes. The function reads as the
 * table owner, because an exclusion is hidden from the person whom it excludes, and its statement is planned once.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import {
  Actors,
  declaredTimedChanges,
  declaredAttributes,
  type ActingAs,
  type Actor,
  type ActorAttributes,
  type ActorCache,
  type AttributeOwner,
} from '../authentication/actor.js';
import { refused } from '../http/problems.js';
import { SharedPermissions, sharePermissions } from '../authorization/actor-permissions.js';
import type { LogPurpose, Purpose } from '../authentication/purposes.js';
import { createSeparatePool } from '../database/data-source.js';
import { setContextStatement } from '../records/database-session.js';
import { SERVICE_CONTEXT, type SecurityContext } from '../records/security-context.js';

interface Who {
  kind: Actor['kind'];
  id: string;
  name: string;
  agency_id: string;
  agency_type: string;
  roles: string[];
  scopes: string[] | null;
  purpose: Purpose | LogPurpose;
  facts: Record<string, unknown>;
  security_context: SecurityContext;
  /** Next time at which an attribute changes without a write, as time passes. */
  changes_at: string;
}

/** Result of the database function: the authorization version, and the actor or null. */
interface Found {
  version: string;
  who: Who | null;
}

interface FoundOfOne {
  id: string;
  found: Found;
}

interface CachedActor {
  version: string;
  loadedAt: Date;
  expiresAt: Date;
  who: Who;
  facts: ActorAttributes;
  permissions: SharedPermissions;
}

const MOST_KNOWN = 2000;
/** Batch size at which a statement takes about as long as a page of records. */
const READ_AT_ONCE = 50;
/** Size of the separate pool, which serves reads while a unit of work holds a connection. */
const MOST_CONNECTIONS = 2;

const DEFAULT_PURPOSE: Purpose = 'PANEL_MEETING';
/** Purpose of auditors who state none: verifying lawfulness. Source: Data Protection Act 2018, section 62(4)(a). */
const DEFAULT_PURPOSE_OF_AUDITORS: LogPurpose = 'LOG_LAWFULNESS';

/** Limits an agency's own issuer to the people and systems of that agency. */
const VOUCHED = 'a.active AND (:vouches IS NULL OR a.code = :vouches)';

/**
 * Selects the active registration to which a login belongs. An issuer that vouches for one agency finds only
 * registrations in that agency. The sandbox's issuer vouches for all agencies: the agency that registered the login
 * first owns it, and a registration in another agency has no effect.
 */
const REGISTERED = `SELECT p.id FROM practitioners p
    WHERE p.active AND p.issuer = :issuer AND p.subject = :subject
      AND p.agency_id = (SELECT f.agency_id FROM practitioners f JOIN agencies g ON g.id = f.agency_id
        WHERE f.issuer = :issuer AND f.subject = :subject AND (:vouches IS NULL OR g.code = :vouches)
        ORDER BY f.created_at, f.id LIMIT 1)`;

const WHO = `SELECT 'practitioner' AS kind, p.id, p.name, p.agency_id, a.type AS agency_type, p.roles,
    NULL::text[] AS scopes, login_registrations_of(p.id) AS of_login, registrations_of(p.id) AS registrations,
    name_keys_of(p.id) AS name_keys,
    coalesce(:asked, CASE WHEN 'auditor' = ANY(p.roles) THEN '${DEFAULT_PURPOSE_OF_AUDITORS}' ELSE '${DEFAULT_PURPOSE}' END) AS purpose
  FROM practitioners p JOIN agencies a ON a.id = p.agency_id AND ${VOUCHED}
  WHERE p.active AND NOT :client AND p.id = coalesce(:id, (${REGISTERED}))
  UNION ALL
  SELECT 'client', c.id, c.name, c.agency_id, a.type, '{}', c.scopes, ARRAY[c.id], ARRAY[c.id], '{}', c.purpose
  FROM clients c JOIN agencies a ON a.id = c.agency_id AND ${VOUCHED}
  WHERE c.active AND :client AND c.issuer = :issuer AND c.client_id = :subject`;

const ARGUMENTS = {
  client: 'boolean',
  issuer: 'text',
  subject: 'text',
  id: 'uuid',
  vouches: 'text',
  asked: 'text',
  now: 'timestamptz',
} as const;
type Named = Record<keyof typeof ARGUMENTS, unknown>;

/** Returns the database function, named by a hash of its body: services of two versions may run side by side. */
export function actingFunction(): { name: string; signature: string; sql: string } {
  const facts = declaredAttributes().map(({ name, sql }) => `'${name}', (${sql})`);
  const changes = [
    `((:now AT TIME ZONE 'Europe/London')::date + 1)::timestamp AT TIME ZONE 'Europe/London'`,
    ...declaredTimedChanges().map((one) => `(${one})`),
  ];
  // reads the version first: all data read afterwards is at least as new
  const body = `SELECT a.version::text INTO version FROM authorization_versions a;
    PERFORM set_config('app.maintenance', 'on', true);
    found := (WITH who AS (${WHO})
    SELECT to_jsonb(who) || jsonb_build_object('facts', jsonb_build_object(${facts.join(', ')}),
      'security_context', row_security_context(who.kind, who.id, who.agency_id, :now)
        || unread_entries_of(who.kind, who.id, who.agency_id, :now), 'changes_at', least(${changes.join(', ')})) FROM who);`;
  const known = Object.keys(ARGUMENTS).join('|');
  const sql = body.replace(new RegExp(`(?<!:):(${known})\\b`, 'g'), 'p_$1');
  const name = `acting_${createHash('sha256').update(sql).digest('hex').slice(0, 12)}`;
  const types = Object.values(ARGUMENTS).join(', ');
  const named = Object.entries(ARGUMENTS).map(([argument, type]) => `p_${argument} ${type}`);
  return {
    name,
    signature: `${name}(${types})`,
    sql: `CREATE OR REPLACE FUNCTION ${name}(${named.join(', ')}) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = public, pg_temp AS $acting$
      DECLARE before text := coalesce(current_setting('app.maintenance', true), ''); found jsonb; version text;
      BEGIN ${sql}
      PERFORM set_config('app.maintenance', before, true);
      RETURN jsonb_build_object('version', version, 'who', found); END $acting$`,
  };
}

@Injectable()
export class ActorsOfAgencies extends Actors implements OnApplicationShutdown {
  private acting: string | undefined;
  private readonly cachedActors = new Map<string, CachedActor>();

  private readonly pool: pg.Pool;

  constructor(source: DataSource) {
    super();
    this.pool = createSeparatePool((source.options as { url: string }).url, 'actors', MOST_CONNECTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  signedIn(issuer: string, subject: string, clientId: string | null, as: ActingAs): Promise<Actor | null> {
    return this.load({ client: clientId !== null, issuer, subject: clientId ?? subject }, as);
  }

  /**
   * Reads the practitioner without the cache. The version check of a unit of work covers only the actor of that unit of
   * work.
   */
  async practitioner(id: string, as: ActingAs): Promise<Actor | null> {
    const asked = aboutPractitioner(id, as);
    const known = await this.read(keyOf(asked), asked, as.now);
    return known && actorOf(known, as);
  }

  /**
   * Reads the authorization version first: entries cached under the same version come from the same data and are
   * reused.
   */
  async practitioners(ids: readonly string[], as: ActingAs): Promise<Map<string, Actor>> {
    const [now] = await this.asService<{ version: string }>('SELECT version::text FROM authorization_versions', []);
    const found = new Map<string, Actor>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const known = this.findCached(keyOf(aboutPractitioner(id, as)), as.now);
      if (known && known.version === now?.version) found.set(id, actorOf(known, as));
      else missing.push(id);
    }
    for (let start = 0; start < missing.length; start += READ_AT_ONCE)
      for (const [id, known] of await this.readMany(missing.slice(start, start + READ_AT_ONCE), as))
        found.set(id, actorOf(known, as));
    return found;
  }

  async practitionersWithin(
    ask: <R>(sql: string, values: unknown[]) => Promise<R[]>,
    ids: readonly string[],
    as: ActingAs,
  ): Promise<Actor[]> {
    const { text, values } = this.questionOfMany(ids, as);
    const people: Actor[] = [];
    // not cached, because the transaction may be rolled back
    for (const { found } of await ask<FoundOfOne>(text, values)) {
      const known = await this.knownOf(found, as.now);
      if (known) people.push(actorOf(known, as));
    }
    return people;
  }

  private questionOfMany(ids: readonly string[], as: ActingAs): { text: string; values: unknown[] } {
    const { values } = this.question({ ...aboutPractitioner('', as), now: as.now });
    const place = String(Object.keys(ARGUMENTS).indexOf('id') + 1);
    const each = this.acting?.replace(`$${place}::uuid`, 'asked.id');
    return {
      text: `SELECT asked.id, (${String(each)}) AS found FROM unnest($${place}::uuid[]) asked(id)`,
      values: values.with(Number(place) - 1, ids),
    };
  }

  private async readMany(ids: string[], as: ActingAs): Promise<Map<string, CachedActor>> {
    const { text, values } = this.questionOfMany(ids, as);
    const { rows } = await this.pool.query<FoundOfOne>(text, values);
    const read = new Map<string, CachedActor>();
    for (const { id, found } of rows) {
      const known = await this.remember(keyOf(aboutPractitioner(id, as)), found, as.now);
      if (known) read.set(id, known);
    }
    return read;
  }

  private async load(who: Pick<Named, 'client' | 'issuer' | 'subject'>, as: ActingAs): Promise<Actor | null> {
    const asked = { ...who, id: null, vouches: as.vouchesFor ?? null, asked: as.purpose ?? null };
    const key = keyOf(asked);
    const known = this.findCached(key, as.now) ?? (await this.read(key, asked, as.now));
    if (!known) return null;
    const actor = actorOf(known, as);
    let current = known;
    actor.cache = {
      version: known.version,
      isFresh: false,
      expiresAt: known.expiresAt,
      isCurrent: async (now) => {
        const fresh = await this.read(key, asked, now);
        return fresh !== null && isSameData(fresh, current);
      },
      reload: async (now) => {
        const fresh = await this.read(key, asked, now);
        if (!fresh) throw refused('unknown-person', 'You are no longer active in your agency.');
        current = fresh;
        Object.assign(actor, actorOf(fresh, { ...as, now }));
        sharePermissions(actor, fresh.permissions);
        // assigns to the existing object, because `refuseAfterReload` wraps its `reload` and must check again at
        // every reload
        const renewed = {
          version: fresh.version,
          expiresAt: fresh.expiresAt,
          isFresh: true,
        } satisfies Partial<ActorCache>;
        if (actor.cache) Object.assign(actor.cache, renewed);
      },
    };
    return actor;
  }

  private findCached(key: string, now: Date): CachedActor | undefined {
    const kept = this.cachedActors.get(key);
    return kept && now >= kept.loadedAt && now < kept.expiresAt ? kept : undefined;
  }

  private question(named: Named): { name: string; text: string; values: unknown[] } {
    // built once, at the first call: all attributes are declared by then
    this.acting ??= `SELECT ${actingFunction().name}(${Object.values(ARGUMENTS)
      .map((type, n) => `$${String(n + 1)}::${type}`)
      .join(', ')}) AS found`;
    const values = Object.keys(ARGUMENTS).map((argument) => named[argument as keyof Named]);
    return { name: 'acting', text: this.acting, values };
  }

  private async asService<R>(sql: string, values: unknown[]): Promise<R[]> {
    const client = await this.pool.connect();
    try {
      await Promise.all([client.query('BEGIN'), client.query(setContextStatement(SERVICE_CONTEXT))]);
      return (await client.query(sql, values)).rows as R[];
    } finally {
      await client.query('COMMIT').finally(() => {
        client.release();
      });
    }
  }

  /** Reads the actor from the database and caches the result under its authorization version. */
  private async read(key: string, asked: Omit<Named, 'now'>, now: Date): Promise<CachedActor | null> {
    const { text, values } = this.question({ ...asked, now });
    const { rows } = await this.pool.query<{ found: Found }>(text, values);
    return this.remember(key, (rows[0] as { found: Found }).found, now);
  }

  private async remember(key: string, found: Found, now: Date): Promise<CachedActor | null> {
    const before = this.cachedActors.get(key);
    this.cachedActors.delete(key);
    const fresh = await this.knownOf(found, now);
    if (!fresh) return null;
    if (before && isSameData(before, fresh)) fresh.permissions = before.permissions;
    if (this.cachedActors.size > MOST_KNOWN) this.cachedActors.clear();
    this.cachedActors.set(key, fresh);
    return fresh;
  }

  private async knownOf({ version, who }: Found, now: Date): Promise<CachedActor | null> {
    if (!who) return null;
    const owner: AttributeOwner = {
      agencyType: who.agency_type,
      purpose: who.purpose,
      ask: <R>(sql: string, asks: unknown[]) => this.asService<R>(sql, asks),
    };
    const facts: [string, unknown][] = [];
    for (const fact of declaredAttributes()) facts.push([fact.name, await fact.read(who.facts[fact.name], owner)]);
    return {
      ...{ version, who, loadedAt: now },
      expiresAt: new Date(who.changes_at),
      facts: Object.fromEntries(facts) as unknown as ActorAttributes,
      permissions: new SharedPermissions(),
    };
  }
}

const aboutPractitioner = (id: string, as: ActingAs): Omit<Named, 'now'> => ({
  client: false,
  issuer: null,
  subject: null,
  id,
  vouches: null,
  asked: as.purpose ?? null,
});

/** Returns whether two reads gave the same data; the time of the next time-based change may differ. */
const isSameData = (one: CachedActor, other: CachedActor): boolean =>
  isDeepStrictEqual({ ...one.who, changes_at: '' }, { ...other.who, changes_at: '' }) &&
  isDeepStrictEqual(one.facts, other.facts);

const keyOf = (asked: Omit<Named, 'now'>): string => JSON.stringify(Object.values(asked));

function actorOf({ who, facts, permissions }: CachedActor, as: ActingAs): Actor {
  const { kind, id, name, roles, purpose } = who;
  const actor: Actor = {
    ...facts,
    ...{ kind, id, name, roles, purpose },
    agencyId: who.agency_id,
    agencyType: who.agency_type,
    ...(who.scopes ? { scopes: who.scopes.filter((scope) => as.scopes?.includes(scope)) } : {}),
    now: as.now,
    call: as.call,
    securityContext: who.security_context,
  };
  sharePermissions(actor, permissions);
  return actor;
}
