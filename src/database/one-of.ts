/**
 * Builds a CHECK expression that limits a column to fixed values. Worded as in the database, so that entity and schema
 * match.
 */
export const oneOf = (column: string, words: readonly string[]): string =>
  `${column} IN (${words.map((word) => `'${word}'`).join(', ')})`;
