import { ValidateBy } from 'class-validator';

/** Scripts with letters that resemble those of another. */
const ALIKE = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Cherokee', 'Coptic', 'Lisu'].map((script) => ({
  some: new RegExp(`\\p{Script=${script}}`, 'u'),
  every: new RegExp(`^[\\p{Script=${script}}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u'),
}));

/** Returns whether a text has letters of at most one of the scripts that look alike. */
export const isInOneScript = (text: unknown): boolean =>
  typeof text === 'string' && ALIKE.every(({ some, every }) => !some.test(text) || every.test(text));

/**
 * Validates a name with which exclusions are matched. A name with letters of two scripts could look like another name
 * and match none: a Cyrillic “о” reads like a Latin “o”. A name may be entirely in any script.
 */
export const InOneScript = (): PropertyDecorator =>
  ValidateBy(
    { name: 'inOneScript', validator: { validate: isInOneScript } },
    { message: '$property must be written in one script: letters of another look alike. Type it again' },
  );

/**
 * Returns the SQL condition that a column is in one script of Europe. Others are not checked: the European scripts are
 * those that get mixed.
 */
export const inOneScriptSql = (column: string): string => {
  const has = (letters: string): string => `(${column} ~ '[${letters}]')::integer`;
  return `${column} IS NULL OR ${has('A-Za-z\\u00C0-\\u024F')} + ${has('\\u0370-\\u03FF')} + ${has('\\u0400-\\u052F')} <= 1`;
};
