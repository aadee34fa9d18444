/** A name as it is searched for: lower case, without accents, spaces, hyphens and apostrophes. */
export function nameKey(name: string | null | undefined): string | null {
  if (!name) return null;
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
