/**
 * The stage: who plays, what they do, and what was promised about the answer.
 *
 *   const idva = await stage.cast('idva');
 *   const made = await idva.post('tells what she wants', `/v1/cases/${id}/contributions`, { … });
 *   await outsider.get('asks for the case', `/v1/cases/${id}`, { gives: 404 });
 *
 * Each step is one line and one promise: the status (and the problem's code) that the policy promises. A step without
 * `gives` must succeed, and the story cannot go on without it.
 */
import { CannotStart } from '../lifeline.mjs';

/** @typedef {any} Json what a server answered: the story asserts its shape */
/** @typedef {{ status: number, body: Json, raw: string, etag: string }} Reply */
/**
 * @typedef {object} Step
 * @property {number} [gives] the promised status; without it, any success
 * @property {string} [code] the promised code of the problem
 * @property {string} [key] an Idempotency-Key
 * @property {string} [ifMatch]
 * @property {(body: Json) => unknown} [so] what to tell of the answer
 */

/** The story cannot go on: what it needs was refused. */
export class StoryEnds extends Error {}

/** @typedef {{ status: number, rows: Json[], raw: string, withheld: string[] }} List all pages of a list */
/**
 * @typedef {object} Player one of the cast, signed in
 * @property {string} id
 * @property {string} name
 * @property {Json} me who the service says this is
 * @property {(what: string, path: string, more?: Step) => Promise<Reply>} get a step
 * @property {(what: string, path: string, body: object, more?: Step) => Promise<Reply>} post a step
 * @property {(what: string, record: string, command: string, body: object, more?: Step) => Promise<Reply>} move
 *   a step that moves a record to another state, as it was read a moment before
 * @property {(what: string, record: string, body: object, more?: Step) => Promise<Reply>} alter
 *   a step that changes a record, as it was read a moment before
 * @property {(path: string) => Promise<Reply>} reads without a line and without a promise
 * @property {(path: string, body: object) => Promise<Reply>} asks by POST, likewise
 * @property {(path: string) => Promise<List>} all pages of a list, likewise
 */
/**
 * @typedef {object} Stage
 * @property {string} url
 * @property {string} run sets this run apart from all others on the same server
 * @property {(what: string, kept: unknown, instead?: unknown) => void} promise counts it, and says what differs
 * @property {() => { kept: number, broken: number }} counts
 * @property {(id: string) => Promise<Player>} cast
 * @property {<I extends string[]>(...ids: I) => Promise<{ [at in keyof I]: Player }>} company several, in their order
 * @property {(offset: number) => string} day counted from today in London
 * @property {(minutes: number) => string} moment counted from now
 * @property {(title: string) => void} chapter
 * @property {(text: string) => void} tell
 */

/**
 * @param {string} url
 * @returns {Promise<Stage>}
 */
export async function openStage(url) {
  const people = (await send(url, 'GET', '/sandbox/people')).body?.data;
  if (!Array.isArray(people))
    throw new CannotStart(`The story needs the sandbox's cast, and ${url} has no sandbox (SANDBOX=on).`);
  const started = new Date();
  const counts = { kept: 0, broken: 0 };
  /** @type {Map<string, Promise<Player>>} */
  const signedIn = new Map();

  /**
   * @param {string} what
   * @param {unknown} kept
   * @param {unknown} [instead] what was found instead
   */
  function promise(what, kept, instead) {
    if (kept) counts.kept += 1;
    else {
      counts.broken += 1;
      console.log(`DIFFERS: ${what}${instead === undefined ? '' : ` — found ${inWords(instead)}`}`);
    }
  }

  /**
   * @param {string} id of `GET /sandbox/people`
   * @returns {Promise<Player>}
   */
  async function signIn(id) {
    const known = people.find((/** @type {Json} */ one) => one.id === id);
    const token = (await send(url, 'POST', '/sandbox/tokens', { body: { person: id } })).body?.access_token;
    if (!known || !token) throw new CannotStart(`The sandbox signs nobody in as ${id}.`);
    const ask = (/** @type {string} */ method, /** @type {string} */ path, more = {}) =>
      send(url, method, path, { token, ...more });
    const me = (await ask('GET', '/v1/me')).body;

    /**
     * @param {string} what
     * @param {string} method
     * @param {string} path
     * @param {Step & { body?: object }} step
     */
    async function step(what, method, path, { gives, code, so, ...more }) {
      const reply = await ask(method, path, more);
      const kept =
        (gives ? reply.status === gives : reply.status >= 200 && reply.status < 300) &&
        (!code || reply.body?.code === code);
      const found = `${reply.status}${reply.body?.code ? ` ${reply.body.code}` : ''}`;
      const told = reply.status < 300 && so ? `, ${inWords(so(reply.body))}` : '';
      line(known.name, what, `${found}${told}`);
      const wanted = gives ? `${gives}${code ? ` ${code}` : ''}` : 'success';
      promise(`${known.name} ${what}: ${wanted}`, kept, kept ? undefined : `${found} ${detailOf(reply)}`);
      if (!kept && !gives) throw new StoryEnds(`${known.name} could not: ${what}.`);
      return reply;
    }

    return {
      id,
      name: String(known.name),
      me,
      get: (what, path, more = {}) => step(what, 'GET', path, more),
      post: (what, path, body, more = {}) => step(what, 'POST', path, { body, ...more }),
      async move(what, record, command, body, more = {}) {
        const ifMatch = more.ifMatch ?? (await ask('GET', record)).etag;
        return step(what, 'POST', `${record}/${command}`, { body, ...more, ifMatch });
      },
      async alter(what, record, body, more = {}) {
        const ifMatch = more.ifMatch ?? (await ask('GET', record)).etag;
        return step(what, 'PATCH', record, { body, ...more, ifMatch });
      },
      reads: (path) => ask('GET', path),
      asks: (path, body) => ask('POST', path, { body }),
      async all(path) {
        /** @type {List} */
        const list = { status: 200, rows: [], raw: '', withheld: [] };
        for (let cursor = ''; ;) {
          const join = path.includes('?') ? '&' : '?';
          const { status, body, raw } = await ask('GET', `${path}${join}limit=100${cursor && `&cursor=${cursor}`}`);
          list.raw += raw;
          if (status !== 200) return { ...list, status, rows: [] };
          list.rows.push(...body.data);
          list.withheld = body.withheld ?? [];
          cursor = body.next ?? '';
          if (!cursor) return list;
        }
      },
    };
  }

  /** @param {string} id */
  function cast(id) {
    const player = signedIn.get(id) ?? signIn(id);
    signedIn.set(id, player);
    return player;
  }

  return {
    url,
    run: String(Math.floor(started.getTime() / 1000) % 1_000_000).padStart(6, '0'),
    promise,
    counts: () => ({ ...counts }),
    cast,
    company: (...ids) => /** @type {any} */ (Promise.all(ids.map(cast))),
    day(offset) {
      const at = new Date(started.getTime() + offset * 86_400_000);
      return new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' }).format(at);
    },
    moment: (minutes) => new Date(Date.now() + minutes * 60_000).toISOString(),
    chapter: (title) => console.log(`\n${title}\n${'─'.repeat(title.length)}`),
    tell: (text) => console.log(`\n  ${text}`),
  };
}

/** @param {string} who @param {string} what @param {string} result */
function line(who, what, result) {
  console.log(`  ${who.padEnd(33)} ${what.padEnd(86)} → ${result}`);
}

/** @param {Reply} reply */
function detailOf({ body }) {
  const errors = (body?.errors ?? []).map((/** @type {Json} */ one) => `${one.pointer} ${one.detail}`);
  return [body?.detail, ...errors].filter(Boolean).join('; ');
}

/** @param {unknown} value */
const inWords = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * @param {string} url
 * @param {string} method
 * @param {string} path
 * @param {{ token?: string, body?: object, key?: string, ifMatch?: string }} [more]
 * @returns {Promise<Reply>}
 */
async function send(url, method, path, { token, body, key, ifMatch } = {}) {
  const reply = await fetch(url + path, {
    method,
    headers: {
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const raw = await reply.text();
  return { status: reply.status, raw, body: parsed(raw), etag: reply.headers.get('etag') ?? '' };
}

/** @param {string} raw @returns {Json} */
function parsed(raw) {
  try {
    return JSON.parse(raw);
  } catch {
    return null;
  }
}
