import { ValidateBy } from 'class-validator';

/** Scripts with letters that look like those of another. */
const ALIKE = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Cherokee', 'Coptic', 'Lisu'].map((script) => ({
  some: new RegExp(`\\p{Script=${script}}`, 'u'),
  every: new RegExp(`^[\\p{Script=${script}}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u'),
}));

/** Returns whether a text has letters of no two scripts that look alike. */
export const isInOneScript = (text: unknown): boolean =>
  typeof text === 'string' && ALIKE.every(({ some, every }) => !some.test(text) || every.test(text));

/**
 * Validates a name that exclusions are matched with. With letters of two scripts it could look like another name and match none: a
 * Cyrillic “о” reads like a Latin “o”. A name may be wholly in any script.
 */
export const InOneScript = (): PropertyDecorator =>
  ValidateBy(
    { name: 'inOneScript', validator: { validate: isInOneScript } },
    { message: '$property must be written in one script: letters of another look alike. Type it again' },
  );

/** Condition of SQL for the scripts of Europe, which are those that are mixed up: the column is in one of them. */
export const inOneScriptSql = (column: string): string => {
  const has = (letters: string): string => `(${column} ~ '[${letters}]')::integer`;
  return `${column} IS NULL OR ${has('A-Za-z\\u00C0-\\u024F')} + ${has('\\u0370-\\u03FF')} + ${has('\\u0400-\\u052F')} <= 1`;
};
