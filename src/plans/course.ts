import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Action } from './action.entity.js';

type FollowsAction = (work: UnitOfWork, action: Action) => Promise<void>;

/** What else follows when an action ends, in the work that ends it; areas that come later register it. */
@Injectable()
export class ActionCourse {
  private readonly followers: FollowsAction[] = [];

  register(follower: FollowsAction): void {
    this.followers.push(follower);
  }

  async ended(work: UnitOfWork, action: Action): Promise<void> {
    for (const follow of this.followers) await follow(work, action);
  }
}
