/**
 * From a verified token to an actor: one statement that finds who stands behind it and reads every declared fact, fresh
 * at each request, so that a membership that ended a moment ago has ended here too.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Actors, declaredFacts, type ActingAs, type Actor } from '../policy/actor.js';
import type { LogPurpose, Purpose } from '../policy/categories.js';

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
}

const DEFAULT_PURPOSE: Purpose = 'PANEL_MEETING';
/** Who audits and does not say why verifies lawfulness. Source: Data Protection Act 2018, section 62(4)(a). */
const DEFAULT_PURPOSE_OF_AUDITORS: LogPurpose = 'LOG_LAWFULNESS';

/** An agency's own issuer vouches for its own people and systems, and for nobody else's. */
const VOUCHED = 'AND (:vouches IS NULL OR a.code = :vouches)';

const PRACTITIONER = `SELECT 'practitioner' AS kind, p.id, p.name, p.agency_id, a.type AS agency_type, p.roles,
    NULL::text[] AS scopes,
    coalesce(:asked, CASE WHEN 'auditor' = ANY(p.roles) THEN '${DEFAULT_PURPOSE_OF_AUDITORS}' ELSE '${DEFAULT_PURPOSE}' END) AS purpose
  FROM practitioners p JOIN agencies a ON a.id = p.agency_id AND a.active WHERE p.active`;
const CLIENT = `SELECT 'client' AS kind, c.id, c.name, c.agency_id, a.type AS agency_type, '{}'::text[] AS roles, c.scopes, c.purpose
  FROM clients c JOIN agencies a ON a.id = c.agency_id AND a.active WHERE c.active`;

@Injectable()
export class ActorsOfAgencies extends Actors {
  constructor(private readonly source: DataSource) {
    super();
  }

  signedIn(issuer: string, subject: string, clientId: string | null, as: ActingAs): Promise<Actor | null> {
    return clientId
      ? this.load(
          `${CLIENT} AND c.issuer = :issuer AND c.client_id = :subject ${VOUCHED}`,
          { issuer, subject: clientId },
          as,
        )
      : this.load(
          `${PRACTITIONER} AND p.issuer = :issuer AND p.subject = :subject ${VOUCHED}`,
          { issuer, subject },
          as,
        );
  }

  practitioner(id: string, as: ActingAs): Promise<Actor | null> {
    return this.load(`${PRACTITIONER} AND p.id = :id::uuid`, { id }, as);
  }

  private async load(who: string, named: Record<string, unknown>, as: ActingAs): Promise<Actor | null> {
    const facts = declaredFacts();
    const columns = facts.map(({ name, sql }) => `'${name}', (${sql})`).join(', ');
    const values: unknown[] = [];
    const all: Record<string, unknown> = {
      ...named,
      now: as.now,
      asked: as.purpose ?? null,
      vouches: as.vouchesFor ?? null,
    };
    const types: Record<string, string> = { now: 'timestamptz' };
    const seen = new Map<string, string>();
    const text = `WITH who AS (${who}) SELECT who.*, jsonb_build_object(${columns}) AS facts FROM who`.replace(
      /(?<!:):([a-z]+)\b/g,
      (_, name: string) => {
        let placeholder = seen.get(name);
        if (!placeholder) {
          values.push(all[name]);
          placeholder = `$${String(values.length)}::${types[name] ?? 'text'}`;
          seen.set(name, placeholder);
        }
        return placeholder;
      },
    );
    const [found] = await this.source.query<Who[]>(text, values);
    if (!found) return null;
    const read = Object.fromEntries(facts.map((fact) => [fact.name, fact.read(found.facts[fact.name])]));
    return {
      ...(read as unknown as Actor),
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
    };
  }
}
