/**
 * Papers are made in threads of their own: one that runs out of memory or time fails that paper alone, and the line is
 * bounded. Places at expensive routes are shared fairly.
 *
 * Seen to fail, in one run: another title in the thread; no limit of memory, time, size or line; threads that go on after the
 * service; places that are not shared among principals or over routes; a line that is not bounded, not left by a client that
 * goes away, and waited in for ever; an actor who is not read again.
 */
import { willClose } from '../support/opened.ts';

const built = async () => ({
  ...(await import('#built/documents/paper-maker')),
  ...(await import('#built/documents/paper-pdf')),
  ...(await import('#built/documents/paper')),
  ...(await import('#built/records/concurrency-limit')),
});
type Built = Awaited<ReturnType<typeof built>>;
type Paper = Parameters<Built['renderPdf']>[0];

let papers: Built;
beforeAll(async () => {
  papers = await built();
});

function given(limits: ConstructorParameters<Built['PaperMaker']>[0] = {}): InstanceType<Built['PaperMaker']> {
  const maker = new papers.PaperMaker(limits);
  willClose({ stop: () => maker.onApplicationShutdown() });
  return maker;
}

const paper = (characters: number): Paper => ({
  title: 'Papers',
  language: 'en-GB',
  marking: 'OFFICIAL',
  madeFor: 'Somebody, an agency',
  createdAt: new Date('2026-11-03T14:05:00Z'),
  blocks: Array.from({ length: Math.ceil(characters / 1000) }, (_, n) => ({
    kind: 'section' as const,
    heading: `Item ${String(n)}`,
    blocks: [{ kind: 'text' as const, text: 'A sentence of some length. '.repeat(37) }],
  })),
});
const SMALL = paper(2000);
const LARGE = paper(1_500_000);

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'made',
    (error: { status?: number; code?: string }) => [error.status, error.code],
  );

describe('a paper', () => {
  test('made in a thread has the bytes of one made in place', async () => {
    const maker = given();
    const [first, second] = await Promise.all([maker.make(SMALL, 'pdf'), maker.make(SMALL, 'pdf')]);
    const here = await papers.renderPdf(SMALL);
    expect([first.equals(here), second.equals(here)]).toEqual([true, true]);
  });

  test('that exhausts memory fails alone', async () => {
    const maker = given({ memoryMb: 24 });
    const [large, small] = await Promise.all([failed(maker.make(LARGE, 'pdf')), maker.make(SMALL, 'pdf')]);
    expect(large).toEqual([422, 'paper-too-large']);
    expect(small.length).toBeGreaterThan(1000);
  });

  test('that takes too long fails alone', async () => {
    const maker = given({ milliseconds: 1000 });
    const longest = paper(4_000_000);
    const [large, small] = await Promise.all([failed(maker.make(longest, 'pdf')), maker.make(SMALL, 'docx')]);
    expect(large).toEqual([422, 'paper-too-large']);
    expect(small.length).toBeGreaterThan(1000);
  });

  test('with more characters or blocks than allowed is refused before it is made', async () => {
    const maker = given();
    const { MAX_CHARACTERS, MAX_BLOCKS } = papers;
    const points = Array.from({ length: MAX_BLOCKS + 1 }, () => 'x');
    for (const blocks of [
      [{ kind: 'text' as const, text: 'x'.repeat(MAX_CHARACTERS + 1) }],
      [{ kind: 'list' as const, points }],
    ])
      expect(await failed(maker.make({ ...SMALL, blocks }, 'pdf'))).toEqual([422, 'paper-too-large']);
  });

  test('that finds the line full is refused with Retry-After', async () => {
    const maker = given({ threads: 1, waiting: 1 });
    const all = [LARGE, SMALL, SMALL].map((one) => failed(maker.make(one, 'pdf')));
    const refused = await maker.make(SMALL, 'pdf').catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 503, more: { headers: { 'retry-after': expect.any(String) } } });
    expect(await all[0]).toBe('made');
    expect(await all[1]).toBe('made');
  });

  test('ends with the service', async () => {
    const maker = given();
    const making = failed(maker.make(LARGE, 'pdf'));
    const waiting = failed(maker.make(SMALL, 'pdf'));
    await maker.onApplicationShutdown();
    expect(await Promise.all([making, waiting])).toEqual([expect.not.stringContaining('made'), [503, 'papers-busy']]);
    expect(await failed(maker.make(SMALL, 'pdf'))).toEqual([503, 'papers-busy']);
  });
});

describe('places at an expensive route', () => {
  const limit = { concurrent: 2, queue: 4 };
  const at = (principal: string, route = 'access') => ({ route, limit, principal });
  const entering = (places: InstanceType<Built['ExpensivePlaces']>, principal: string, route?: string) => {
    const state = { isIn: false, leave: () => undefined as void, refused: null as unknown };
    const left = new AbortController();
    const settled = places.enter(at(principal, route), left.signal).then(
      ({ leave }) => Object.assign(state, { isIn: true, leave }),
      (error: unknown) => Object.assign(state, { refused: error }),
    );
    return { state, settled, left };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  test('leave room for another user when one asks many times', async () => {
    const places = new papers.ExpensivePlaces(9);
    const mine = Array.from({ length: 5 }, () => entering(places, 'me'));
    const yours = entering(places, 'you');
    await turn();
    expect(mine.map(({ state }) => state.isIn)).toEqual([true, false, false, false, false]);
    expect(mine.map(({ state }) => (state.refused as { status: number } | null)?.status)).toEqual(
      // one is answered, two wait
      [undefined, undefined, undefined, 429, 429],
    );
    expect(yours.state.isIn).toBe(true);
    mine[0]?.state.leave();
    await turn();
    expect(mine.map(({ state }) => state.isIn)).toEqual([true, true, false, false, false]);
  });

  test('are refused with Retry-After when the line is full', async () => {
    const places = new papers.ExpensivePlaces(9);
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((who) => entering(places, who));
    await turn();
    expect(all.map(({ state }) => (state.refused as { status: number } | null)?.status)).toEqual([
      ...Array.from({ length: 6 }, () => undefined),
      503,
    ]);
    expect(all.at(-1)?.state.refused).toMatchObject({
      more: { headers: { 'retry-after': expect.stringMatching(/^\d+$/) } },
    });
  });

  test('are given to the next when a waiting client goes away', async () => {
    const places = new papers.ExpensivePlaces(9);
    const [first, second, gone, next] = ['a', 'b', 'c', 'd'].map((who) => entering(places, who));
    gone?.left.abort();
    await gone?.settled;
    first?.state.leave();
    await turn();
    expect([second, gone, next].map((one) => one?.state.isIn)).toEqual([true, false, true]);
  });

  test('are limited over all routes together', async () => {
    const places = new papers.ExpensivePlaces(1);
    const [first, second] = [entering(places, 'a', 'one'), entering(places, 'b', 'another')];
    await turn();
    expect([first.state.isIn, second.state.isIn]).toEqual([true, false]);
    first.state.leave();
    await turn();
    expect(second.state.isIn).toBe(true);
  });

  test('are not waited for longer than allowed', async () => {
    const places = new papers.ExpensivePlaces(1, 50);
    const [first, second] = [entering(places, 'a'), entering(places, 'b')];
    await second.settled;
    expect([first.state.isIn, second.state.refused]).toEqual([true, expect.objectContaining({ status: 503 })]);
  });

  test('are entered by a principal who is read again when the request waited', async () => {
    const { Reflector } = await import('@nestjs/core');
    const { Clock } = await import('#built/time/clock');
    const { lastValueFrom, Subject } = await import('rxjs');
    class Routes {
      slow(): void {
        return;
      }
    }
    const handler = Object.getOwnPropertyDescriptor(Routes.prototype, 'slow') as TypedPropertyDescriptor<() => void>;
    papers.Expensive({ concurrent: 2, queue: 4 })(Routes.prototype, 'slow', handler);
    const interceptor = new papers.ExpensiveInterceptor(new Reflector(), new Clock(), new papers.ExpensivePlaces());
    const renewed: (Date | undefined)[] = [];
    const asked = new Date();
    const entering = (answer: InstanceType<typeof Subject>) => {
      const user = {
        id: 'me',
        cache: { version: '1', reload: (now?: Date) => Promise.resolve(void renewed.push(now)) },
      };
      const context = {
        getHandler: () => handler.value,
        getClass: () => Routes,
        switchToHttp: () => ({ getRequest: () => ({ user }), getResponse: () => ({ raw: { once: () => undefined } }) }),
      };
      return lastValueFrom(interceptor.intercept(context as never, { handle: () => answer }));
    };
    const [first, second] = [new Subject(), new Subject()];
    const answers = [entering(first), entering(second)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(renewed).toEqual([]);
    first.next('first');
    first.complete();
    await answers[0];
    await turn();
    expect(renewed.map((now) => Number(now) > Number(asked))).toEqual([true]);
    second.next('second');
    second.complete();
    expect(await Promise.all(answers)).toEqual(['first', 'second']);
  });
});
