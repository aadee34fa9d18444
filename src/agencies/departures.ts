import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Practitioner } from './agency.entity.js';

/** Ends access given to one person, in the unit of work that makes the person inactive or active. */
export type EndsWithDeparture = (work: UnitOfWork, person: Practitioner) => Promise<void>;

/** Records what the person received until now, while the person may still read it. */
export type RecordsUntilNow = (work: UnitOfWork, practitionerId: string) => Promise<void>;

/**
 * Ends a person's individual access when an administrator makes the person inactive. Later areas register their
 * callbacks here, because this area may not import them.
 */
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
   * Runs the recorders before access of the person ends: by departure, with a seat or with a grant. The person and the
   * panel must not be locked yet: ending an item of a meeting locks the item first and these after it.
   */
  async leaving(work: UnitOfWork, practitionerId: string): Promise<void> {
    for (const record of this.recorders) await record(work, practitionerId);
  }

  /**
   * Runs as the system, because the ended access may be hidden from the administrator; the response does not reveal it.
   */
  async left(work: UnitOfWork, person: Practitioner): Promise<void> {
    await work.asSystem(async () => {
      for (const end of this.followers) await end(work, person);
    });
  }
}

/** Reason stored with ended access, for its readers. */
export const LEFT_THE_AGENCY = 'The person left the agency.';
