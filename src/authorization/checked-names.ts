/** Checks at compile time that filters and policies name existing columns and relations. */
import type { Actor } from '../authentication/actor.js';
import type { RecordClass } from '../database/columns.js';

/** Relations of a subject, by name. */
type Relations = Record<string, { to: RecordClass }>;

/**
 * Check of the names in a filter on rows of `T` with the relations `R`. Every name must be a property of `T`, a compound
 * operator or a relation (`$elemMatch`). Without `R`, every name of a relation is accepted. Conditions of type `Where`,
 * and filters on a type chosen at run time, are not checked.
 */
export type CheckedFilter<T, F, R = Relations> = {
  [K in keyof F]: [keyof T] extends [never]
    ? unknown
    : string extends K
      ? unknown
      : K extends '$and' | '$or' | '$nor'
        ? F[K] extends readonly (infer P)[]
          ? readonly (P & CheckedFilter<T, P, R>)[]
          : unknown
        : K extends keyof T
          ? unknown
          : K extends keyof R
            ? CheckedRelated<F[K], R[K]>
            : never;
};

type CheckedRelated<F, R> = F extends { $elemMatch: infer Inner }
  ? R extends { to: abstract new () => infer T }
    ? { $elemMatch: CheckedFilter<T, Inner> }
    : unknown
  : F extends undefined
    ? unknown
    : never;

/** Names in a condition on rows of `T` that are neither properties of `T` nor relations `R`. */
type UnknownInCondition<T, F, R> = F extends object
  ? {
      [K in keyof F & string]-?: string extends K
        ? never
        : K extends '$and' | '$or' | '$nor'
          ? F[K] extends readonly (infer P)[] | undefined
            ? UnknownInCondition<T, P, R>
            : never
          : K extends keyof T
            ? never
            : K extends keyof R
              ? UnknownInRelated<K, NonNullable<F[K]>, R[K]>
              : K;
    }[keyof F & string]
  : never;

/** Unknown names in the condition on related rows, or the name of the relation if there is none. */
type UnknownInRelated<K, F, R> = F extends { $elemMatch: infer Inner }
  ? R extends { to: abstract new () => infer T }
    ? UnknownInCondition<T, Inner, Relations>
    : never
  : K;

type UnknownInRule<T, Rule, R> = Rule extends { where: (actor: Actor) => infer F }
  ? UnknownInCondition<T, F, R>
  : never;

type UnknownInFlag<T, Flag, R> = Flag extends (actor: Actor) => infer F ? UnknownInCondition<T, F, R> : never;

type UnknownName<T, Name> = Name extends string ? (string extends Name ? never : Exclude<Name, keyof T>) : never;

type UnknownInRelation<T, R> = R extends { to: abstract new () => infer To; local: infer L; foreign: infer F }
  ? UnknownName<T, L> | UnknownName<To, F>
  : never;

type ElementOf<L> = L extends readonly (infer E)[] ? E : never;

type RelationsOf<D> = D extends { relations: infer R } ? R : object;

/** Names in the declaration `D` of a subject with rows of `T` that are neither properties of `T` nor relations. */
type UnknownInDeclaration<T, D, R> = {
  [K in keyof D]-?: K extends 'allowRules' | 'denyRules' | 'sharingLimits'
    ? UnknownInRule<T, ElementOf<D[K]>, R>
    : K extends 'flags'
      ? UnknownInFlag<T, D[K][keyof D[K]], R>
      : K extends 'relations'
        ? UnknownInRelation<T, D[K][keyof D[K]]>
        : K extends 'panel' | 'case' | 'owner' | 'orderBy'
          ? UnknownName<T, D[K]>
          : K extends 'parent'
            ? UnknownName<R, D[K]>
            : never;
}[keyof D];

/**
 * Further arguments of a declaration: none if each name in it exists, otherwise the unknown names, so that the call does
 * not compile ("Expected 4 arguments, but got 3"; the type of the missing argument is the unknown name). Not checked: a
 * type chosen at run time, names computed at run time, and conditions of type `Where`.
 */
export type NoUnknownNames<T, D, R = RelationsOf<D>> = [keyof T] extends [never]
  ? []
  : [UnknownInDeclaration<T, D, R>] extends [never]
    ? []
    : [unknownNames: UnknownInDeclaration<T, D, R>];

/** Counterpart of `NoUnknownNames` for extensions, which may use the relations of the subject's first declaration. */
export type NoUnknownNamesOfExtension<T, D> = NoUnknownNames<T, D, RelationsOf<D> & Relations>;
