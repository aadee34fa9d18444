/**
 * What areas above know about a case: its next meeting, the open actions of an agency, what stands against closing it.
 * They register here, so that a case needs to know none of them.
 */
import { Injectable } from '@nestjs/common';
import { unacceptable, type FieldError } from '../http/problems.js';
import type { Row } from '../authorization/conditions.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Case } from './case.entity.js';

export interface Follower {
  /** Values for the status view. */
  status?: (work: UnitOfWork, followed: Case) => Promise<Row>;
  /** Reasons why the case cannot be closed yet. */
  obstacles?: (work: UnitOfWork, followed: Case) => Promise<FieldError[]>;
}

@Injectable()
export class CaseFollowing {
  private readonly followers: Follower[] = [];

  register(follower: Follower): void {
    this.followers.push(follower);
  }

  async of(work: UnitOfWork, followed: Case): Promise<Row> {
    const values: Row = { nextMeetingAt: null, openActions: [] };
    for (const follower of this.followers) Object.assign(values, await follower.status?.(work, followed));
    return values;
  }

  /** A case is closed only when nothing stands against it. Source: JAG note, section 1.6, guard of CLOSED. */
  async mayClose(work: UnitOfWork, followed: Case): Promise<void> {
    const obstacles: FieldError[] = [];
    for (const follower of this.followers) obstacles.push(...((await follower.obstacles?.(work, followed)) ?? []));
    if (obstacles.length)
      throw unacceptable('not-ready-to-close', 'Something stands against closing this case.', obstacles);
  }
}
