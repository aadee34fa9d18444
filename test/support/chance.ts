/** Numbers drawn from a seed, so that what was generated can be generated again. */

/** Looked up once: inside Jest's sandbox a global is slow to find. */
const { floor, imul } = Math;

/** Numbers of three and four hexadecimal digits: formatting each identifier anew takes longer than drawing it. */
const [THREE, FOUR] = [3, 4].map((digits) =>
  Array.from({ length: 16 ** digits }, (_, n) => n.toString(16).padStart(digits, '0')),
) as [string[], string[]];
const hex3 = (n: number): string => THREE[n] as string;
const hex4 = (n: number): string => FOUR[n] as string;

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
  const bits = (count: number): number => floor(next() * 2 ** count);
  /** 48 bits, which are drawn as twice 24. */
  const hex12 = (): string => {
    const [high, low] = [bits(24), bits(24)];
    return hex3(high >>> 12) + hex3(high & 0xfff) + hex3(low >>> 12) + hex3(low & 0xfff);
  };
  const hex8 = (): string => {
    const drawn = bits(32);
    return hex4(drawn >>> 16) + hex4(drawn & 0xffff);
  };
  return {
    next,
    int,
    happens: (probability: number): boolean => next() < probability,
    pick: <T>(list: readonly T[]): T => list[int(list.length)] as T,
    some: <T>(list: readonly T[], probability = 0.5): T[] => list.filter(() => next() < probability),
    uuid: (): string => `${hex8()}-${hex4(bits(16))}-7${hex3(bits(12))}-a${hex3(bits(12))}-${hex12()}`,
  };
}
export type Chance = ReturnType<typeof chance>;
