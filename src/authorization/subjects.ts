/**
 * What may be acted upon, and who may: the rules of an area, declared by the area, kept here as one policy.
 *
 * A subject is a record type with
 *   bars      who may not learn that a row exists, whatever else holds (conflict, compartment);
 *   grounds   why somebody may: each a named sentence, its actions, and a condition over fields and relations;
 *   caps      what holds a readable row back at a lower level (a contribution that was recalled);
 *   flags     conditions that are answered with each row, for its views;
 *   telling   columns of which some values tell of another record that may be hidden;
 *   contexts  relations to records with a panel, through which a row without one is read.
 *
 * A row may be acted upon where one ground for the action holds and no bar does. There is no `cannot`: where a column was not
 * loaded, a rule that forbids by it would not apply. A child names its parent and the action on the parent that its own
 * ground needs (`within`), so that it is never more visible than its parent. An area higher up may extend a subject declared
 * lower down with a ground of its own (a meeting that invites an agency lets that agency read the case).
 *
 * Lists, single reads, SQL, explanations, the matrix and its documents are all derived from these declarations.
 */
import type { RecordClass } from '../database/record-class.js';
import { createMongoAbility, type MongoAbility, type RawRuleOf } from '@casl/ability';
import type { Actor } from '../authentication/actor.js';
import { classifiedProperties } from './classification.js';
import { conditionsMatcher, type Where } from './conditions.js';
import { memoizeFor } from './actor-permissions.js';

/** Rows of `to` whose column `foreign` equals this row's column `local`, or one of its values where that is a list. */
export interface Relation {
  to: RecordClass;
  local: string;
  foreign: string;
  /** Columns of this row that must also equal one of the related row, by the name that it has there. */
  also?: Record<string, string>;
  /** Columns of the related row that have another name here (a composite foreign key holds them equal). */
  as?: Record<string, string>;
}

/** The steps that a decision can name. In which order they are asked is said in `explanation.ts` and `levels.ts`. */
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
  /** One sentence for explanation, matrix and documents. */
  sentence: string;
  /** The rows that are barred, or null where the bar cannot concern this actor. */
  where: (actor: Actor) => Where | null;
}

export interface AllowRule {
  name: string;
  sentence: string;
  actions: readonly string[];
  /** The rows this ground opens, or null where it opens none to this actor. */
  where: (actor: Actor) => Where | null;
  /** The action on the parent that must also be permitted. */
  within?: string;
  /** Only these properties are shown on this ground. */
  fields?: readonly string[];
  /**
   * Comes and goes with the day (a grant, an invitation): whoever has none now finds nothing, and is not turned away at the
   * door.
   */
  isTimeLimited?: boolean;
}

export interface SharingLimit {
  name: string;
  sentence: string;
  /** What would lift it, and how to ask: told in explanations to those who may know of the row. */
  remedy: string;
  level: 'none' | 'existence' | 'summary';
  /** The rows whose content is held back from this actor by their handling, or null where none is. */
  where: (actor: Actor) => Where | null;
}

/** A column of which some values say that there is another record, from whose existence the reader may be barred. */
export interface RevealingColumn {
  /** What is shown instead, as if there were no such record. */
  shownAs: boolean | string;
  /** By value: what is shown instead of this one, where that is not `shownAs`. */
  shownFor?: Readonly<Record<string, string>>;
  /**
   * Values that say so, and the rows in which they would tell the actor of a record that must not exist for the actor. The
   * condition does not name the column itself: it is asked about values that the row had earlier as well.
   */
  hidden: readonly { values: readonly (boolean | string)[]; where: (actor: Actor) => Where }[];
}

/** The value that is shown instead of one that says so. */
export const shownInstead = ({ shownAs, shownFor }: RevealingColumn, value: unknown): boolean | string =>
  shownFor?.[String(value)] ?? shownAs;

/** Would the value, present or past, tell of a hidden record? `holds` says which of the `hidden` conditions the row meets. */
export const isRevealing = (
  telling: RevealingColumn | undefined,
  holds: readonly boolean[] | undefined,
  value: unknown,
): boolean =>
  telling?.hidden.some(({ values }, index) => holds?.[index] === true && values.some((one) => one === value)) ?? false;

export interface Subject {
  type: RecordClass;
  /** The name used in rules, audit entries, explanations and scopes. */
  name: string;
  relations: Record<string, Relation>;
  /** The relation that leads to the parent. */
  parent?: string;
  denyRules: DenyRule[];
  allowRules: AllowRule[];
  sharingLimits: SharingLimit[];
  /** Conditions that are answered with each row, by name: what a view derives values from. */
  flags: Record<string, (actor: Actor) => Where>;
  /** By column: in which rows some of its values would tell of a hidden record. Reads, filters and counts follow it. */
  revealing: Record<string, RevealingColumn>;
  /** Columns by which a list may seek; each has an index (column, orderBy, id). */
  seek: string[];
  orderBy: string;
  /** The column naming the panel whose agreement governs the row. */
  panel?: string;
  /** The column naming the case in which the row stands: emergency access is given for one case. */
  case?: string;
  /** Relations to declared records with a panel: the panels in whose context a row without one is read. */
  contexts: string[];
  /**
   * Actions for which only those related rows lend their context on which the actor may do the same: what is opened for one
   * purpose is not read as another panel shares it.
   */
  ownContext: string[];
  /** The columns naming the agency that contributed the row, and that agency's type. */
  contributor?: { agency: string; type: string };
  /**
   * About the process, in the words of the panel: who received it is in the log, and no disclosure of what its contributor gave. The
   * contributor need not know of the record.
   */
  isAboutProcess?: boolean;
  /** The column naming the agency that has to do what the row says: it sees its task, whatever the agreement gives. */
  owner?: string;
  /** Holds nothing about anybody: a machine client needs no scope for it. */
  needsNoScope?: boolean;
  /** What to tell an actor to whom no ground is open on the collection, where there is more to say than that. */
  whyClosed?: (actor: Actor) => string | null;
}

type Declaration = Partial<Omit<Subject, 'type' | 'name'>>;

const subjects = new Map<RecordClass, Subject>();

export function declareSubject(type: RecordClass, name: string, declaration: Declaration): void {
  if (subjects.has(type)) throw new Error(`the subject ${name} is declared twice`);
  const copied = <T>(list: readonly T[] = []): T[] => [...list];
  subjects.set(type, {
    orderBy: 'updatedAt',
    ...declaration,
    // copies, because areas above extend them and declarations may share a part
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
 * Relations of a subject; the one to its parent is joined by the seek columns of both as well. A rule on such a column then holds for
 * the child exactly where it holds for the parent (see `carried`), also in rows that no foreign key would allow.
 */
function withSharedSeek({ parent, relations = {}, seek = [] }: Declaration): Record<string, Relation> {
  const above = parent ? relations[parent] : undefined;
  if (!parent || !above) return { ...relations };
  const shared = subjectOf(above.to).seek.filter((column) => seek.includes(named(above, column)));
  const also = { ...above.also, ...Object.fromEntries(shared.map((column) => [named(above, column), column])) };
  return { ...relations, [parent]: Object.keys(also).length ? { ...above, also } : above };
}

const isExplained = ({ allowRules: allowRules = [] }: Declaration): boolean =>
  allowRules.some(({ actions }) => actions.includes('explain'));

/**
 * Condition for records of which a data protection officer may ask who reads them, as far as the record itself decides that: not
 * what another agency keeps to itself, which is before no panel. Null for everybody else.
 */
export function explainedByOfficer(actor: Actor, type: RecordClass): Where | null {
  if (!actor.roles.includes('data_protection_officer')) return null;
  return classifiedProperties(type).has('agencyOnly')
    ? { $or: [{ agencyOnly: false }, { agencyId: actor.agencyId }] }
    : {};
}

/**
 * Ground of the data protection officer on every record in a case: `explain` on the case opens `explain` on the record, unless
 * the subject declares that action itself. The coordination gets no such ground, since a panel need not know of every record.
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
        const outer = own && permittedRows({ ...actor, scopes: undefined }, subjectOf(to), 'explain');
        return own && outer && allOf(own, { [above]: { $elemMatch: outer } });
      },
    },
  ];
}

/** Adds what an area knows to a subject of an area below it. */
export function extendSubject(
  type: RecordClass,
  more: Pick<Declaration, 'relations' | 'flags' | 'denyRules' | 'allowRules' | 'contexts' | 'ownContext'>,
): void {
  const subject = subjectOf(type);
  Object.assign(subject.relations, more.relations);
  Object.assign(subject.flags, more.flags);
  subject.denyRules.push(...(more.denyRules ?? []));
  subject.allowRules.push(...(more.allowRules ?? []));
  subject.contexts.push(...(more.contexts ?? []));
  subject.ownContext.push(...(more.ownContext ?? []));
}

export function subjectOf(type: RecordClass): Subject {
  const subject = subjects.get(type);
  if (!subject) throw new Error(`${type.name} is not declared to the policy`);
  return subject;
}

/** The condition behind a flag of a subject. */
export function flagOf(actor: Actor, type: RecordClass, name: string): Where {
  const flag = subjectOf(type).flags[name];
  if (!flag) throw new Error(`${type.name} has no flag ${name}`);
  return flag(actor);
}

export const isDeclared = (type: RecordClass): boolean => subjects.has(type);
export const declaredSubjects = (): readonly Subject[] => [...subjects.values()];
/** The type of record that is declared under the name, for areas that may not import it. */
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

/** A ground applied to an actor: the condition under which it opens a row. */
export interface ApplicableRule {
  ground: AllowRule;
  where: Where;
  /** The ground of the parent through which the row is reached. */
  through?: string;
  /** A passing ground that opens no row now. */
  isIdle: boolean;
}

const isUnconditional = (where: Where): boolean => Object.keys(where).length === 0;
const allOf = (...parts: Where[]): Where => {
  const needed = parts.filter((part) => !isUnconditional(part));
  return needed.length > 1 ? { $and: needed } : (needed[0] ?? {});
};

/** A condition that no row can meet: nothing is sought for it, and no ground counts as open. */
function isImpossible(where: Where): boolean {
  return Object.entries(where).some(([key, value]) => {
    if (key === '$and') return (value as Where[]).some(isImpossible);
    if (key === '$or') return (value as Where[]).every(isImpossible);
    if (typeof value !== 'object' || value === null) return false;
    const { $in, $overlaps, $elemMatch } = value as { $in?: unknown[]; $overlaps?: unknown[]; $elemMatch?: Where };
    return $in?.length === 0 || $overlaps?.length === 0 || ($elemMatch !== undefined && isImpossible($elemMatch));
  });
}

/** The conditions that bar the actor, as one condition that every opened row must meet. */
export function denyConditions(actor: Actor, subject: Subject): Where[] {
  return subject.denyRules.map((bar) => bar.where(actor)).flatMap((where) => (where ? [{ $nor: [where] }] : []));
}

/**
 * Condition for rows whose existence no conflict, recusal or compartment hides, nor that of what they are part of. With a
 * `step`, bars of that step alone count.
 */
export function notDenied(actor: Actor, subject: Subject, step?: DenyRule['step']): Where {
  const bars = subject.denyRules.filter((bar) => !step || bar.step === step).flatMap((bar) => bar.where(actor) ?? []);
  const above = subject.parent ? relationOf(subject, subject.parent) : null;
  const parent = above ? notDenied(actor, subjectOf(above.to), step) : {};
  return {
    ...(bars.length ? { $nor: bars } : {}),
    ...(above && Object.keys(parent).length ? { [subject.parent as string]: { $elemMatch: parent } } : {}),
  };
}

/**
 * Condition for rows that refer, by the relation, to a record that must not exist for the actor. What row-level security hides
 * is not found, and so counts as hidden.
 */
export function refersToHiddenRecord(actor: Actor, type: RecordClass, relation: string): Where {
  const { to, local } = relationOf(subjectOf(type), relation);
  return { [local]: { $ne: null }, $nor: [{ [relation]: { $elemMatch: notDenied(actor, subjectOf(to)) } }] };
}

/** Every way in which the actor may do `action` on rows of the subject: none at all is `[]`. */
export function applicableRules(actor: Actor, subject: Subject, action: string): ApplicableRule[] {
  const bars = denyConditions(actor, subject);
  return subject.allowRules
    .filter((ground) => ground.actions.includes(action) && inScope(actor, subject, action))
    .flatMap((ground): ApplicableRule[] => {
      const where = ground.where(actor);
      if (!where) return [];
      const isIdle = isImpossible(where);
      if (isIdle && !ground.isTimeLimited) return [];
      if (!ground.within) return [{ ground, where: allOf(where, ...bars), isIdle }];
      if (!subject.parent) throw new Error(`${subject.name}: ${ground.name} needs a parent`);
      const relation = relationOf(subject, subject.parent);
      const parent = subjectOf(relation.to);
      return applicableRules({ ...actor, scopes: undefined }, parent, ground.within).map((outer) => ({
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
 * All openings as one condition, or null where there is none: what they share (the bars, the parent) is asked once. For rows
 * that are found otherwise; a list seeks by each opening.
 */
export const permittedRows = (actor: Actor, subject: Subject, action: string): Where | null =>
  unlessBarred(actor, subject, waysTo(actor, subject, [action]));

/** The same for rows of whose parent it is known that the actor may do `known` to it: that is not asked again. */
export const permittedUnder = (actor: Actor, subject: Subject, action: string, known: string): Where | null =>
  unlessBarred(actor, subject, waysTo(actor, subject, [action], { known }));

const unlessBarred = (actor: Actor, subject: Subject, ways: Where | null): Where | null =>
  ways && allOf(ways, ...denyConditions(actor, subject));

interface Asked {
  /** These grounds alone. */
  grounds?: readonly AllowRule[];
  /** What the actor is known to be permitted to do to the parent. */
  known?: string;
  /** That no bar hides the parent is known. */
  isUnbarred?: boolean;
}

/** The rows that some ground opens for one of the actions, whatever bars them; null where no ground does. */
function waysTo(
  actor: Actor,
  subject: Subject,
  actions: readonly string[],
  { grounds = subject.allowRules, known, isUnbarred = false }: Asked = {},
): Where | null {
  /** Rows whose parent permits one of these actions. */
  const underParent = (needed: readonly string[]): Where[] => {
    if (!subject.parent) throw new Error(`${subject.name}: ${needed.join()} needs a parent`);
    const parent = subjectOf(relationOf(subject, subject.parent).to);
    const everything = { ...actor, scopes: undefined };
    const outer = waysTo(everything, parent, needed);
    const open = isUnbarred ? outer : unlessBarred(everything, parent, outer);
    return open ? [{ [subject.parent]: { $elemMatch: open } }] : [];
  };
  /** Conditions of grounds that need the same of the parent. */
  const byNeed = new Map<string | undefined, Where[]>();
  for (const ground of grounds) {
    if (!ground.actions.some((one) => actions.includes(one) && inScope(actor, subject, one))) continue;
    const where = ground.where(actor);
    if (!where || isImpossible(where)) continue;
    const within = ground.within === known ? undefined : ground.within;
    byNeed.set(within, [...(byNeed.get(within) ?? []), where]);
  }
  /** Needs by which nothing is asked of the row itself: the parent is asked for all of them together. */
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

/** Fields, or all where none are named, and the rows that show them. */
export interface ShownFields {
  fields?: readonly string[];
  where: Where;
}

/**
 * Which fields are shown of which of the rows that the actor may act upon; all grounds that show the same are one entry. It is
 * asked of permitted rows alone: what bars a row is not asked again, and where the fields of one entry are among those of every
 * other, each row shows them.
 */
export function shownFields(actor: Actor, subject: Subject, action: string): ShownFields[] {
  const grounds = subject.allowRules.filter(({ actions }) => actions.includes(action));
  const isUnbarred = grounds.every(({ within }) => within !== undefined);
  const sets = [...Map.groupBy(grounds, ({ fields }) => fields?.join()).values()].flatMap((alike): ShownFields[] => {
    const where = waysTo(actor, subject, [action], { grounds: alike, isUnbarred });
    const fields = alike[0]?.fields;
    return where ? [{ ...(fields ? { fields } : {}), where }] : [];
  });
  const least = sets.find(({ fields }) =>
    sets.every((one) => !one.fields || fields?.every((field) => one.fields?.includes(field))),
  );
  return sets.map((one) => (one === least ? { ...one, where: {} } : one));
}

/** What a column of the related row is called here. */
const named = ({ as }: Relation, column: string): string => as?.[column] ?? column;

/** A seek column that child and parent share (a composite foreign key holds them equal) may be sought on the child. */
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

/** Machine clients do only what they are registered for, whatever their agency may do; who one is needs no scope. */
function inScope(actor: Actor, subject: Subject, action: string): boolean {
  if (actor.scopes === undefined || action === 'act-for' || subject.needsNoScope) return true;
  return actor.scopes.includes(`${action}:${subject.name}`);
}

export type Ability = MongoAbility;

const abilities = new WeakMap<Actor, Map<string, Ability>>();

/** The rules are worked out anew: what is known of the actor changed. */
export const discardRules = (actor: Actor): void => void abilities.delete(actor);

/** The CASL rules of the actor for one action on one subject. */
export function abilityFor(actor: Actor, subject: Subject, action: string): Ability {
  const known = abilities.get(actor) ?? new Map<string, Ability>();
  abilities.set(actor, known);
  const key = `${action}:${subject.name}`;
  let ability = known.get(key);
  if (!ability) {
    const ways = applicableRules(actor, subject, action).filter((one) => !one.isIdle);
    const rules = ways.map(({ ground, where, through }) => ({
      action,
      subject: subject.name,
      conditions: where,
      ...(ground.fields ? { fields: [...ground.fields] } : {}),
      reason: through ? `${ground.name}/${through}` : ground.name,
    })) as RawRuleOf<Ability>[];
    ability = createMongoAbility<Ability>(rules, {
      conditionsMatcher: conditionsMatcher,
      detectSubjectType: () => subject.name,
    });
    known.set(key, ability);
  }
  return ability;
}

/** Does any ground at all open this action to the actor? Never a check of a record: that is the query's. */
export function hasApplicableRule(actor: Actor, subject: Subject, action: string): boolean {
  return memoizeFor(
    actor,
    `ground ${action} ${subject.name}`,
    () => applicableRules(actor, subject, action).length > 0,
  );
}
