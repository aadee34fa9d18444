/**
 * Registry of the authorization policy: record types, and the rules that each area declares for its own records.
 *
 * A subject is a record type with
 *   denyRules      actors who must not know that a row exists, whatever else applies (conflict, compartment);
 *   allowRules     named permissions: a sentence, its actions, and a condition over fields and relations;
 *   sharingLimits  conditions that lower the sharing level of a readable row (a contribution that was recalled);
 *   flags          conditions that are evaluated with each row, for its views;
 *   revealing      columns of which some values reveal another record that may be hidden;
 *   contexts       relations to records with a panel, through which a row without a panel is read.
 *
 * A row is permitted if at least one allow rule for the action applies and no deny rule does. CASL's `cannot` is not
 * used: a rule that forbids by a column would not apply if the column was not loaded. A child names its parent and the
 * action on the parent that its own allow rule needs (`within`), so that the child is never more visible than its
 * parent. An area higher up may extend a subject declared lower down with an allow rule of its own (a meeting that
 * invites an agency lets that agency read the case).
 *
 * Lists, single reads, SQL, explanations, the matrix and its documents are all derived from these declarations.
 */
import type { RecordClass } from '../database/columns.js';
import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import type { Actor } from '../authentication/actor.js';
import { classifiedProperties } from './classification.js';
import { conditionsMatcher, type Where } from './conditions.js';
import { permissionsOf, withoutScopes } from './actor-permissions.js';

/**
 * Relation to rows of `to` whose column `foreign` equals this row's column `local`. If `local` is a list, one of its
 * values must be equal.
 */
export interface Relation {
  to: RecordClass;
  local: string;
  foreign: string;
  /** Further columns of this row that must be equal, with the name of the column in the related row. */
  also?: Record<string, string>;
  /** Columns of the related row that have another name in this row. A composite foreign key keeps both equal. */
  as?: Record<string, string>;
}

/** Steps that a decision can name. `explanation.ts` and `sharing-levels.ts` define the order of evaluation. */
export const STEPS = [
  'active',
  'conflict',
  'compartment',
  'own-contribution',
  'agreement',
  'handling',
  'relationship',
  'level',
  'emergency',
] as const;
export type Step = (typeof STEPS)[number];

export interface DenyRule {
  name: string;
  step: 'conflict' | 'compartment';
  /** Sentence for explanations, the matrix and its documents. */
  sentence: string;
  /** Returns the denied rows, or null if the rule cannot concern the actor. */
  where: (actor: Actor) => Where | null;
}

export interface AllowRule<A extends string = string> {
  name: string;
  sentence: string;
  actions: readonly A[];
  /** Returns the permitted rows, or null if the rule permits none to the actor. */
  where: (actor: Actor) => Where | null;
  /** Action on the parent that must be permitted as well. */
  within?: string;
  /** Only properties shown under this rule. */
  fields?: readonly string[];
  /**
   * Marks a rule whose effect is limited in time (a grant, an invitation). An actor without a current one gets an empty
   * result, not a refusal of the permission guard.
   */
  isTimeLimited?: boolean;
}

export interface SharingLimit {
  name: string;
  sentence: string;
  /**
   * Action that would lift the limit, and how to request it. Shown in explanations to actors who may know of the row.
   */
  remedy: string;
  level: 'none' | 'existence' | 'summary';
  /** Returns rows whose content is withheld from the actor by their handling, or null if there are none. */
  where: (actor: Actor) => Where | null;
}

/** Column of which some values reveal another record that may be hidden from the reader. */
export interface RevealingColumn {
  /** Replacement of a revealing value, as if there were no such record. */
  shownAs: boolean | string;
  /** Replacements by original value, for values that need another one than `shownAs`. */
  shownFor?: Readonly<Record<string, string>>;
  /**
   * Revealing values, with the rows in which they reveal a record that is hidden from the actor. The condition must not
   * use the column itself, because former values of the row are checked as well.
   */
  hidden: readonly { values: readonly (boolean | string)[]; where: (actor: Actor) => Where }[];
}

/** Returns the replacement of a revealing value. */
export const shownInstead = ({ shownAs, shownFor }: RevealingColumn, value: unknown): boolean | string =>
  shownFor?.[String(value)] ?? shownAs;

export interface Subject {
  type: RecordClass;
  /** Name used in rules, audit entries, explanations and scopes. */
  name: string;
  relations: Record<string, Relation>;
  /** Relation that leads to the parent. */
  parent?: string;
  denyRules: DenyRule[];
  allowRules: AllowRule[];
  sharingLimits: SharingLimit[];
  /** Conditions by name that are evaluated with each row; views derive values from the results. */
  flags: Record<string, (actor: Actor) => Where>;
  /** Revealing values by column. Reads, filters and counts respect these declarations. */
  revealing: Record<string, RevealingColumn>;
  /** Columns by which a list query can seek; each has an index (column, orderBy, id). */
  seek: string[];
  orderBy: string;
  /** Column with the panel whose agreement governs the row. */
  panel?: string;
  /** Column with the case of the row. Emergency access is granted for one case. */
  case?: string;
  /** Relations to records with a panel, in whose context a row without a panel of its own is read. */
  contexts: string[];
  /**
   * Actions for which a related row lends its context only if the action is permitted on that row too. A row opened for
   * one purpose is therefore not read as another panel shares the row.
   */
  ownContext: string[];
  /** Columns with the agency that contributed the row, and the type of that agency. */
  contributor?: { agency: string; type: string };
  /**
   * Marks records about the process, in the words of the panel. Receipt is logged, but is no disclosure of the
   * contributor's data. The contributor need not know of the record.
   */
  isAboutProcess?: boolean;
  /**
   * Column with the agency that must carry out the task in the row. That agency sees its task, whatever the agreement
   * shares.
   */
  owner?: string;
  /** Marks a subject without data about anybody; a machine client needs no scope for such a subject. */
  needsNoScope?: boolean;
  /** Returns the reason for refusing a collection, or null for the default reason. */
  whyClosed?: (actor: Actor) => string | null;
}

/** Declaration of a subject with the actions `A`, which its entity names. */
type Declaration<A extends string = string> = Partial<Omit<Subject, 'type' | 'name' | 'allowRules' | 'ownContext'>> & {
  allowRules?: readonly AllowRule<A>[];
  ownContext?: readonly A[];
};

const subjects = new Map<RecordClass, Subject>();

/** Declares a subject. A function, instead of the declaration, may use the subjects declared before. */
export function declareSubject<A extends string>(
  type: RecordClass<object, A>,
  name: string,
  declared: Declaration<NoInfer<A>> | (() => Declaration<NoInfer<A>>),
): void {
  if (subjects.has(type)) throw new Error(`the subject ${name} is declared twice`);
  const declaration: Declaration = typeof declared === 'function' ? declared() : declared;
  const copied = <T>(list: readonly T[] = []): T[] => [...list];
  subjects.set(type, {
    orderBy: 'updatedAt',
    ...declaration,
    // copies, because higher areas extend the lists and declarations may share parts
    relations: withSharedSeek(declaration),
    flags: { ...declaration.flags },
    revealing: { ...declaration.revealing },
    denyRules: copied(declaration.denyRules),
    allowRules: [...copied(declaration.allowRules), ...officersGround(type, declaration)],
    sharingLimits: copied(declaration.sharingLimits),
    seek: copied(declaration.seek),
    contexts: copied(declaration.contexts),
    ownContext: copied(declaration.ownContext),
    type,
    name,
  });
}

/**
 * Adds shared seek columns to the join between a subject and its parent. A rule on such a column then matches the child
 * exactly where the rule matches the parent (see `carried`), even in rows that no foreign key would allow.
 */
function withSharedSeek({ parent, relations = {}, seek = [] }: Declaration): Record<string, Relation> {
  const above = parent ? relations[parent] : undefined;
  if (!parent || !above) return { ...relations };
  const shared = subjectOf(above.to).seek.filter((column) => seek.includes(named(above, column)));
  const also = { ...above.also, ...Object.fromEntries(shared.map((column) => [named(above, column), column])) };
  return { ...relations, [parent]: Object.keys(also).length ? { ...above, also } : above };
}

const isExplained = ({ allowRules = [] }: Declaration): boolean =>
  allowRules.some(({ actions }) => actions.includes('explain'));

/**
 * Returns a condition for records whose readers a data protection officer may query, as far as the record decides.
 * Records that another agency keeps to itself, which are before no panel, do not match. Null for all other actors.
 */
export function explainedByOfficer(actor: Actor, type: RecordClass): Where | null {
  if (!actor.roles.includes('data_protection_officer')) return null;
  return classifiedProperties(type).has('agencyOnly')
    ? { $or: [{ agencyOnly: false }, { agencyId: actor.agencyId }] }
    : {};
}

/**
 * Derives the data protection officer's allow rule on records in a case. `explain` on the case permits `explain` on the
 * record, unless the subject declares that action itself. Coordinators get no such rule, because a panel need not know
 * of every record.
 */
function officersGround(type: RecordClass, declaration: Declaration): AllowRule[] {
  const { parent, relations = {} } = declaration;
  const above = parent ?? 'case';
  const to = relations[above]?.to;
  if (!to || isExplained(declaration) || !isExplained(subjectOf(to))) return [];
  const officer = { name: 'data-protection-officer', actions: ['explain'] };
  const sentence = classifiedProperties(type).has('agencyOnly')
    ? 'who is a data protection officer, where no other agency keeps it to itself'
    : 'who is a data protection officer';
  if (parent) return [{ ...officer, sentence, within: 'explain', where: (actor) => explainedByOfficer(actor, type) }];
  return [
    {
      ...officer,
      sentence: `${sentence}, and who may ask who sees the case and why`,
      where: (actor) => {
        const own = explainedByOfficer(actor, type);
        const outer = own && permittedRows(withoutScopes(actor), subjectOf(to), 'explain');
        return own && outer && allOf(own, { [above]: { $elemMatch: outer } });
      },
    },
  ];
}

/** Extends a subject of a lower area with relations and rules of a higher area. */
export function extendSubject<A extends string>(
  type: RecordClass<object, A>,
  more: Pick<Declaration<NoInfer<A>>, 'relations' | 'flags' | 'denyRules' | 'allowRules' | 'contexts' | 'ownContext'>,
): void {
  const subject = subjectOf(type);
  Object.assign(subject.relations, more.relations);
  Object.assign(subject.flags, more.flags);
  subject.denyRules.push(...(more.denyRules ?? []));
  subject.allowRules.push(...(more.allowRules ?? []));
  subject.contexts.push(...(more.contexts ?? []));
  subject.ownContext.push(...(more.ownContext ?? []));
}

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

/** Allow rule applied to an actor, with the condition under which the rule permits a row. */
export interface ApplicableRule {
  ground: AllowRule;
  where: Where;
  /** Allow rule of the parent through which the row is reached. */
  through?: string;
  /** Indicates a time-limited rule that permits no row at present. */
  isIdle: boolean;
}

const isUnconditional = (where: Where): boolean => Object.keys(where).length === 0;
const allOf = (...parts: Where[]): Where => {
  const needed = parts.filter((part) => !isUnconditional(part));
  return needed.length > 1 ? { $and: needed } : (needed[0] ?? {});
};

/**
 * Returns whether no row can meet the condition. A rule with such a condition is not queried, and does not count as
 * applicable.
 */
function isImpossible(where: Where): boolean {
  return Object.entries(where).some(([key, value]) => {
    if (key === '$and') return (value as Where[]).some(isImpossible);
    if (key === '$or') return (value as Where[]).every(isImpossible);
    if (typeof value !== 'object' || value === null) return false;
    const { $in, $overlaps, $elemMatch } = value as { $in?: unknown[]; $overlaps?: unknown[]; $elemMatch?: Where };
    return $in?.length === 0 || $overlaps?.length === 0 || ($elemMatch !== undefined && isImpossible($elemMatch));
  });
}

/** Returns the deny rules of the actor as conditions that every permitted row must meet. */
export function denyConditions(actor: Actor, subject: Subject): Where[] {
  return subject.denyRules.map((rule) => rule.where(actor)).flatMap((where) => (where ? [{ $nor: [where] }] : []));
}

/**
 * Returns a condition for rows whose existence no conflict, recusal or compartment hides. The parents of a row must not
 * be hidden either. With a `step`, only deny rules of that step count.
 */
export function notDenied(actor: Actor, subject: Subject, step?: DenyRule['step']): Where {
  const bars = subject.denyRules.filter((rule) => !step || rule.step === step).flatMap((bar) => bar.where(actor) ?? []);
  const above = subject.parent ? relationOf(subject, subject.parent) : null;
  const parent = above ? notDenied(actor, subjectOf(above.to), step) : {};
  return {
    ...(bars.length ? { $nor: bars } : {}),
    ...(above && Object.keys(parent).length ? { [subject.parent as string]: { $elemMatch: parent } } : {}),
  };
}

/**
 * Returns a condition for rows that refer, by the relation, to a record hidden from the actor. A record hidden by
 * row-level security is not found, and so counts as hidden.
 */
export function refersToHiddenRecord(actor: Actor, type: RecordClass, relation: string): Where {
  const { to, local } = relationOf(subjectOf(type), relation);
  return { [local]: { $ne: null }, $nor: [{ [relation]: { $elemMatch: notDenied(actor, subjectOf(to)) } }] };
}

/** Returns all rules by which the actor may perform `action` on rows of the subject; empty if none applies. */
export function applicableRules<A extends string>(
  actor: Actor,
  subject: ActingSubject<A>,
  action: NoInfer<A>,
): ApplicableRule[] {
  const bars = denyConditions(actor, subject);
  return subject.allowRules
    .filter((rule) => rule.actions.includes(action) && inScope(actor, subject, action))
    .flatMap((ground): ApplicableRule[] => {
      const where = ground.where(actor);
      if (!where) return [];
      const isIdle = isImpossible(where);
      if (isIdle && !ground.isTimeLimited) return [];
      if (!ground.within) return [{ ground, where: allOf(where, ...bars), isIdle }];
      if (!subject.parent) throw new Error(`${subject.name}: ${ground.name} needs a parent`);
      const relation = relationOf(subject, subject.parent);
      const parent = subjectOf(relation.to);
      return applicableRules(withoutScopes(actor), parent, ground.within).map((outer) => ({
        ground,
        through: outer.ground.name,
        isIdle: isIdle || outer.isIdle,
        where: allOf(carried(subject, parent, outer.where), where, ...bars, {
          [subject.parent as string]: { $elemMatch: outer.where },
        }),
      }));
    });
}

/**
 * Returns all applicable rules as one condition, or null if none applies. Shared parts (deny rules, the parent) are
 * evaluated once. Intended for rows that are found by other means; a list query seeks by each applicable rule.
 */
export const permittedRows = <A extends string>(
  actor: Actor,
  subject: ActingSubject<A>,
  action: NoInfer<A>,
): Where | null => unlessBarred(actor, subject, waysTo(actor, subject, [action]));

/**
 * Returns the condition of `permittedRows` for rows on whose parent the action `known` is permitted. The condition does
 * not check the parent for `known` again.
 */
export const permittedUnder = <A extends string>(
  actor: Actor,
  subject: ActingSubject<A>,
  action: NoInfer<A>,
  known: string,
): Where | null => unlessBarred(actor, subject, waysTo(actor, subject, [action], { known }));

const unlessBarred = (actor: Actor, subject: Subject, ways: Where | null): Where | null =>
  ways && allOf(ways, ...denyConditions(actor, subject));

interface Asked {
  /** Limits the evaluation to these allow rules. */
  grounds?: readonly AllowRule[];
  /** Action that is known to be permitted on the parent. */
  known?: string;
  /** Indicates that no deny rule hides the parent. */
  isUnbarred?: boolean;
}

/**
 * Returns a condition for rows on which a rule permits one of the actions, without deny rules. Null if no rule applies.
 */
function waysTo(
  actor: Actor,
  subject: Subject,
  actions: readonly string[],
  { grounds: rules = subject.allowRules, known, isUnbarred = false }: Asked = {},
): Where | null {
  /** Returns a condition for rows whose parent permits one of these actions. */
  const underParent = (needed: readonly string[]): Where[] => {
    if (!subject.parent) throw new Error(`${subject.name}: ${needed.join()} needs a parent`);
    const parent = subjectOf(relationOf(subject, subject.parent).to);
    const everything = withoutScopes(actor);
    const outer = waysTo(everything, parent, needed);
    const open = isUnbarred ? outer : unlessBarred(everything, parent, outer);
    return open ? [{ [subject.parent]: { $elemMatch: open } }] : [];
  };
  /** Conditions of allow rules, grouped by the action needed on the parent. */
  const byNeed = new Map<string | undefined, Where[]>();
  for (const rule of rules) {
    if (!rule.actions.some((one) => actions.includes(one) && inScope(actor, subject, one))) continue;
    const where = rule.where(actor);
    if (!where || isImpossible(where)) continue;
    const within = rule.within === known ? undefined : rule.within;
    byNeed.set(within, [...(byNeed.get(within) ?? []), where]);
  }
  /** Actions on the parent needed by rules without a condition of their own, checked together. */
  const bare: string[] = [];
  const ways: Where[] = [];
  for (const [within, wheres] of byNeed) {
    const own = anyOf(wheres);
    if (within === undefined) ways.push(own);
    else if (isUnconditional(own)) bare.push(within);
    else ways.push(...underParent([within]).map((outer) => allOf(own, outer)));
  }
  if (bare.length) ways.push(...underParent(bare));
  return ways.length ? anyOf(ways) : null;
}

const anyOf = (wheres: readonly Where[]): Where =>
  wheres.some(isUnconditional) ? {} : wheres.length > 1 ? { $or: wheres } : (wheres[0] as Where);

/** Fields, or all if none are named, and the rows that show these fields. */
export interface ShownFields {
  fields?: readonly string[];
  where: Where;
}

/**
 * Returns which fields are shown in which of the permitted rows; rules with the same fields form one entry. Expects
 * permitted rows only, so deny rules are not checked again. If the fields of one entry are included in every other
 * entry, all rows show these fields.
 */
export function shownFields(actor: Actor, subject: Subject, action: string): ShownFields[] {
  const rules = subject.allowRules.filter(({ actions }) => actions.includes(action));
  const isUnbarred = rules.every(({ within }) => within !== undefined);
  const sets = [...Map.groupBy(rules, ({ fields }) => fields?.join()).values()].flatMap((alike): ShownFields[] => {
    const where = waysTo(actor, subject, [action], { grounds: alike, isUnbarred });
    const fields = alike[0]?.fields;
    return where ? [{ ...(fields ? { fields } : {}), where }] : [];
  });
  const least = sets.find(({ fields }) =>
    sets.every((one) => !one.fields || fields?.every((field) => one.fields?.includes(field))),
  );
  return sets.map((one) => (one === least ? { ...one, where: {} } : one));
}

/** Returns the name in this row of a column of the related row. */
const named = ({ as }: Relation, column: string): string => as?.[column] ?? column;

/**
 * Carries a condition on a shared seek column over from the parent to the child. A composite foreign key keeps both
 * columns equal, so that a list query may seek on the child.
 */
function carried(child: Subject, parent: Subject, where: Where): Where {
  const parts = (where['$and'] as Where[] | undefined) ?? [where];
  const relation = relationOf(child, child.parent as string);
  for (const column of child.seek) {
    const above = parent.seek.find((one) => named(relation, one) === column);
    const part = above === undefined ? undefined : parts.find((one) => above in one);
    if (part) return { [column]: part[above as string] };
  }
  return {};
}

/**
 * Restricts machine clients to their registered scopes, regardless of their agency's permissions. Checking an identity
 * (`act-for`) needs no scope.
 */
function inScope(actor: Actor, subject: Subject, action: string): boolean {
  if (actor.scopes === undefined || action === 'act-for' || subject.needsNoScope) return true;
  return actor.scopes.includes(`${action}:${subject.name}`);
}

export type Ability = MongoAbility;

/** Returns the CASL rules of the actor for one action on one subject. */
export const abilityFor = (actor: Actor, subject: Subject, action: string): Ability =>
  permissionsOf(actor).memoizeNow(`${action}:${subject.name}`, () => {
    const ways = applicableRules(actor, subject, action).filter((one) => !one.isIdle);
    const rules = ways.map(({ ground: rule, where, through }) => ({
      action,
      subject: subject.name,
      conditions: where,
      ...(rule.fields ? { fields: [...rule.fields] } : {}),
      reason: through ? `${rule.name}/${through}` : rule.name,
    })) as RawRuleOf<Ability>[];
    return createMongoAbility<Ability>(rules, { conditionsMatcher, detectSubjectType: () => subject.name });
  });

/** Returns whether any allow rule permits the action to the actor. Does not check a record: queries do. */
export function hasApplicableRule<A extends string>(
  actor: Actor,
  subject: ActingSubject<A>,
  action: NoInfer<A>,
): boolean {
  return permissionsOf(actor).memoize(
    `ground ${action} ${subject.name}`,
    () => applicableRules(actor, subject, action).length > 0,
  );
}
