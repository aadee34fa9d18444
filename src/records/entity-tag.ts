/**
 * ETags. The part before the dot is the state that `If-Match` compares: record version and fields shown to the reader.
 * The part after the dot is a digest of the body, which also contains values that depend on other records or the date.
 */
import { hash } from 'node:crypto';
import type { ViewClass } from './response-view.js';
import type { FieldMask } from './field-mask.js';

const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12);

/** Returns the state of a record as shown by the view. */
export const stateOf = (view: ViewClass, version: number | undefined, { shown, withheld }: FieldMask): string =>
  `${String(version ?? 0)}-${digestOf(JSON.stringify([view.name, shown, withheld]))}`;

/** Returns the ETag of a response with this state and body. */
export const entityTag = (state: string, body: string): string => `"${state}.${digestOf(body)}"`;

/** Returns the ETag of a state, for a response without the body. */
export const tagOfState = (state: string): string => `"${state}."`;

/** Returns whether the `If-Match` header is `*` or a list of quoted ETags (RFC 9110, section 13.1.1). */
export const isTagList = (ifMatch: string): boolean =>
  ifMatch === '*' || ifMatch.split(',').every((tag) => /^\s*(W\/)?"[^"]*"\s*$/.test(tag));

/** Returns whether the `If-Match` header accepts one of the states. */
export const matches = (ifMatch: string, states: readonly string[]): boolean =>
  ifMatch === '*' || ifMatch.split(',').some((tag) => states.some((state) => state === stateIn(tag)));

/** Extracts the state from an ETag sent by a client. */
const stateIn = (tag: string): string | undefined => /^\s*"([^".]*)\.[^"]*"\s*$/.exec(tag)?.[1];
