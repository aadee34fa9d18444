/** Validators of the OpenAPI document for a script in plain Node, which ends with an error at the first contradiction. */
import { createContract } from './contract.mjs';

/** @type {ReturnType<typeof createContract> | undefined} */
let contract;

globalThis.contradictions = (/** @type {import('./contract.mjs').Exchange} */ exchange) => {
  const found = (contract ??= createContract()).contradictions(exchange);
  if (found.length) throw new Error(`Traffic contradicts openapi/openapi.json:\n${found.join('\n')}`);
  return found;
};
