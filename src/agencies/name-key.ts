/** Returns a name normalised for search: lower case, without accents, spaces, hyphens and apostrophes. */
export function nameKey(name: string | null | undefined): string | null {
  if (!name) return null;
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Ranks, titles, degrees and honours before or after a name, in the directory or as typed. */
const TITLES = new Set(
  [
    'mr mrs ms miss mx dr prof rev cllr sir dame pc dc ps sgt ds insp di ci dci supt dsu cs pcso wpc dcs acc cc',
    'ba bsc beng bed llb ma msc mba med mphil mres mph llm phd dphil dsc edd pgce pgdip pgcert dipsw dipse cqsw hons hon',
    'rn rgn rmn rnld rm rsw sw mbbs mbchb mrcp frcp mrcgp frcgp frcpch mrcpsych frcpsych bvsc fcmi mcmi',
    'cbe obe mbe kbe dbe bem qpm kpm jp kc qc esq jnr jr snr sr',
  ].flatMap((line) => line.split(' ')),
);

const isTitle = (word: string): boolean => TITLES.has(nameKey(word) ?? '');

/** Removes titles from both ends of a part of a name; leaves at least `least` words. */
function withoutTitles(words: string[], least: number): string[] {
  const left = [...words];
  while (left.length > least && isTitle(left[0] ?? '')) left.shift();
  while (left.length > least && isTitle(left.at(-1) ?? '')) left.pop();
  return left;
}

/**
 * Returns the normalised name of a member of staff, for matching with a typed name: without titles before or after it,
 * given name first. Two people of the same name have the same key.
 */
export function staffNameKey(name: string): string {
  const parts = name.split(',').map((part) => part.trim().split(/\s+/).filter(Boolean));
  const [family = [], ...others] = parts;
  // in "Holt, Corin" the given name follows the comma; in "Corin Holt, BSc" no name does
  const given = others.find((words) => withoutTitles(words, 0).length) ?? [];
  const words = given.length ? [...withoutTitles(given, 1), ...withoutTitles(family, 1)] : family;
  return nameKey(withoutTitles(words, 2).join(' ')) || name;
}
