/** Numbers drawn from a seed, so that what was generated can be generated again. */

/** Looked up once: inside Jest's sandbox a global is slow to find. */
const { floor, imul } = Math;

/** A small seeded generator (mulberry32). */
export function chance(seed: number) {
  let state = seed | 0; // kept a small integer: a larger one would be allocated anew at each draw
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = state;
    t = imul(t ^ (t >>> 15), t | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => floor(next() * below);
  const hex = (digits: number): string =>
    floor(next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    next,
    int,
    happens: (probability: number): boolean => next() < probability,
    pick: <T>(list: readonly T[]): T => list[int(list.length)] as T,
    some: <T>(list: readonly T[], probability = 0.5): T[] => list.filter(() => next() < probability),
    uuid: (): string => `${hex(8)}-${hex(4)}-7${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`,
  };
}
export type Chance = ReturnType<typeof chance>;
