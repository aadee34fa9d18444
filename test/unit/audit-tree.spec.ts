/**
 * The tree against RFC 9162 said once more, in the naive way: roots, inclusion proofs and consistency proofs of every size
 * up to 130, from a frontier and from kept subtrees as the service makes them. The roots of the first sizes are those that
 * certificate transparency has published for its eight test leaves.
 *
 * Seen to fail: the hashes of an inclusion proof in another order.
 */
import { createHash } from 'node:crypto';

const tree = async () => ({ ...(await import('#built/audit/sealing')), ...(await import('#built/audit/proofs')) });
const SIZES = 130;

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const data = (index: number): Buffer => Buffer.from(`leaf ${String(index)}`);
const leaf = (one: Buffer): Buffer => sha256(Buffer.of(0), one);

/** MTH of RFC 9162, section 2.1.1. */
function rootOf(list: Buffer[]): Buffer {
  if (list.length === 0) return sha256();
  if (list.length === 1) return leaf(list[0]!);
  const k = 2 ** Math.ceil(Math.log2(list.length) - 1);
  return sha256(Buffer.of(1), rootOf(list.slice(0, k)), rootOf(list.slice(k)));
}

/** PATH of RFC 9162, section 2.1.3.1. */
function path(m: number, list: Buffer[]): Buffer[] {
  if (list.length === 1) return [];
  const k = 2 ** Math.ceil(Math.log2(list.length) - 1);
  return m < k
    ? [...path(m, list.slice(0, k)), rootOf(list.slice(k))]
    : [...path(m - k, list.slice(k)), rootOf(list.slice(0, k))];
}

/** SUBPROOF of RFC 9162, section 2.1.4.1. */
function subproof(m: number, list: Buffer[], b: boolean): Buffer[] {
  if (m === list.length) return b ? [] : [rootOf(list)];
  const k = 2 ** Math.ceil(Math.log2(list.length) - 1);
  return m <= k
    ? [...subproof(m, list.slice(0, k), b), rootOf(list.slice(k))]
    : [...subproof(m - k, list.slice(k), false), rootOf(list.slice(0, k))];
}

const hexes = (list: Buffer[]): string[] => list.map((one) => one.toString('hex'));
const leaves = Array.from({ length: SIZES }, (_, index) => data(index));

test('the roots of the eight test leaves of certificate transparency', async () => {
  const { Frontier, leafHash } = await tree();
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const frontier = new Frontier();
  expect(frontier.root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  for (const [index, input] of inputs.entries()) {
    frontier.append(leafHash(Buffer.from(input, 'hex').toString('latin1')));
    expect(frontier.root().toString('hex')).toBe(roots[index]);
  }
});

test(`roots, inclusion and consistency agree with the definition up to ${String(SIZES)} leaves`, async () => {
  const { consistencyPath, Frontier, splitHashes, inclusionPath, joinSubtrees, completeSubtrees } = await tree();
  const kept: Buffer[] = [];
  let frontier = new Frontier();
  for (const [index, one] of leaves.entries()) {
    // as the service does: from what was stored
    frontier = new Frontier(frontier.size, frontier.toBuffer());
    kept.push(Buffer.concat(frontier.append(leaf(one))));
    expect(frontier.size).toBe(index + 1);
    expect(frontier.root().toString('hex')).toBe(rootOf(leaves.slice(0, index + 1)).toString('hex'));
  }
  const hashOf = (range: [number, number]): Buffer =>
    joinSubtrees(completeSubtrees(range).map((place) => splitHashes(kept[place.leaf]!)[place.level]!));
  for (let size = 1; size <= SIZES; size += 1) {
    const list = leaves.slice(0, size);
    for (let at = 0; at < size; at += size > 40 ? 7 : 1) {
      expect(hexes(inclusionPath(at, [0, size]).map(hashOf))).toEqual(hexes(path(at, list)));
      expect(hexes(consistencyPath(at + 1, [0, size]).map(hashOf))).toEqual(hexes(subproof(at + 1, list, true)));
    }
  }
});
