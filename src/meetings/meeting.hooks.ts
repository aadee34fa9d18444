/** Consequences of the commands on a meeting. Later areas register hooks, which run in the order of registration. */
import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Invitation, Listing, Meeting } from './meeting.entity.js';

/** Hooks in the transaction of the command. A `before` hook may refuse the command; an `after` hook writes consequences. */
export interface MeetingHook {
  beforeCirculation?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  afterClosure?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  afterPostponement?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  afterCancellation?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  /** Called after one item was removed from the agenda. */
  afterRemoval?: (work: UnitOfWork, listing: Listing) => Promise<void>;
  /** Called after an invitation was withdrawn or shortened so that it has ended. */
  afterInvitationEnd?: (work: UnitOfWork, invitation: Invitation) => Promise<void>;
}

@Injectable()
export class MeetingHooks {
  private readonly hooks: MeetingHook[] = [];

  register(hook: MeetingHook): void {
    this.hooks.push(hook);
  }

  async beforeCirculation(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const hook of this.hooks) await hook.beforeCirculation?.(work, meeting);
  }

  async afterClosure(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const hook of this.hooks) await hook.afterClosure?.(work, meeting);
  }

  async afterPostponement(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const hook of this.hooks) await hook.afterPostponement?.(work, meeting);
  }

  async afterCancellation(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const hook of this.hooks) await hook.afterCancellation?.(work, meeting);
  }

  async afterRemoval(work: UnitOfWork, listing: Listing): Promise<void> {
    for (const hook of this.hooks) await hook.afterRemoval?.(work, listing);
  }

  async afterInvitationEnd(work: UnitOfWork, invitation: Invitation): Promise<void> {
    for (const hook of this.hooks) await hook.afterInvitationEnd?.(work, invitation);
  }
}
