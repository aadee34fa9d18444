import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Practitioner } from './agency.entity.js';

/** Ends what was given to one person, in the work that makes the person inactive or active. */
export type EndsWithDeparture = (work: UnitOfWork, person: Practitioner) => Promise<void>;

/** Records what the person received until now, while the person may still read it. */
export type RecordsUntilNow = (work: UnitOfWork, practitionerId: string) => Promise<void>;

/** What opens to somebody alone ends when an administrator makes the person inactive; areas that come later register it. */
@Injectable()
export class Departures {
  private readonly followers: EndsWithDeparture[] = [];
  private readonly recorders: RecordsUntilNow[] = [];

  register(follower: EndsWithDeparture): void {
    this.followers.push(follower);
  }

  registerBefore(recorder: RecordsUntilNow): void {
    this.recorders.push(recorder);
  }

  /**
   * Called before access of the person ends: by departure, with a seat or with a grant. Nothing may be locked yet that the end of an
   * item of a meeting locks after the item: the person, the panel.
   */
  async leaving(work: UnitOfWork, practitionerId: string): Promise<void> {
    for (const record of this.recorders) await record(work, practitionerId);
  }

  /** Whatever is ended may be hidden from the administrator, and no answer tells of it. */
  async left(work: UnitOfWork, person: Practitioner): Promise<void> {
    await work.asSystem(async () => {
      for (const end of this.followers) await end(work, person);
    });
  }
}

/** Why something ended, for those who read it. */
export const LEFT_THE_AGENCY = 'The person left the agency.';
