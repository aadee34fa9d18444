import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Invitation, Listing, Meeting } from './meeting.entity.js';

/** What else follows from the course of a meeting, in the work that moves it; areas that come later register it. */
export interface FollowsMeeting {
  /** It was held: what it hands on is handed on. */
  held?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  /** It was put off: what waits for it is due for another day. */
  postponed?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  /** It does not take place: what waited for it goes elsewhere. */
  cancelled?: (work: UnitOfWork, meeting: Meeting) => Promise<void>;
  /** One item was taken off its list. */
  removed?: (work: UnitOfWork, listing: Listing) => Promise<void>;
  /** Somebody is not invited to an item any more. */
  uninvited?: (work: UnitOfWork, invitation: Invitation) => Promise<void>;
}

@Injectable()
export class MeetingCourse {
  private readonly followers: FollowsMeeting[] = [];

  register(follower: FollowsMeeting): void {
    this.followers.push(follower);
  }

  async held(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const one of this.followers) await one.held?.(work, meeting);
  }

  async postponed(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const one of this.followers) await one.postponed?.(work, meeting);
  }

  async cancelled(work: UnitOfWork, meeting: Meeting): Promise<void> {
    for (const one of this.followers) await one.cancelled?.(work, meeting);
  }

  async removed(work: UnitOfWork, listing: Listing): Promise<void> {
    for (const one of this.followers) await one.removed?.(work, listing);
  }

  async uninvited(work: UnitOfWork, invitation: Invitation): Promise<void> {
    for (const one of this.followers) await one.uninvited?.(work, invitation);
  }
}
