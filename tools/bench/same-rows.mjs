/** Check before measuring that all servers answer with the same rows; otherwise the comparison is meaningless. */
import { isDeepStrictEqual } from 'node:util';
import { CannotStart } from '../lifeline.mjs';

/** @typedef {Record<string, any>} Row */

/**
 * Requires that the rows have the same identifiers, in the same order. The server with the same duties must also show the
 * same fields with the same values, and withhold the same.
 * @param {string} service
 * @param {Partial<Record<import('./comparisons.mjs').Comparison, string>>} comparisons origins by name
 * @param {import('./load.mjs').Call} call
 * @param {(answer: Row) => Row[]} rowsIn rows of a response to compare
 */
export async function mustReadSameRows(service, comparisons, call, rowsIn) {
  const ours = rowsIn(await answerOf(service, call));
  if (!ours.length) throw new CannotStart(`The service answers without rows at ${call.path}.`);
  for (const [name, origin] of Object.entries(comparisons)) {
    const theirs = rowsIn(await answerOf(origin, call));
    const fault = differenceOf(ours, theirs, name === 'sameDuties');
    if (fault) throw new CannotStart(`The service and ${name} answer differently at ${call.path}: ${fault}`);
  }
}

/** @param {Row[]} ours @param {Row[]} theirs @param {boolean} isWhole whether fields are compared too */
function differenceOf(ours, theirs, isWhole) {
  const ids = (/** @type {Row[]} */ rows) => rows.map((row) => row.id).join();
  if (ids(ours) !== ids(theirs)) return `rows ${ids(ours)} and ${ids(theirs)}`;
  if (!isWhole) return null;
  for (const [n, row] of ours.entries())
    for (const field of new Set([...Object.keys(row), ...Object.keys(theirs[n] ?? {})])) {
      const [one, other] = [row, theirs[n] ?? {}].map((of) =>
        field === 'withheld' || field === 'contextPanelIds' ? [...(of[field] ?? [])].sort() : of[field],
      );
      if (!isDeepStrictEqual(one, other)) return `${field} ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
    }
  return null;
}

/** @param {string} origin @param {import('./load.mjs').Call} call @returns {Promise<Row>} */
async function answerOf(origin, { path, token, body }) {
  const reply = await fetch(origin + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await reply.text();
  if (!reply.ok) throw new CannotStart(`${String(reply.status)} at ${origin}${path}: ${text}`);
  return /** @type {Row} */ (JSON.parse(text));
}
