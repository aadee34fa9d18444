/**
 * From a verified token to an actor: one call that finds who stands behind it and reads every declared fact, fresh at each
 * request, so that a membership that ended a moment ago has ended here too.
 *
 * The call is a function of the database, made by the migration from the declared facts: facts are read as the owner reads
 * (what somebody is excluded from cannot be found by somebody from whom it is hidden), and the statement is planned once.
 */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Actors, declaredFacts, type ActingAs, type Actor, type FactOwner } from '../policy/actor.js';
import type { LogPurpose, Purpose } from '../policy/categories.js';
import { behind, SERVICE_WALL, type Wall } from '../records/wall.js';

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
  wall: Wall;
}

const DEFAULT_PURPOSE: Purpose = 'PANEL_MEETING';
/** Who audits and does not say why verifies lawfulness. Source: Data Protection Act 2018, section 62(4)(a). */
const DEFAULT_PURPOSE_OF_AUDITORS: LogPurpose = 'LOG_LAWFULNESS';

/** An agency's own issuer vouches for its own people and systems, and for nobody else's. */
const VOUCHED = 'a.active AND (:vouches IS NULL OR a.code = :vouches)';

const WHO = `SELECT 'practitioner' AS kind, p.id, p.name, p.agency_id, a.type AS agency_type, p.roles,
    NULL::text[] AS scopes,
    coalesce(:asked, CASE WHEN 'auditor' = ANY(p.roles) THEN '${DEFAULT_PURPOSE_OF_AUDITORS}' ELSE '${DEFAULT_PURPOSE}' END) AS purpose
  FROM practitioners p JOIN agencies a ON a.id = p.agency_id AND ${VOUCHED}
  WHERE p.active AND NOT :client AND ((p.issuer = :issuer AND p.subject = :subject) OR p.id = :id)
  UNION ALL
  SELECT 'client', c.id, c.name, c.agency_id, a.type, '{}', c.scopes, c.purpose
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

/** The function, named by what it does: services of two versions may run beside each other. */
export function actingFunction(): { name: string; signature: string; sql: string } {
  const facts = declaredFacts().map(({ name, sql }) => `'${name}', (${sql})`);
  const body = `found := (WITH who AS (${WHO})
    SELECT to_jsonb(who) || jsonb_build_object('facts', jsonb_build_object(${facts.join(', ')}),
      'wall', wall_of(who.kind, who.id, who.agency_id, :now)) FROM who);`;
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
      DECLARE before text := coalesce(current_setting('app.maintenance', true), ''); found jsonb;
      BEGIN PERFORM set_config('app.maintenance', 'on', true); ${sql}
      PERFORM set_config('app.maintenance', before, true); RETURN found; END $acting$`,
  };
}

@Injectable()
export class ActorsOfAgencies extends Actors {
  private acting: string | undefined;

  constructor(private readonly source: DataSource) {
    super();
  }

  signedIn(issuer: string, subject: string, clientId: string | null, as: ActingAs): Promise<Actor | null> {
    return this.load({ client: clientId !== null, issuer, subject: clientId ?? subject, id: null }, as);
  }

  practitioner(id: string, as: ActingAs): Promise<Actor | null> {
    return this.load({ client: false, issuer: null, subject: null, id }, as);
  }

  private async load(who: Pick<Named, 'client' | 'issuer' | 'subject' | 'id'>, as: ActingAs): Promise<Actor | null> {
    const named: Named = {
      ...who,
      vouches: as.vouchesFor ?? null,
      asked: as.purpose ?? null,
      now: as.now,
    };
    // once: the facts are declared by then
    this.acting ??= `SELECT ${actingFunction().name}(${Object.values(ARGUMENTS)
      .map((type, n) => `$${String(n + 1)}::${type}`)
      .join(', ')}) AS found`;
    const values = Object.keys(ARGUMENTS).map((argument) => named[argument as keyof Named]);
    const [{ found }] = await this.source.query<[{ found: Who | null }]>(this.acting, values);
    if (!found) return null;
    const owner: FactOwner = {
      agencyType: found.agency_type,
      purpose: found.purpose,
      ask: (sql, values) => behind(this.source, SERVICE_WALL, (manager) => manager.query(sql, values)),
    };
    const facts: [string, unknown][] = [];
    for (const fact of declaredFacts()) facts.push([fact.name, await fact.read(found.facts[fact.name], owner)]);
    return {
      ...(Object.fromEntries(facts) as unknown as Actor),
      kind: found.kind,
      id: found.id,
      name: found.name,
      agencyId: found.agency_id,
      agencyType: found.agency_type,
      roles: found.roles,
      ...(found.scopes ? { scopes: found.scopes.filter((scope) => as.scopes?.includes(scope)) } : {}),
      purpose: found.purpose,
      now: as.now,
      call: as.call,
      wall: found.wall,
    };
  }
}
