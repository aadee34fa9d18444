/**
 * Rules of the policy as they apply to one actor: the first step of the policy. Each rule becomes a condition for rows,
 * which deny rules and the rules of the parent restrict.
 */
import type { RecordClass } from '../database/columns.js';
import { createMongoAbility, type MongoAbility, type RawRuleOf, type ConditionsMatcher } from '@casl/ability';
import type { Actor } from '../authentication/actor.js';
import { type Where, type Row, parseCondition } from './conditions.js';
import { permissionsOf, withoutScopes } from './actor-permissions.js';
import type { Relation, DenyRule, AllowRule, Subject } from './subject.types.js';
import { type ActingSubject, subjectOf, relationOf } from './subjects.js';
import { conditionHolds } from './conditions-in-memory.js';

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

export const allOf = (...parts: Where[]): Where => {
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
 * row-level security is not found, and so counts as hidden. `counting` is a condition for the records that count for
 * anybody: references to others are hidden from everybody.
 */
export function refersToHiddenRecord(actor: Actor, type: RecordClass, relation: string, counting: Where = {}): Where {
  const { to, local } = relationOf(subjectOf(type), relation);
  const known = allOf(notDenied(actor, subjectOf(to)), counting);
  return { [local]: { $ne: null }, $nor: [{ [relation]: { $elemMatch: known } }] };
}

/**
 * Actions that an emergency access may open: those that show a record, and acknowledging the conditions of handling,
 * without which it is not shown. Every other action is decided as if none were open. Source: docs/decisions/0029.
 */
const OPENED_IN_EMERGENCY = [
  ...['read', 'reveal', 'track', 'locate', 'explain', 'export', 'acknowledge'],
  ...['hear', 'hear-item', 'hear-bids', 'read-panel'],
];

/** Returns the actor as the rules for these actions see them: without emergency accesses that do not open them. */
const actingFor = (actor: Actor, actions: readonly string[]): Actor =>
  actor.emergencyCaseIds.length && !actions.every((one) => OPENED_IN_EMERGENCY.includes(one))
    ? { ...actor, emergencyCaseIds: [], emergencyRoleIdsAsShared: [], emergencyPersonIdsAsShared: [] }
    : actor;

/** Returns all rules by which the actor may perform `action` on rows of the subject; empty if none applies. */
export function applicableRules<A extends string>(
  asked: Actor,
  subject: ActingSubject<A>,
  action: NoInfer<A>,
): ApplicableRule[] {
  const actor = actingFor(asked, [action]);
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
  asked: Actor,
  subject: Subject,
  actions: readonly string[],
  { grounds: rules = subject.allowRules, known, isUnbarred = false }: Asked = {},
): Where | null {
  const actor = actingFor(asked, actions);
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
export const named = ({ as }: Relation, column: string): string => as?.[column] ?? column;

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
 * (`act-for`) and reading what everybody reads need no scope.
 */
export function inScope(actor: Actor, subject: Subject, action: string): boolean {
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

/** Evaluates conditions in memory on behalf of CASL. The tree stays available for the SQL evaluation as `rule.ast`. */
export const conditionsMatcher: ConditionsMatcher<Where> = (where) => {
  const ast = parseCondition(where);
  const matches = (row: Row): boolean => conditionHolds(ast, row);
  return Object.assign(matches, { ast });
};
