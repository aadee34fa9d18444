import { Injectable } from '@nestjs/common';
import { AgencyPartnership, Practitioner } from '../agencies/agency.entity.js';
import type { Actor } from '../policy/actor.js';
import { unacceptable, notFound } from '../policy/problems.js';
import { londonDay } from '../records/london-day.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { Work } from '../records/work.js';
import { Membership, Panel, PanelRules } from './panel.entity.js';
import type { MembershipEnd, MembershipRequest, PanelChange, PanelRulesRequest } from './panel.requests.js';
import { MembershipView, PanelRulesView, PanelView } from './panel.views.js';

/** Panels, who sits on them, and the rules they work by. */
@Injectable()
export class PanelsService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(PanelView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => work.present(PanelView, await work.find('read', Panel, id)));
  }

  change(actor: Actor, id: string, request: PanelChange): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('rule', Panel, PanelView, id);
      const changed = await work.update(Panel, found, request);
      work.happened('panel.changed', Panel, changed, { fields: Object.keys(request) });
      return work.present(PanelView, changed);
    });
  }

  memberships(actor: Actor, panelId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Panel, panelId);
      return work.page(MembershipView, { panelId }, query);
    });
  }

  appoint(actor: Actor, panelId: string, request: MembershipRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const panel = await work.find('appoint', Panel, panelId);
      const member = await work.peek('read', Practitioner, request.practitionerId);
      const present =
        member &&
        (await work.manager.existsBy(AgencyPartnership, {
          agencyId: member.agencyId,
          partnershipId: panel.partnershipId,
        }));
      if (!member || !present)
        throw unacceptable('unknown-practitioner', 'Appoint somebody whose agency acts in the panel’s partnership.', [
          { pointer: '/practitionerId', detail: 'no such practitioner in this partnership' },
        ]);
      const membership = await work.insert(Membership, {
        ...request,
        validTo: request.validTo ?? null,
        panelId,
        agencyId: member.agencyId,
      });
      work.happened('membership.began', Membership, membership, { tier: request.tier, role: request.role });
      return work.present(MembershipView, membership, { status: 201 });
    });
  }

  end(actor: Actor, panelId: string, id: string, { validTo }: MembershipEnd): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      await work.find('appoint', Panel, panelId);
      const membership = await work.take('end', Membership, MembershipView, id);
      if (membership.panelId !== panelId) throw notFound();
      const ended = await work.update(Membership, membership, { validTo });
      work.happened('membership.ends', Membership, ended, { validTo });
      return work.present(MembershipView, ended);
    });
  }

  rules(actor: Actor, panelId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', Panel, panelId);
      return work.page(PanelRulesView, { panelId }, query);
    });
  }

  rule(actor: Actor, panelId: string, request: PanelRulesRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      await work.find('rule', Panel, panelId, { lock: true });
      const editions = await work.rows('read', PanelRules, { panelId });
      const edition = Math.max(0, ...editions.map((one) => one.edition)) + 1;
      const made = await work.insert(PanelRules, { ...request, rules: { ...request.rules }, panelId, edition });
      work.happened('panel.rules-set', PanelRules, made, { edition });
      return work.present(PanelRulesView, made, { status: 201 });
    });
  }
}

/** The edition of a panel's rules in force on the day of the work. */
export async function rulesInForce(work: Work, panelId: string): Promise<PanelRules | null> {
  const today = londonDay(work.now);
  const [inForce] = await work.manager.query<{ id: string }[]>(
    `SELECT id FROM panel_rules WHERE panel_id = $1 AND effective_from <= $2 ORDER BY effective_from DESC LIMIT 1`,
    [panelId, today],
  );
  return inForce ? work.manager.findOneByOrFail(PanelRules, { id: inForce.id }) : null;
}
