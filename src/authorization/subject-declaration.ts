/** Declaration of subjects by the areas, and their extension by higher areas. */
import type { RecordClass } from '../database/columns.js';
import type { Actor } from '../authentication/actor.js';
import { classifiedProperties } from './classification.js';
import type { Where } from './conditions.js';
import { withoutScopes } from './actor-permissions.js';
import type { Relation, AllowRule, Subject, DenyRule, SharingLimit, Remedy } from './subject.types.js';
import { subjects, subjectOf } from './subjects.js';
import { allOf, permittedRows, named } from './applicable-rules.js';
import type { NoUnknownNames, NoUnknownNamesOfExtension } from './checked-names.js';

/** Declaration of a subject with the actions `A`, which its entity names. */
type Declaration<A extends string = string> = Partial<Omit<Subject, 'type' | 'name' | Lists>> & {
  denyRules?: readonly DenyRule[];
  allowRules?: readonly AllowRule<A>[];
  sharingLimits?: readonly SharingLimit[];
  remedies?: readonly Remedy[];
  seek?: readonly string[];
  contexts?: readonly string[];
  ownContext?: readonly A[];
};
type Lists = 'denyRules' | 'allowRules' | 'sharingLimits' | 'remedies' | 'seek' | 'contexts' | 'ownContext';

/** Declares a subject. */
export function declareSubject<T extends object, A extends string, const D extends Declaration<A>>(
  type: RecordClass<T, A>,
  name: string,
  declaration: D,
  ..._unknownNames: NoUnknownNames<T, D>
): void {
  addSubject(type, name, declaration);
}

/** Declares a subject whose declaration uses the subjects declared before. */
export function declareDependentSubject<T extends object, A extends string, const D extends Declaration<A>>(
  type: RecordClass<T, A>,
  name: string,
  declare: () => D,
  ..._unknownNames: NoUnknownNames<T, D>
): void {
  addSubject(type, name, declare());
}

function addSubject(type: RecordClass, name: string, declaration: Declaration): void {
  if (subjects.has(type)) throw new Error(`the subject ${name} is declared twice`);
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
    remedies: copied(declaration.remedies),
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

type Extension<A extends string> = Pick<
  Declaration<A>,
  'relations' | 'flags' | 'denyRules' | 'allowRules' | 'contexts' | 'ownContext'
>;

/** Extends a subject of a lower area with relations and rules of a higher area. */
export function extendSubject<T extends object, A extends string, const D extends Extension<A>>(
  type: RecordClass<T, A>,
  more: D,
  ..._unknownNames: NoUnknownNamesOfExtension<T, D>
): void {
  const subject = subjectOf(type);
  Object.assign(subject.relations, more.relations);
  Object.assign(subject.flags, more.flags);
  subject.denyRules.push(...(more.denyRules ?? []));
  subject.allowRules.push(...(more.allowRules ?? []));
  subject.contexts.push(...(more.contexts ?? []));
  subject.ownContext.push(...(more.ownContext ?? []));
}
