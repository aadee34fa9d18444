/** Registry of the subjects that the areas declare, by record type and by name. */
import type { RecordClass } from '../database/columns.js';
import type { Actor } from '../authentication/actor.js';
import type { Where } from './conditions.js';
import type { Relation, RevealingColumn, Subject } from './subject.types.js';

/** Returns the replacement of a revealing value. */
export const shownInstead = ({ shownAs, shownFor }: RevealingColumn, value: unknown): boolean | string | null =>
  shownFor?.[String(value)] ?? shownAs;

export const subjects = new Map<RecordClass, Subject>();

/** Subject of an entity class that names its actions `A`. */
export type ActingSubject<A extends string> = Subject & { readonly actions?: A };

export function subjectOf<A extends string>(type: RecordClass<object, A>): ActingSubject<A> {
  const subject = subjects.get(type);
  if (!subject) throw new Error(`${type.name} is not declared to the policy`);
  return subject;
}

/** Returns the condition behind a flag of a subject. */
export function flagOf(actor: Actor, type: RecordClass, name: string): Where {
  const flag = subjectOf(type).flags[name];
  if (!flag) throw new Error(`${type.name} has no flag ${name}`);
  return flag(actor);
}

export const isDeclared = (type: RecordClass): boolean => subjects.has(type);
export const declaredSubjects = (): readonly Subject[] => [...subjects.values()];
/** Returns the record type declared under the name, for areas that may not import the type. */
export function typeNamed<T extends object>(name: string): RecordClass<T> {
  const subject = subjectNamed(name);
  if (!subject) throw new Error(`nothing is declared as ${name}`);
  return subject.type as RecordClass<T>;
}

export const subjectNamed = (name: string): Subject | undefined => declaredSubjects().find((one) => one.name === name);

export function relationOf(subject: Subject, name: string): Relation {
  const relation = subject.relations[name];
  if (!relation) throw new Error(`${subject.name} has no relation ${name}`);
  return relation;
}
