import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Accepts upper case, and an identifier is compared with that of a record. */
const IN_ANY_CASE = {
  name: 'class-validator',
  importNames: ['IsUUID'],
  message: 'Use @Uuid() of src/http/uuid.ts, which converts to lower case.',
};

export default defineConfig(
  globalIgnores(['dist/', '.data/', 'coverage/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    files: ['**/*.{ts,js,mjs}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './tsconfig.test.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true, caughtErrors: 'none' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // a service answers a promise to its callers whether or not today's version has something to wait for
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // a disclosure must never slip out through a forgotten print: the service writes through its logger
    files: ['src/*/**/*.ts'],
    ignores: ['src/sandbox/**'],
    rules: { 'no-console': 'error' },
  },
  {
    // one file reads the environment
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read settings in src/config.ts, where they are checked.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'VariableDeclarator[init.name="process"] > ObjectPattern',
          message: 'Read settings in src/config.ts, where they are checked.',
        },
        {
          selector: 'ImportDeclaration[specifiers.length=0][source.value!="reflect-metadata"]',
          message: 'Export what the file declares, and list it: an import must not register anything.',
        },
      ],
      'no-restricted-imports': ['error', { paths: ['process', 'node:process', IN_ANY_CASE] }],
    },
  },
  {
    files: ['src/http/uuid.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    // rows of pg, bodies of replies and parsed JSON: tests assert their shape instead of declaring it
    files: ['test/**', 'tools/**', '*.js', '*.mjs'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
