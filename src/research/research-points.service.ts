import { Injectable } from '@nestjs/common';
import { mustHaveConditions } from '../cases/cases.service.js';
import { mustNotLieAhead } from '../panels/limits.js';
import { type Actor, contributorOf } from '../authentication/actor.js';
import { conflict, unacceptable } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { after } from '../records/state-machine.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { pointMachine, ResearchPoint, ResearchRequest } from './research.entity.js';
import type { PointChange, PointRequest, PointSharing, PointWithholding } from './research.dto.js';
import { ResearchPointView } from './research.response.js';
import { meetingOver } from './research.service.js';

/** Points of research requests: what an agency holds, and its decision to share or withhold each. */
@Injectable()
export class ResearchPointsService {
  constructor(private readonly records: Records) {}

  points(actor: Actor, id: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', ResearchRequest, id);
      return work.respond.page(ResearchPointView, { requestId: id }, query);
    });
  }

  allPoints(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(ResearchPointView, {}, query));
  }

  point(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ResearchPointView, await work.records.find('read', ResearchPoint, id)),
    );
  }

  note(actor: Actor, requestId: string, request: PointRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { caseId, panelId, partnershipId } = await this.requireOpenRequest(work, requestId);
      const { decision = pointMachine.initial, withheldReason, ...found } = request;
      if (decision === 'shared' && !found.summary)
        throw unacceptable(
          'summary-missing',
          'A shared point needs a summary for agencies that receive no more. Send `summary`.',
          [{ pointer: '/summary', detail: 'is required for a shared point' }],
        );
      if ((decision === 'withheld') !== (withheldReason !== undefined))
        throw unacceptable(
          'reason-to-withhold',
          'A reason is required for a withheld point, and not allowed otherwise.',
          [{ pointer: '/withheldReason', detail: 'must be sent if, and only if, the decision is `withheld`' }],
        );
      mustHaveConditions(found);
      mustNotLieAhead(found.occurredOn, work.now, '/occurredOn');
      const point = await work.write.insert(ResearchPoint, {
        ...found,
        handling: found.handling ?? 'P',
        requestId,
        caseId,
        panelId,
        partnershipId,
        ...contributorOf(actor),
        agencyOnly: true,
        decision,
        withheldReason: withheldReason ?? null,
        contributionId: null,
        authorId: actor.id,
      });
      return work.respond.one(ResearchPointView, point, { status: 201 });
    });
  }

  /** Corrects a point, which becomes a draft again. */
  correct(actor: Actor, id: string, request: PointChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', ResearchPoint, ResearchPointView, id, {
        writes: request,
      });
      const decision = after(pointMachine, found.decision, 'correction');
      await this.requireOpenRequest(work, found.requestId);
      mustHaveConditions({ ...found, ...request });
      mustNotLieAhead(request.occurredOn, work.now, '/occurredOn');
      const changes = { ...request, decision, withheldReason: null };
      return work.respond.one(ResearchPointView, await work.write.updateIfChanged(ResearchPoint, found, changes));
    });
  }

  share(actor: Actor, id: string, request: PointSharing): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('decide', ResearchPoint, ResearchPointView, id);
      const decision = after(pointMachine, found.decision, 'sharing');
      await this.requireOpenRequest(work, found.requestId);
      mustHaveConditions({ ...found, ...request });
      return this.updateDecision(work, found, { ...request, decision, withheldReason: null });
    });
  }

  withhold(actor: Actor, id: string, { reason }: PointWithholding): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('decide', ResearchPoint, ResearchPointView, id);
      const decision = after(pointMachine, found.decision, 'withholding');
      await this.requireOpenRequest(work, found.requestId);
      return this.updateDecision(work, found, { decision, withheldReason: reason });
    });
  }

  /** Returns the request if points can still be recorded for it. */
  private async requireOpenRequest(work: UnitOfWork, id: string): Promise<ResearchRequest> {
    const found = await work.records.find('answer', ResearchRequest, id, { lock: true });
    if (found.closesAt <= work.now) throw meetingOver();
    if (found.status !== 'asked')
      throw conflict(
        'not-in-this-state',
        `A research request that is ${found.status} accepts no points. ${
          found.status === 'returned'
            ? 'Ask the chair or coordinator of the panel to reopen it: POST /v1/research-requests/{id}/reopening.'
            : 'Ask the chair or coordinator of the panel to ask your agency again: POST /v1/meetings/{id}/research-requests.'
        }`,
      );
    return found;
  }

  private async updateDecision(
    work: UnitOfWork,
    found: ResearchPoint,
    changes: Partial<ResearchPoint>,
  ): Promise<AuthorizedResponse> {
    return work.respond.one(ResearchPointView, await work.write.update(ResearchPoint, found, changes));
  }
}
