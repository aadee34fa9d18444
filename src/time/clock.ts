import { Injectable } from '@nestjs/common';

/**
 * What time it is for everybody who acts: "now" is read here when somebody signs in or a job begins, and passed on from
 * there. Tokens expire, and the log is written, by the time of the machine, which nobody moves.
 */
@Injectable()
export class Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** Goes on from another moment, later than now: what was worked out for a moment is not kept for one before it. */
  moveTo(moment: Date): boolean {
    const ahead = moment.getTime() - Date.now();
    if (ahead < this.ahead) return false;
    this.ahead = ahead;
    return true;
  }
}
