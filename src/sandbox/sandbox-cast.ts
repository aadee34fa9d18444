import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problems.js';
import { SANDBOX_ISSUER } from '../config.js';
import { CAST, MACHINE_CLIENTS } from './content/cast.js';
import { SandboxIssuer, secretOf } from './issuer.js';
import { SERVICE_CONTEXT } from '../records/security-context.js';
import { withSecurityContext } from '../records/database-session.js';

export interface SandboxPerson {
  id: string;
  kind: 'practitioner' | 'client';
  name: string;
  agency: string;
  roles: string[];
  panels: string[];
  story: string;
  /** Secret of a machine client for client credentials at `/sandbox/issuer/token`. */
  clientSecret?: string;
}

const PEOPLE = `SELECT p.subject AS id, a.name AS agency,
    coalesce(array_agg(n.name || ' (' || m.tier || ', ' || m.role || ')' ORDER BY n.name) FILTER (WHERE n.id IS NOT NULL), '{}') AS panels
  FROM practitioners p JOIN agencies a ON a.id = p.agency_id
  LEFT JOIN memberships m ON m.practitioner_id = p.id AND m.valid_from <= current_date AND (m.valid_to IS NULL OR m.valid_to >= current_date)
  LEFT JOIN panels n ON n.id = m.panel_id
  WHERE p.issuer = $1 AND NOT EXISTS (SELECT 1 FROM practitioners f WHERE f.issuer = p.issuer AND f.subject = p.subject
    AND (f.created_at, f.id) < (p.created_at, p.id)) GROUP BY p.subject, a.name
  UNION ALL SELECT c.client_id, a.name, '{}' FROM clients c JOIN agencies a ON a.id = c.agency_id WHERE c.issuer = $1`;

/** Lets the list of synthetic people name the panels of all partnerships. */
const EVERYWHERE = `SELECT set_config('app.partnerships', array_agg(id)::text, true) FROM partnerships`;

/** The cast of the sandbox and its sign-in. */
@Injectable()
export class SandboxCast implements OnModuleInit {
  private readonly issuer = new SandboxIssuer(MACHINE_CLIENTS.map(({ id, scopes }) => ({ clientId: id, scopes })));

  constructor(
    private readonly source: DataSource,
    private readonly adapter: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    void fastify.register((scope, _, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, parsed) => {
        parsed(null);
      });
      scope.all('/sandbox/issuer/*', { schema: { hide: true } } as object, (request, reply) => {
        reply.hijack();
        // the provider derives the addresses of its endpoints from both
        const originalUrl = request.raw.url ?? '';
        const url = originalUrl.slice('/sandbox/issuer'.length);
        void this.issuer.callback(Object.assign(request.raw, { originalUrl, url }), reply.raw);
      });
      done();
    });
  }

  async people(): Promise<SandboxPerson[]> {
    const known = await this.registered();
    const told = [
      ...CAST.map(({ id, name, story, roles }) => ({
        id,
        name,
        story,
        roles: [...roles],
        kind: 'practitioner' as const,
      })),
      ...MACHINE_CLIENTS.map(({ id, name, story, scopes }) => ({
        id,
        name,
        story,
        roles: scopes,
        kind: 'client' as const,
        clientSecret: secretOf(id),
      })),
    ];
    return told.flatMap(({ id, ...one }) => {
      const row = known.get(id);
      return row ? [{ id, ...one, agency: row.agency, panels: row.panels }] : [];
    });
  }

  /** Issues a token for a person or system of the cast, or for a `subject` that an administrator registered. */
  async token(person: string): Promise<object> {
    const client = MACHINE_CLIENTS.find((one) => one.id === person);
    if (!client && !(await this.registered()).has(person))
      throw new Problem(
        422,
        'unknown-person',
        'Unknown person',
        'Choose an `id` of GET /sandbox/people, or the `subject` of somebody whom an agency registered.',
        { errors: [{ pointer: '/person', detail: 'nobody of the sandbox' }] },
      );
    const access_token = client
      ? await this.issuer.tokenForClient({ clientId: client.id, scopes: client.scopes })
      : await this.issuer.tokenForPerson(person);
    return { access_token, token_type: 'Bearer', expires_in: 3600 };
  }

  /** People and systems registered with the sandbox's issuer, by subject or client identifier. */
  private async registered(): Promise<Map<string, { agency: string; panels: string[] }>> {
    const rows = await withSecurityContext(this.source, SERVICE_CONTEXT, async (manager) => {
      await manager.query(EVERYWHERE);
      return manager.query<{ id: string; agency: string; panels: string[] }[]>(PEOPLE, [SANDBOX_ISSUER.issuer]);
    });
    return new Map(rows.map((row) => [row.id, row]));
  }
}
