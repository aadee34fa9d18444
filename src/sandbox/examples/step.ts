/**
 * Examples of the OpenAPI document, as steps of one walk through the sandbox. Each step names a seeded record, or one that
 * an earlier step made. Dates are written for one week; the served document moves them to the present.
 */
import { seedId } from '../seed-id.js';

/** Monday of the week for which the dates of the examples are written. */
export const EXAMPLE_WEEK = Date.UTC(2026, 0, 5);

/** Value in the response of an earlier step. */
export interface FromStep {
  /** Operation of the earlier step, such as `POST /v1/bids`. */
  operation: string;
  /** JSON Pointer into its response. */
  pointer: string;
}

export interface Step {
  /** Such as `POST /v1/bids/{id}/decision`. */
  operation: string;
  /** Person of the sandbox who sends the request. */
  person: string;
  path: Record<string, string | FromStep>;
  body?: object;
  /** Time to which the clock of the sandbox is moved first. */
  now?: string;
}

type More = Partial<Pick<Step, 'path' | 'now'>>;

export const step = (operation: string, person: string, body?: object, more: More = {}): Step => ({
  operation,
  person,
  path: more.path ?? {},
  ...(body ? { body } : {}),
  ...(more.now ? { now: more.now } : {}),
});

export const from = (operation: string, pointer = '/id'): FromStep => ({ operation, pointer });

const DAY = 86_400_000;
/** Date so many days after the Monday of the present week. */
export const day = (offset: number): string => new Date(EXAMPLE_WEEK + offset * DAY).toISOString().slice(0, 10);
/** Time on that date, in UTC. */
export const at = (offset: number, time = '09:00'): string => `${day(offset)}T${time}:00Z`;

export const person = (key: string): string => seedId('person', `ask-person-${key}`);
export const practitioner = (slug: string): string => seedId('practitioner', slug);
export const agency = (code: string): string => seedId('agency', code);
export const panel = (code: string): string => seedId('panel', code);
export const caseId = (key: string): string => seedId('case', `ask-case-${key}`);
export const partnership = seedId('partnership', 'ASK');
export { seedId };
