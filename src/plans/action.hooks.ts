import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Action } from './action.entity.js';

type AfterActionEnd = (work: UnitOfWork, action: Action) => Promise<void>;

/** Consequences of the end of an action, in the transaction of the command. Later areas register hooks. */
@Injectable()
export class ActionHooks {
  private readonly hooks: AfterActionEnd[] = [];

  registerAfterEnd(hook: AfterActionEnd): void {
    this.hooks.push(hook);
  }

  async afterEnd(work: UnitOfWork, action: Action): Promise<void> {
    for (const hook of this.hooks) await hook(work, action);
  }
}
