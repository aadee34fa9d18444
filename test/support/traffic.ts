/**
 * Check of every exchange of a spec with the OpenAPI document. The clients of specs report their exchanges here; a test
 * fails if one of its exchanges contradicts the document.
 */
import type { Exchange } from './contract.mjs';

declare global {
  /** Given by the test environment, and by `contract-global.mjs` to scripts in plain Node. */
  var contradictions: (exchange: Exchange) => string[];
}

const found = new Set<string>();

let isIgnored = false;

/** Ends the check for a spec that writes values into the database which the service would refuse. */
export function ignoreTraffic(): void {
  isIgnored = true;
}

export function reportExchange(exchange: Exchange): void {
  if (isIgnored) return;
  for (const one of globalThis.contradictions(exchange)) found.add(one);
}

/** Throws if an exchange since the last call contradicts the document. */
export function failIfContradicted(): void {
  if (!found.size) return;
  const all = [...found];
  found.clear();
  throw new Error(`Traffic contradicts openapi/openapi.json:\n${all.join('\n')}`);
}
