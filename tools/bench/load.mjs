/** Callers that ask again as soon as they are answered. */
import http from 'node:http';

const CALLERS = 16;

/**
 * @param {(() => string)[]} addresses asked in turn by each caller
 * @param {string} token
 * @param {number} seconds
 */
export async function requestsPerSecond(addresses, token, seconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CALLERS });
  const end = performance.now() + seconds * 1000;
  let answered = 0;
  const caller = async () => {
    while (performance.now() < end)
      for (const address of addresses) {
        await ask(address(), token, agent);
        answered += 1;
      }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  agent.destroy();
  return answered / ((performance.now() - started) / 1000);
}

/** @param {string} url @param {string} token @param {http.Agent} agent @returns {Promise<void>} */
const ask = (url, token, agent) =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (reply) => {
        reply.resume();
        reply.once('end', () => {
          if (reply.statusCode === 200) resolve();
          else reject(new Error(`${reply.statusCode} at ${url}`));
        });
      })
      .once('error', reject);
  });
