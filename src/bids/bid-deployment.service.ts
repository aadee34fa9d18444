import { Injectable } from '@nestjs/common';
import { createFeed } from '../cycles/feeds.service.js';
import { TO_BE_HELD } from '../meetings/meeting.entity.js';
import { workingDaysBefore } from '../panels/working-days.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Bid, bidMachine, BidResult } from './bid.entity.js';
import type { BidEnd, BidResultRequest } from './bid.dto.js';
import { BidView } from './bid.response.js';
import { applyCommand, respondWithBid, findCycleId } from './bid-commands.js';

/** Use of the granted resources, and its results. */
@Injectable()
export class BidDeploymentService {
  constructor(private readonly records: Records) {}

  schedule(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'deploy', 'scheduling', (_, bid) => {
      if (bid.escalatedFromId)
        throw conflict(
          'continues-below',
          'This is the TTCG’s copy of an escalated bid. Schedule the original bid at the Tasking panel.',
        );
      return Promise.resolve({});
    });
  }

  /**
   * Sets the day for results: one working day before the papers of the next Tasking meeting are due. Source: JAG note,
   * section 3.3, rule 5.
   */
  deploy(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'deploy', 'deployment', async (work, bid) => ({
      resultsDueOn: await findResultsDueDate(work, bid),
    }));
  }

  notDeploy(actor: Actor, id: string, { reason }: BidEnd): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'deploy', 'non_deployment', () =>
      Promise.resolve({ endReason: reason }),
    );
  }

  evaluate(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'deploy', 'evaluation');
  }

  close(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return applyCommand(this.records, actor, id, 'deploy', 'closure');
  }

  /** Records the results and hands them on to the next Tasking meeting. */
  report(actor: Actor, id: string, request: BidResultRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('report-results', Bid, BidView, id);
      const status = after(bidMachine, found.status, 'results');
      const { panelId, partnershipId, caseId, planPanelId } = found;
      const ofCase = { caseId, planPanelId };
      const by = contributorOf(actor);
      const result = await work.write.insert(BidResult, {
        ...request,
        ...ofCase,
        ...by,
        panelId,
        partnershipId,
        bidId: id,
      });
      const returned = await work.write.update(Bid, found, { status });
      work.recordEvent('bid.results-returned', Bid, returned, { recommendation: request.recommendation });
      await createFeed(work, {
        kind: 'result',
        from: { id: found.meetingId as string, panelId },
        to: { panelId, partnershipId },
        notBefore: work.now,
        cycleId: await findCycleId(work, found.meetingId as string, partnershipId),
        itemId: result.id,
        text: `Results of the bid “${found.title}”: ${request.recommendation}.`,
        agencyId: found.agencyId,
        contributingType: found.contributingType,
        of: ofCase,
      });
      return respondWithBid(work, id);
    });
  }
}

async function findResultsDueDate(work: UnitOfWork, { panelId, toOn }: Bid): Promise<string> {
  const [next] = await work.manager.query<{ papersDueOn: string }[]>(
    `SELECT m.papers_due_on::text AS "papersDueOn" FROM meetings m WHERE m.panel_id = $1 AND m.papers_due_on > $2 AND m.status = ANY ($3)
     ORDER BY m.scheduled_at LIMIT 1`,
    [panelId, toOn, TO_BE_HELD],
  );
  return next ? workingDaysBefore(next.papersDueOn, 1) : toOn;
}
