import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../authentication/actor.js';
import { classOf, referencesOf } from '../authorization/classification.js';
import { columnsOf, type RecordClass } from '../database/columns.js';
import type { Row } from '../authorization/conditions.js';
import { hasApplicableRule } from '../authorization/applicable-rules.js';
import { explain, type Explanation } from '../authorization/explanation.js';
import { matrixText, policyMatrix } from '../authorization/matrix.js';
import { invalid, notFound, refused } from '../http/problems.js';
import { declaredSubjects, relationOf, subjectNamed, subjectOf } from '../authorization/subjects.js';
import type { ExplanationRequest } from './explanation.dto.js';
import { adviceOn } from './explanation-advice.js';
import { rowsWithRelations } from './rows-with-relations.js';
import { asKnownToAsker } from './known-attributes.js';
import { AuthorizedResponse } from './authorized-response.js';
import { Records } from './records.js';
import type { UnitOfWork } from './unit-of-work.js';
import type { Subject } from '../authorization/subject.types.js';

/** Column that identifies a record about the access or presence of one person, such as an invitation or a recusal. */
const WHOSE_ACCESS = 'practitionerId';

/**
 * Explains decisions of the policy, only for records that the requester may read or explain: hidden records have no
 * explanation.
 *
 * Explanations for another person are limited to panel coordination and data protection officers, to reading a case or
 * a record within a case, and to attributes of that person that the requester may know.
 */
@Injectable()
export class ExplanationsService {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  matrix(asText: boolean): AuthorizedResponse {
    return asText
      ? new AuthorizedResponse({}, 200, {}, matrixText(), 'text/plain; charset=utf-8')
      : new AuthorizedResponse({ ...policyMatrix(), withheld: [] });
  }

  explain(actor: Actor, request: ExplanationRequest): Promise<AuthorizedResponse> {
    const subject = subjectNamed(request.type);
    if (!subject) throw unknown('/type', 'no such type of record; see /v1/policy/matrix');
    const actions = actionsOf(subject);
    if (!actions.includes(request.action))
      throw unknown('/action', `no such action of this type; its actions are ${actions.join(', ')}`);
    if (request.field && !classOf(subject.type, request.field)) throw unknown('/field', 'no such field of this record');
    return this.records.read(actor, async (work) => {
      await this.mayAsk(work, subject, request);
      const about = await this.about(work, subject, request);
      const { action, id, field, panelId } = request;
      const load = async (as: Actor): Promise<Row | undefined> =>
        (await rowsWithRelations(work.manager, as, subject.type, [action], [id], panelId))[0];
      const row = await load(about);
      if (!row) throw notFound();
      const isOther = about !== work.actor;
      noteExplanation(work, subject, row, { about: isOther ? about.id : undefined, field });
      const asked = isOther ? await withoutUnread(work, subject, row) : row;
      const found = explain(about, subject, action, asked, field);
      const advice = await adviceOn(work, {
        ...{ about, subject, action, field, row, explained: found },
        load: async (as) => {
          if (!isOther) return work.asSystem(() => load(as));
          const loaded = await load(as);
          return loaded && withoutUnread(work, subject, loaded);
        },
      });
      const explained = { ...found, wouldChange: [...found.wouldChange, ...advice] };
      const isUnread = !isOther && (await refersToUnread(work, subject, row, field));
      return new AuthorizedResponse({ ...(isUnread ? withheldReference(explained) : explained), withheld: [] });
    });
  }

  /** Requires `read`, or for explanations about another person alternatively `explain` without `read`. */
  private async mayAsk(
    work: UnitOfWork,
    subject: Subject,
    { actor: about, id, field }: ExplanationRequest,
  ): Promise<void> {
    const explains = about !== undefined && (await work.records.findOrNull('explain', subject.type, id)) !== null;
    await work.records.find(explains ? 'explain' : 'read', subject.type, id);
    if (explains && field && !(await work.records.findOrNull('read', subject.type, id)))
      throw refused(
        'not-permitted',
        'You may ask who reads this record, but not read it yourself, and so not ask about a field of it. Ask without field.',
      );
  }

  private async about(
    work: UnitOfWork,
    subject: Subject,
    { actor: id, ...request }: ExplanationRequest,
  ): Promise<Actor> {
    if (!id || id === work.actor.id) return work.actor;
    if (!(await this.mayAskAboutOthers(work, subject, request.id)))
      throw refused('not-permitted', aboutWhatToAsk(work.actor, subject));
    if (request.action !== 'read' || isAboutAccess(subject))
      throw refused(
        'not-permitted',
        'About somebody else you may ask only whether they may read a case, or a record of it. Ask with the action read.',
      );
    const { now, call } = work.actor;
    const about = await this.actors.practitioner(id, { now, call });
    if (!about) throw unknown('/actor', 'no active practitioner has this identifier');
    const [known] = await asKnownToAsker(work, [about]);
    return known as Actor;
  }

  /** Returns whether the requester may `explain` the record, or may read the record and `explain` its parent. */
  private async mayAskAboutOthers(work: UnitOfWork, subject: Subject, id: string): Promise<boolean> {
    if (await work.records.findOrNull('explain', subject.type, id)) return true;
    if (!subject.parent) return false;
    const relation = relationOf(subject, subject.parent);
    const row = await work.records.findOrNull('read', subject.type as RecordClass<Record<string, unknown>>, id);
    return !!row && this.mayAskAboutOthers(work, subjectOf(relation.to), row[relation.local] as string);
  }
}

/** Returns the actions that some rule of the policy permits on the subject, in alphabetical order. */
const actionsOf = ({ allowRules }: Subject): string[] =>
  [...new Set(allowRules.flatMap(({ actions }) => actions))].sort();

const isAboutAccess = ({ type }: Subject): boolean => columnsOf(type).has(WHOSE_ACCESS);

/** Returns whether the actor may ask for others about some record of the type: see `mayAskAboutOthers`. */
const explainsForOthers = (actor: Actor, subject: Subject): boolean =>
  hasApplicableRule(actor, subject, 'explain') ||
  (subject.parent !== undefined &&
    hasApplicableRule(actor, subject, 'read') &&
    explainsForOthers(actor, subjectOf(relationOf(subject, subject.parent).to)));

/** Returns why the actor may not ask for others about the record, with the types about which the actor may. */
function aboutWhatToAsk(actor: Actor, subject: Subject): string {
  const types = declaredSubjects().filter((one) => !isAboutAccess(one) && explainsForOthers(actor, one));
  return types.length && !types.includes(subject)
    ? `You may ask what others see of these types of record only: ${types.map(({ name }) => name).join(', ')}. Ask about one of them, or about yourself.`
    : 'Only the coordination of the panel and the data protection officer may ask what others see of a case and its records. Ask about yourself.';
}

/** Records a request for an explanation, with the other person and the field concerned, if any. */
export function noteExplanation(
  { audit }: UnitOfWork,
  subject: Subject,
  row: Row,
  { about, field }: { about?: string; field?: string } = {},
): void {
  audit.add('consult', 'explain', subject, [row], {
    recordIds: [row['id'] as string, ...(about ? [about] : [])],
    resultCount: 1,
    fields: field ? [field] : [],
  });
}

/**
 * Removes related rows that the requester may neither read nor explain. The parent remains, because permission on the
 * record includes its parent.
 */
async function withoutUnread(work: UnitOfWork, subject: Subject, row: Row): Promise<Row> {
  const asked: Row = { ...row };
  for (const [name, { to }] of Object.entries(subject.relations)) {
    const related = row[name] as Row[] | undefined;
    if (!related) continue;
    const ids = related.map((one) => one['id'] as string);
    const known = name === subject.parent || !ids.length ? null : await knownAmong(work, to, ids);
    const kept = known ? related.filter((one) => known.has(one['id'])) : related;
    asked[name] = await Promise.all(kept.map((one) => withoutUnread(work, subjectOf(to), one)));
  }
  return asked;
}

/** Returns identifiers of those records that the requester may read or explain. */
async function knownAmong(work: UnitOfWork, type: RecordClass, ids: string[]): Promise<Set<unknown>> {
  const found = [
    ...(await work.records.findMany('read', type, { id: { $in: ids } }, ids.length)),
    ...(await work.records.findMany('explain', type, { id: { $in: ids } }, ids.length)),
  ];
  return new Set(found.map((one) => (one as Row)['id']));
}

/**
 * Returns whether the field refers to a record that the requester may not read. References to records whose existence
 * is hidden appear as null and do not count.
 */
async function refersToUnread(work: UnitOfWork, { type }: Subject, row: Row, field?: string): Promise<boolean> {
  const reference = field === undefined ? undefined : referencesOf(type).get(field);
  const id = field === undefined ? null : await shownValue(work, type, row, field);
  const to = reference?.to(row);
  return !!reference && !!id && !!to && (await work.records.known(to, reference.actions, [id])).get(id) === false;
}

/** Returns the value of a reference as shown to the requester, who is shown null for some records. */
async function shownValue(work: UnitOfWork, type: RecordClass, row: Row, field: string): Promise<string | null> {
  const found = await work.records.findOrNull('read', type as RecordClass<Row>, row['id'] as string);
  const [shown] = found ? work.records.asShown(type, [found]) : [row];
  return ((shown as Row)[field] ?? null) as string | null;
}

function withheldReference({ steps, ...explained }: Explanation): Explanation {
  const rule = 'refers to a record that you may not read';
  return {
    ...explained,
    outcome: 'withhold',
    steps: [...steps, { step: 'relationship', result: 'stopped', rule }],
    decidedBy: { step: 'relationship', rule },
  };
}

const unknown = (pointer: string, detail: string): Error =>
  invalid('The question names something unknown; see errors.', [{ pointer, detail }]);
