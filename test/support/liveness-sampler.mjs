/**
 * Asks for an address every 20 ms, each time on its own and whether or not earlier answers have come, and keeps the longest
 * time that an answer took. A process of its own, so that the work of a spec does not delay it. The parent sends `reset` and
 * `report`; the report waits for the answers that are still missing.
 */
import http from 'node:http';
import process from 'node:process';

const [address = ''] = process.argv.slice(2);
const CADENCE_MS = 20;
const agent = new http.Agent({ keepAlive: true });

let longest = 0;
let count = 0;
/** @type {Set<Promise<void>>} */
const missing = new Set();

function ask() {
  const began = performance.now();
  const answered = new Promise((/** @type {(value: void) => void} */ resolve) => {
    http
      .get(address, { agent }, (answer) => answer.resume().on('end', resolve))
      .on('error', () => setTimeout(resolve, 1000));
  }).then(() => {
    longest = Math.max(longest, performance.now() - began);
    count += 1;
    missing.delete(answered);
  });
  missing.add(answered);
}

setInterval(ask, CADENCE_MS);

process.on('message', (message) => {
  if (message === 'reset') {
    longest = 0;
    count = 0;
    process.send?.('ready');
  } else {
    void Promise.all(missing).then(() => process.send?.({ longest, count }));
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
