/** A name as it is searched for: lower case, without accents, spaces, hyphens and apostrophes. */
export function nameKey(name: string | null | undefined): string | null {
  if (!name) return null;
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** Ranks and titles that stand before a name at work, in the directory or in a typed one. */
const TITLES = new Set(
  'mr mrs ms miss mx dr prof rev cllr sir dame pc dc ps sgt ds insp di ci dci supt dsu cs pcso'.split(' '),
);

/**
 * The name of a member of staff as it is matched with a typed one: without title, given name first. Two people of one
 * name have the same key.
 */
export function staffNameKey(name: string): string {
  const [family, given] = name.split(',', 2) as [string, string?];
  const words = (given?.trim() ? `${given} ${family}` : name).trim().split(/\s+/);
  while (words.length > 2 && TITLES.has((words[0] ?? '').replace(/\.$/, '').toLowerCase())) words.shift();
  return nameKey(words.join(' ')) || name;
}
