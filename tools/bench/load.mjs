/** Callers that send the next request as soon as the last one is answered. */
import http from 'node:http';

/**
 * @typedef {object} Call
 * @property {string} path
 * @property {string} token
 * @property {object} [body] sent as JSON with POST
 */

/**
 * Returns the requests per second that `callers` reach together.
 * @param {string} origin
 * @param {() => Call} next
 * @param {{ callers: number, seconds: number }} load
 */
export async function requestsPerSecond(origin, next, { callers, seconds }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: callers });
  const started = performance.now();
  const end = started + seconds * 1000;
  let answered = 0;
  const caller = async () => {
    while (performance.now() < end) {
      await send(origin, next(), agent);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  agent.destroy();
  return answered / ((performance.now() - started) / 1000);
}

/**
 * Returns the durations of requests of a single caller, in milliseconds, shortest first.
 * @param {string} origin
 * @param {() => Call} next
 * @param {number} count
 */
export async function durations(origin, next, count) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  /** @type {number[]} */
  const found = [];
  for (let n = 0; n < count; n++) {
    const started = performance.now();
    await send(origin, next(), agent);
    found.push(performance.now() - started);
  }
  agent.destroy();
  return found.sort((a, b) => a - b);
}

/**
 * @param {string} origin
 * @param {Call} call
 * @param {http.Agent} agent
 * @returns {Promise<void>}
 */
const send = (origin, { path, token, body }, agent) =>
  new Promise((resolve, reject) => {
    const request = http.request(
      origin + path,
      {
        agent,
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      },
      (reply) => {
        if (reply.statusCode === 200 || reply.statusCode === 201) {
          reply.resume().once('end', resolve);
          return;
        }
        let text = '';
        reply.setEncoding('utf8').on('data', (part) => (text += part));
        reply.once('end', () => {
          reject(new Error(`${String(reply.statusCode)} at ${origin}${path}: ${text}`));
        });
      },
    );
    request.once('error', reject);
    request.end(body && JSON.stringify(body));
  });
