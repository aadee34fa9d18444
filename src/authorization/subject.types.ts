/**
 * Model of the authorization policy: record types, and the rules that each area declares for its own records.
 *
 * A subject is a record type with
 *   denyRules      actors who must not know that a row exists, whatever else applies (conflict, compartment);
 *   allowRules     named permissions: a sentence, its actions, and a condition over fields and relations;
 *   remedies       commands that change who reads a case, for explanations;
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
import type { Actor } from '../authentication/actor.js';
import type { Row, Where } from './conditions.js';

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

/** Command on a case that changes who reads what. Explanations advise it where it would lead to another outcome. */
export interface Remedy {
  /** Effect of the command, and how to request it. */
  advice: string;
  /** Returns the actor as after the command on the case, or null if the actor cannot get it. */
  changeActor?: (actor: Actor, row: Row) => Actor | null;
  /** Returns the case as after the command, or null if the command does not apply to the case. */
  changeRow?: (row: Row) => Row | null;
}

/** Column of which some values reveal another record that may be hidden from the reader. */
export interface RevealingColumn {
  /** Replacement of a revealing value, as if there were no such record. */
  shownAs: boolean | string | null;
  /** Replacements by original value, for values that need another one than `shownAs`. */
  shownFor?: Readonly<Record<string, string>>;
  /**
   * Revealing values, with the rows in which they reveal a record that is hidden from the actor. Without `values` every
   * value is revealing, as of a reference. The condition on listed values must not use the column itself, because former
   * values of the row are checked as well.
   */
  hidden: readonly { values?: readonly (boolean | string)[]; where: (actor: Actor) => Where }[];
}

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
  /** Commands that change who reads what, in the order in which they are given. */
  remedies: Remedy[];
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
