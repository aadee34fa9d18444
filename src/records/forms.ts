/**
 * The form of a question: its text and what the policy puts into it, worked out once for what is known of the actor. Each
 * asking fills in its own values and the moment.
 */
import { hash } from 'node:crypto';
import type { Actor } from '../policy/actor.js';
import { Slot, type Where } from '../policy/conditions.js';
import { keptFor } from '../policy/standing.js';
import type { Statement } from './query.js';

const NOW: unique symbol = Symbol('the moment of the question');

export interface Form {
  /** Of the prepared statement. */
  name: string;
  text: string;
  values: (string | null | Slot | typeof NOW)[];
}

/** Ready to be sent: values as PostgreSQL writes them. */
export interface Filled {
  name: string;
  text: string;
  values: (string | null)[];
}

/** `key` says all that shapes the statement beside the facts of the actor. */
export const formOf = (actor: Actor, key: string, make: () => Statement): Form =>
  keptFor(actor, `form ${key}`, () => {
    const { text, values } = make();
    return { ...prepared(text), values: values.map((value) => constant(value, actor.now)) };
  });

export const filled = ({ name, text, values }: Form, slots: readonly unknown[], now: Date): Filled => ({
  name,
  text,
  values: values.map((value) =>
    value instanceof Slot ? written(slots[value.index]) : value === NOW ? now.toISOString() : value,
  ),
});

function constant(value: unknown, now: Date): string | null | Slot | typeof NOW {
  if (value instanceof Slot) return value;
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

export interface Shape {
  /** The condition with slots instead of values. */
  filter: Where;
  /** Equal for conditions that differ in values alone. */
  key: string;
  values: unknown[];
}

/** A request's condition, and its values apart. `first` values are filled in already. */
export function shapeOfFilter(where: Where, first: readonly unknown[] = []): Shape {
  const values = [...first];
  const slot = (value: unknown): Slot => new Slot(values.push(value) - 1);
  const filter = shaped(where, slot);
  return { filter, values, key: JSON.stringify(filter) };
}

function shaped(where: Where, slot: (value: unknown) => Slot): Where {
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

function operand(operator: string, value: unknown, slot: (value: unknown) => Slot): unknown {
  if (operator === '$elemMatch') return shaped(value as Where, slot);
  return operator === '$exists' ? value : leaf(value, slot);
}

/** What decides how a condition reads stays in it: null, and lists that are empty or hold it. */
function leaf(value: unknown, slot: (value: unknown) => Slot): unknown {
  if (value === undefined) throw new Error('a question compares with nothing');
  return value === null || (Array.isArray(value) && (!value.length || value.includes(null))) ? value : slot(value);
}

const isConditions = (value: unknown): value is Where =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
