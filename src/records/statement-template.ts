/**
 * Statement templates: SQL text and policy values, computed once per cached actor. `bind` adds the parameters and the
 * current time of each execution.
 */
import { hash } from 'node:crypto';
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Where } from '../authorization/conditions.js';
import { permissionsOf } from '../authorization/actor-permissions.js';
import type { SqlStatement } from './record-queries.js';

const NOW: unique symbol = Symbol('the moment of the question');

export interface StatementTemplate {
  /** Name of the prepared statement. */
  name: string;
  text: string;
  values: (string | null | Parameter | typeof NOW)[];
}

/** Statement with all values in PostgreSQL's text format. */
export interface BoundStatement {
  name: string;
  text: string;
  values: (string | null)[];
}

/**
 * Returns the memoised template. `key` must identify everything that shapes the statement except the actor's attributes
 * and the panel `inPanel` of the request. Templates for panels that the actor does not know are not memoised: requests
 * with invented identifiers would fill the memory.
 */
export function templateFor(actor: Actor, key: string, make: () => SqlStatement, inPanel = ''): StatementTemplate {
  const build = (): StatementTemplate => {
    const { text, values } = make();
    return { ...prepared(text), values: values.map((value) => constant(value, actor.now)) };
  };
  return !inPanel || isKnownPanel(actor, inPanel)
    ? permissionsOf(actor).memoize(`form ${key} ${inPanel}`, build)
    : build();
}

const isKnownPanel = ({ memberships, agreements }: Actor, panelId: string): boolean =>
  memberships.some((one) => one.panelId === panelId) || agreements.some((one) => one.panelIds.includes(panelId));

export const bind = (
  { name, text, values }: StatementTemplate,
  parameters: readonly unknown[],
  now: Date,
): BoundStatement => ({
  name,
  text,
  values: values.map((value) =>
    value instanceof Parameter ? written(parameters[value.index]) : value === NOW ? now.toISOString() : value,
  ),
});

function constant(value: unknown, now: Date): string | null | Parameter | typeof NOW {
  if (value instanceof Parameter) return value;
  if (value === now) return NOW;
  if (value instanceof Date) throw new Error('a rule compares with a moment that is not the present one');
  return written(value);
}

/** Converts a value to PostgreSQL's text format. */
function written(value: unknown): string | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(element).join(',')}}`;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`a condition compares with a value of type ${typeof value}`);
}

function element(value: unknown): string {
  const text = written(value);
  return text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Shared statement texts by content: actors with equal permissions produce the same SQL. */
const texts = new Map<string, { name: string; text: string }>();
const MOST_TEXTS = 5000;

function prepared(text: string): { name: string; text: string } {
  let known = texts.get(text);
  if (!known) {
    if (texts.size > MOST_TEXTS) texts.clear();
    texts.set(text, (known = { name: hash('sha256', text, 'base64url').slice(0, 40), text }));
  }
  return known;
}

export interface FilterTemplate {
  /** Condition with parameters instead of values. */
  filter: Where;
  /** Cache key, equal for conditions that differ only in values. */
  key: string;
  values: unknown[];
}

/** Separates the values of a condition from its structure. `first` holds values for the leading parameters. */
export function filterTemplate(where: Where, first: readonly unknown[] = []): FilterTemplate {
  const values = [...first];
  const slot = (value: unknown): Parameter => new Parameter(values.push(value) - 1);
  const filter = shaped(where, slot);
  return { filter, values, key: JSON.stringify(filter) };
}

function shaped(where: Where, slot: (value: unknown) => Parameter): Where {
  return Object.fromEntries(
    Object.entries(where).map(([key, value]) => [
      key,
      key.startsWith('$') && Array.isArray(value)
        ? value.map((one) => shaped(one as Where, slot))
        : isConditions(value)
          ? Object.fromEntries(Object.entries(value).map(([op, one]) => [op, operand(op, one, slot)]))
          : leaf(value, slot),
    ]),
  );
}

function operand(operator: string, value: unknown, slot: (value: unknown) => Parameter): unknown {
  if (operator === '$elemMatch') return shaped(value as Where, slot);
  return operator === '$exists' ? value : leaf(value, slot);
}

/** Replaces a value by a parameter, except values that change the SQL: null, empty lists and lists with null. */
function leaf(value: unknown, slot: (value: unknown) => Parameter): unknown {
  if (value === undefined) throw new Error('a question compares with nothing');
  return value === null || (Array.isArray(value) && (!value.length || value.includes(null))) ? value : slot(value);
}

const isConditions = (value: unknown): value is Where =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
