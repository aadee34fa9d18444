/**
 * The form of a question: its text and what the policy puts into it, worked out once for what is known of the actor. Each
 * asking fills in its own values and the moment.
 */
import { hash } from 'node:crypto';
import type { Actor } from '../policy/actor.js';
import { Slot, type Where } from '../policy/conditions.js';
import { keptFor } from '../policy/standing.js';
import type { Statement } from './query.js';

export interface Form extends Statement {
  /** Of the prepared statement. */
  name: string;
}

const NOW = Symbol('the moment of the question');

/** `key` says all that shapes the statement beside the facts of the actor. */
export const formOf = (actor: Actor, key: string, make: () => Statement): Form =>
  keptFor(actor, `form ${key}`, () => {
    const { text, values } = make();
    return { ...prepared(text), values: values.map((value) => constant(value, actor.now)) };
  });

export const filled = ({ name, text, values }: Form, slots: readonly unknown[], now: Date): Form => ({
  name,
  text,
  values: values.map((value) => (value instanceof Slot ? slots[value.index] : value === NOW ? now : value)),
});

function constant(value: unknown, now: Date): unknown {
  if (value === now) return NOW;
  if (value instanceof Date) throw new Error('a rule compares with a moment that is not the present one');
  return value;
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

/** What decides how a condition reads stays in it: nothing, and empty lists. */
const leaf = (value: unknown, slot: (value: unknown) => Slot): unknown =>
  value === null || value === undefined || (Array.isArray(value) && (!value.length || value.includes(null)))
    ? value
    : slot(value);

const isConditions = (value: unknown): value is Where =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
