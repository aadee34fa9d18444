/**
 * Registry for modules that depend on `cases` and add to it: the next meeting, open actions, reasons against closing.
 * Registration avoids an import from `cases` into those modules.
 */
import { Injectable } from '@nestjs/common';
import { unacceptable, type FieldError } from '../http/problems.js';
import type { Row } from '../authorization/conditions.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Case } from './case.entity.js';

export interface Follower {
  /** Returns values for the status view. */
  status?: (work: UnitOfWork, followed: Case) => Promise<Row>;
  /** Returns reasons why the case cannot be closed yet. */
  obstacles?: (work: UnitOfWork, followed: Case) => Promise<FieldError[]>;
}

@Injectable()
export class CaseFollowing {
  private readonly followers: Follower[] = [];

  register(follower: Follower): void {
    this.followers.push(follower);
  }

  async statusValuesOf(work: UnitOfWork, followed: Case): Promise<Row> {
    const values: Row = { nextMeetingAt: null, openActions: [] };
    for (const follower of this.followers) Object.assign(values, await follower.status?.(work, followed));
    return values;
  }

  /** Throws if a registered module reports an obstacle to closing. Source: JAG note, section 1.6, guard of CLOSED. */
  async mustBeClosable(work: UnitOfWork, followed: Case): Promise<void> {
    const obstacles: FieldError[] = [];
    for (const follower of this.followers) obstacles.push(...((await follower.obstacles?.(work, followed)) ?? []));
    if (obstacles.length)
      throw unacceptable(
        'not-ready-to-close',
        'The case cannot be closed yet. Resolve the matters listed in errors first.',
        obstacles,
      );
  }
}
