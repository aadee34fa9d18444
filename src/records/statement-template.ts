/**
 * The form of a question: its text and what the policy puts into it, worked out once for what is known of the actor. Each
 * asking fills in its own values and the moment.
 */
import { hash } from 'node:crypto';
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Where } from '../authorization/conditions.js';
import { memoizeFor } from '../authorization/actor-permissions.js';
import type { SqlStatement } from './record-queries.js';

const NOW: unique symbol = Symbol('the moment of the question');

export interface StatementTemplate {
  /** Of the prepared statement. */
  name: string;
  text: string;
  values: (string | null | Parameter | typeof NOW)[];
}

/** Ready to be sent: values as PostgreSQL writes them. */
export interface BoundStatement {
  name: string;
  text: string;
  values: (string | null)[];
}

/** `key` says all that shapes the statement beside the facts of the actor. */
export const templateFor = (actor: Actor, key: string, make: () => SqlStatement): StatementTemplate =>
  memoizeFor(actor, `form ${key}`, () => {
    const { text, values } = make();
    return { ...prepared(text), values: values.map((value) => constant(value, actor.now)) };
  });

export const bind = (
  { name, text, values }: StatementTemplate,
  slots: readonly unknown[],
  now: Date,
): BoundStatement => ({
  name,
  text,
  values: values.map((value) =>
    value instanceof Parameter ? written(slots[value.index]) : value === NOW ? now.toISOString() : value,
  ),
});

function constant(value: unknown, now: Date): string | null | Parameter | typeof NOW {
  if (value instanceof Parameter) return value;
  if (value === now) return NOW;
  if (value instanceof Date) throw new Error('a rule compares with a moment that is not the present one');
  return written(value);
}

/** A value of a condition as PostgreSQL writes it. */
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

/** Readers alike ask in the same words: a text is kept once. */
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
  /** The condition with slots instead of values. */
  filter: Where;
  /** Equal for conditions that differ in values alone. */
  key: string;
  values: unknown[];
}

/** A request's condition, and its values apart. `first` values are filled in already. */
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

/** What decides how a condition reads stays in it: null, and lists that are empty or hold it. */
function leaf(value: unknown, slot: (value: unknown) => Parameter): unknown {
  if (value === undefined) throw new Error('a question compares with nothing');
  return value === null || (Array.isArray(value) && (!value.length || value.includes(null))) ? value : slot(value);
}

const isConditions = (value: unknown): value is Where =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
