/** Status values and obstacles to closing that later areas add to a case: the next meeting, open actions. */
import { Injectable } from '@nestjs/common';
import { unacceptable, type FieldError } from '../http/problems.js';
import type { Row } from '../authorization/conditions.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Case } from './case.entity.js';

export interface CaseHook {
  /** Returns values for the status view. */
  status?: (work: UnitOfWork, found: Case) => Promise<Row>;
  /** Returns reasons why the case cannot be closed yet. */
  obstacles?: (work: UnitOfWork, found: Case) => Promise<FieldError[]>;
}

@Injectable()
export class CaseHooks {
  private readonly hooks: CaseHook[] = [];

  register(hook: CaseHook): void {
    this.hooks.push(hook);
  }

  async statusValuesOf(work: UnitOfWork, found: Case): Promise<Row> {
    const values: Row = { nextMeetingAt: null, openActions: [] };
    for (const hook of this.hooks) Object.assign(values, await hook.status?.(work, found));
    return values;
  }

  /** Throws if a hook reports an obstacle to closing. Source: JAG note, section 1.6, guard of CLOSED. */
  async mustBeClosable(work: UnitOfWork, found: Case): Promise<void> {
    const obstacles: FieldError[] = [];
    for (const hook of this.hooks) obstacles.push(...((await hook.obstacles?.(work, found)) ?? []));
    if (obstacles.length)
      throw unacceptable(
        'not-ready-to-close',
        'The case cannot be closed yet. Resolve the matters listed in errors first.',
        obstacles,
      );
  }
}
