/** A check that a column holds one of these words: as the database says it, so that an entity says the same. */
export const oneOf = (column: string, words: readonly string[]): string =>
  `${column} IN (${words.map((word) => `'${word}'`).join(', ')})`;
