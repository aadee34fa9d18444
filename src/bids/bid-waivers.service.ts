import { Injectable } from '@nestjs/common';
import { mustNotBeInError } from '../cases/open-case.js';
import type { Actor } from '../authentication/actor.js';
import { conflict } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { Bid } from './bid.entity.js';
import type { BidWaiverRequest } from './bid.dto.js';
import { BidView } from './bid.response.js';
import { respondWithBid } from './bid-commands.js';

/** Waivers, with which both chairs let a bid be submitted before its plan is agreed. */
@Injectable()
export class BidWaiversService {
  constructor(private readonly records: Records) {}

  /** Makes a draft visible to the chairs, by recording why it cannot wait for the plan. */
  askWaiver(actor: Actor, id: string, { reason }: BidWaiverRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('ask-waiver', Bid, BidView, id);
      if (found.status !== 'draft')
        throw conflict('not-in-this-state', 'Only a draft can get a waiver. This bid is no longer a draft.');
      await mustNotBeInError(work, found.caseId);
      if (found.waiverReason)
        throw conflict('asked-already', 'The chairs have already been asked. Wait for their answer.');
      const asked = await work.write.update(Bid, found, { waiverReason: reason });
      work.recordEvent('bid.waiver-asked', Bid, asked);
      return respondWithBid(work, id);
    });
  }

  /** Records the waiver of one of the two chairs, who must be different people. */
  waive(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('waive', Bid, BidView, id);
      if (found.status !== 'draft')
        throw conflict('not-in-this-state', 'Only a draft can get a waiver. This bid is no longer a draft.');
      await mustNotBeInError(work, found.caseId);
      const chairs = (panelId: string): boolean =>
        actor.memberships.some((one) => one.panelId === panelId && (one.role === 'chair' || one.role === 'co_chair'));
      const others = [found.planChairWaivedId, found.taskingChairWaivedId];
      if (others.some((id) => id && actor.registrationIds.includes(id)))
        throw conflict(
          'waived-already',
          'You have already granted the waiver for one panel. A different person must chair the other.',
        );
      const forPlan = chairs(found.planPanelId) && !found.planChairWaivedId;
      const forTasking = !forPlan && chairs(found.panelId) && !found.taskingChairWaivedId;
      if (!forPlan && !forTasking)
        throw conflict('waived-already', 'The waiver has already been granted for the panel that you chair.');
      const waived = await work.write.update(Bid, found, {
        ...(forPlan ? { planChairWaivedId: actor.id } : { taskingChairWaivedId: actor.id }),
      });
      work.recordEvent('bid.waived', Bid, waived);
      return respondWithBid(work, id);
    });
  }

  ratify(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('ratify', Bid, BidView, id);
      if (!found.planChairWaivedId || !found.taskingChairWaivedId)
        throw conflict('nothing-to-ratify', 'There is no waiver to ratify: both chairs must grant it first.');
      if (found.ratifiedAt) throw conflict('ratified-already', 'The waiver has already been ratified.');
      const ratified = await work.write.update(Bid, found, { ratifiedAt: work.now });
      work.recordEvent('bid.ratified', Bid, ratified);
      return respondWithBid(work, id);
    });
  }
}
