import { Injectable } from '@nestjs/common';

/**
 * Source of the current time for actors. Sign-in and jobs read `now` here and pass the value on. Token expiry and log
 * timestamps use the system time, which `moveTo` does not change.
 */
@Injectable()
export class Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /**
   * Moves the clock forward; returns false for an earlier moment. A value cached for one moment must never be used for
   * an earlier one.
   */
  moveTo(moment: Date): boolean {
    const ahead = moment.getTime() - Date.now();
    if (ahead < this.ahead) return false;
    this.ahead = ahead;
    return true;
  }
}
