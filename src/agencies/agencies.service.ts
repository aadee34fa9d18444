import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import { Not } from 'typeorm';
import type { Actor } from '../authentication/actor.js';
import { conflict, notFound, refused, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { PractitionerChange, PractitionerRequest } from './agency.dto.js';
import { Agency, Practitioner, type SystemRole } from './agency.entity.js';
import { mustEntrustNewSeldom, mustEntrustSeldom } from './entrusting.js';
import { Departures } from './departures.js';
import { AgencyView, ClientView, MeView, PartnershipView, PractitionerView } from './agency.response.js';
import { staffNameKey } from './name-key.js';
import { issuersOf } from './sign-in.js';

/** Directory of partnerships, agencies, their staff and their machine clients. */
@Injectable()
export class AgenciesService {
  constructor(
    private readonly records: Records,
    private readonly departures: Departures,
  ) {}

  me(actor: Actor): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const agency = await work.records.find('act-for', Agency, actor.agencyId);
      const { kind, id, name, agencyId, agencyType, roles, purpose, partnershipIds, memberships } = actor;
      const extra = { kind, id, name, agencyId, agencyType, roles, purpose, partnershipIds, memberships };
      return work.respond.one(MeView, agency, { action: 'act-for', extra: { ...extra, scopes: actor.scopes ?? [] } });
    });
  }

  partnerships(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(PartnershipView, {}, query));
  }

  list(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(AgencyView, {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(AgencyView, await work.records.find('read', Agency, id)),
    );
  }

  people(actor: Actor, agencyId: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Agency, agencyId);
      return work.respond.page(PractitionerView, { agencyId }, query);
    });
  }

  employ(actor: Actor, agencyId: string, request: PractitionerRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const agency = await work.records.find('employ', Agency, agencyId);
      onlyOfTheAgency(request.roles);
      notForOneself(actor, request);
      mustVouch(agency, request.issuer);
      await mustBeFreeLogin(work, { agencyId, ...request });
      await mustRenameSeldom(work, { agencyId, ...request }, request);
      if (request.roles?.includes('safeguarding_lead')) await mustEntrustNewSeldom(work, agencyId);
      const practitioner = await work.write.insert(Practitioner, {
        ...request,
        nameKey: staffNameKey(request.name),
        agencyId,
        active: true,
      });
      work.recordEvent('practitioner.registered', Practitioner, practitioner);
      return work.respond.one(PractitionerView, practitioner, { status: 201 });
    });
  }

  change(actor: Actor, agencyId: string, id: string, request: PractitionerChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const agency = await work.records.find('employ', Agency, agencyId);
      if (request.active === false) await this.leaving(work, agencyId, id);
      const found = await work.records.findForUpdate('change', Practitioner, PractitionerView, id, { writes: request });
      if (found.agencyId !== agencyId) throw notFound();
      onlyOfTheAgency(request.roles, found.roles);
      nothingOfTheOperator(request.roles, found.roles);
      notForOneself(actor, request, found);
      await mustLeaveAnAdministrator(work, found, request);
      await mustRenameSeldom(work, found, request, found.nameKey);
      if (request.roles?.includes('safeguarding_lead')) await mustEntrustSeldom(work, id);
      if (request.active && !found.active) {
        mustVouch(agency, found.issuer);
        await mustBeFreeLogin(work, found);
      }
      const changed = await work.write.updateIfChanged(Practitioner, found, {
        ...request,
        ...(request.name === undefined ? {} : { nameKey: staffNameKey(request.name) }),
      });
      await mustGainNoRole(work);
      // also on reactivation, for people who were made inactive before this was implemented
      if (request.active !== undefined && request.active !== found.active) await this.departures.left(work, changed);
      work.recordEvent('practitioner.changed', Practitioner, changed, { fields: Object.keys(request) });
      return work.respond.one(PractitionerView, changed);
    });
  }

  /** Records the meeting content that a person received, before the person is made inactive. */
  private async leaving(work: UnitOfWork, agencyId: string, id: string): Promise<void> {
    const person = await work.records.find('change', Practitioner, id);
    if (person.agencyId !== agencyId) throw notFound();
    if (person.active) await this.departures.leaving(work, id);
  }

  clients(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(ClientView, {}, query));
  }
}

/** Refuses a login from an issuer that does not vouch for the agency's people. */
function mustVouch({ code }: Agency, issuer: string): void {
  const issuers = issuersOf(code);
  if (issuers.includes(issuer)) return;
  const known = issuers.length ? `Use ${issuers.join(' or ')}.` : 'Ask the operator of the service to configure one.';
  throw unacceptable('issuer-not-of-the-agency', `This issuer does not vouch for the people of your agency. ${known}`, [
    { pointer: '/issuer', detail: 'not an issuer of the agency' },
  ]);
}

/** Refuses a login of another active registration of the agency, and says how a wrong login is corrected. */
async function mustBeFreeLogin(
  work: UnitOfWork,
  { agencyId, issuer, subject }: Pick<Practitioner, 'agencyId' | 'issuer' | 'subject'>,
): Promise<void> {
  const other = await work.manager.findOneBy(Practitioner, { agencyId, issuer, subject, active: true });
  if (!other) return;
  throw conflict(
    'login-registered',
    `The login belongs to the active registration ${other.id} of your agency. If it was entered there in error, make that registration inactive and register both people again with their own logins.`,
  );
}

/** Roles that an agency assigns to its own staff. All others are assigned by the operator of the service. */
const ROLES_OF_AN_AGENCY: readonly SystemRole[] = ['agency_administrator', 'safeguarding_lead'];

/** Refuses a role that only the operator assigns, unless the person already has it. */
function onlyOfTheAgency(asked: SystemRole[] = [], held: SystemRole[] = []): void {
  if (asked.some((role) => !ROLES_OF_AN_AGENCY.includes(role) && !held.includes(role)))
    throw refused(
      'role-not-yours',
      'An agency gives its own staff the roles agency_administrator and safeguarding_lead only. Ask the operator of the service.',
    );
}

/** Refuses to remove a role that only the operator assigns. Source: docs/who-may-widen.md, row 5. */
function nothingOfTheOperator(asked: SystemRole[] | undefined, held: SystemRole[]): void {
  const kept = held.filter((role) => !ROLES_OF_AN_AGENCY.includes(role));
  if (asked && kept.some((role) => !asked.includes(role)))
    throw refused(
      'role-not-yours',
      `Only the operator of the service takes away the role ${kept.join(' or ')}. Name it among the roles, or make the person inactive if they left.`,
    );
}

/** Most new names of a person within some days, under all registrations of the person. */
const NEW_NAMES = { most: 2, days: 30 };

/**
 * Selects the names of a person under all registrations, those included that a name would join to them; the oldest first.
 * $1 agency, $2 issuer, $3 subject, $4 the key of the name.
 */
const NAMES_WITH = `SELECT n.name_key AS key, min(n.created_at) AS since FROM (
    SELECT unnest(registrations_of(p.id)) AS id FROM practitioners p WHERE p.agency_id = $1 AND p.issuer = $2 AND p.subject = $3
    UNION SELECT one FROM unnest(registrations_named($4)) one JOIN practitioners p ON p.id = one AND p.agency_id = $1) joined
  JOIN practitioner_names n ON n.practitioner_id = joined.id AND n.entered_in_error_at IS NULL
  GROUP BY 1 ORDER BY 2, 1`;

/**
 * Refuses a third new name of a person within 30 days, whichever registration has it. A new name can begin an exclusion
 * that was made by name: changing it often would show which names a panel excludes. A name that joins registrations
 * brings the names of each.
 */
async function mustRenameSeldom(
  work: UnitOfWork,
  { agencyId, issuer, subject }: Pick<Practitioner, 'agencyId' | 'issuer' | 'subject'>,
  { name }: PractitionerChange,
  present?: string,
): Promise<void> {
  if (name === undefined) return;
  const asked = staffNameKey(name);
  if (asked === present) return;
  const since = DateTime.fromJSDate(work.now).minus({ days: NEW_NAMES.days }).toJSDate();
  const names = await work.manager.query<{ key: string; since: Date }[]>(NAMES_WITH, [
    agencyId,
    issuer,
    subject,
    asked,
  ]);
  const isKnown = names.some(({ key }) => key === asked);
  const given = [...names, ...(isKnown ? [] : [{ key: asked, since: work.now }])].slice(1);
  if (given.filter((one) => one.since > since).length <= NEW_NAMES.most) return;
  throw conflict(
    'renamed-often',
    `The person would have more than ${String(NEW_NAMES.most)} new names within ${String(NEW_NAMES.days)} days, under all registrations with one of these names. Wait, or leave the name as it is.`,
  );
}

/** Refuses to remove the last administrator of an agency: nobody else could register, rename or appoint its people. */
async function mustLeaveAnAdministrator(
  work: UnitOfWork,
  { id, agencyId, roles, active }: Practitioner,
  change: PractitionerChange,
): Promise<void> {
  const administers = (one: SystemRole[], isActive: boolean): boolean =>
    isActive && one.includes('agency_administrator');
  if (!administers(roles, active) || administers(change.roles ?? roles, change.active ?? active)) return;
  await work.records.find('employ', Agency, agencyId, { lock: true });
  const others = await work.manager.findBy(Practitioner, { agencyId, active: true, id: Not(id) });
  if (others.some((one) => administers(one.roles, one.active))) return;
  throw conflict(
    'no-administrator-left',
    'Nobody would be left who administers the agency. Give the role agency_administrator to somebody else first.',
  );
}

/**
 * Refuses a new role for the actor's own registrations, including those under a present or former name of the actor:
 * another administrator must assign it. Reactivation restores the previous roles. Source: docs/who-may-widen.md, row 4.
 */
function notForOneself(
  { registrationIds, nameKeys }: Actor,
  { name, roles, active }: PractitionerChange,
  found?: Practitioner,
): void {
  const asked = roles ?? found?.roles ?? [];
  // a registration that becomes the actor's own by its name must not bring a role
  const isOwn = found !== undefined && registrationIds.includes(found.id);
  const held = isOwn && (found.active || !active) ? found.roles : [];
  const isOneself = isOwn || (name !== undefined && nameKeys.includes(staffNameKey(name)));
  if (isOneself && asked.some((role) => !held.includes(role))) throw roleForOneself();
}

/**
 * Refuses a change of name that makes a registration with a role one of the actor's: the actor may have assigned the
 * role. Source: docs/who-may-widen.md, row 4.
 */
async function mustGainNoRole(work: UnitOfWork): Promise<void> {
  const { id, registrationIds } = work.actor;
  const gained = await work.manager.query<{ id: string }[]>(
    `SELECT p.id FROM unnest(registrations_of($1)) one JOIN practitioners p ON p.id = one
     WHERE p.id <> ALL ($2::uuid[]) AND p.roles <> '{}'`,
    [id, registrationIds],
  );
  if (gained.length) throw roleForOneself();
}

const roleForOneself = (): Error =>
  refused(
    'not-for-yourself',
    'You cannot give yourself a role, nor anybody whom your agency registers under a name that you have or had. Ask another administrator of your agency.',
  );
