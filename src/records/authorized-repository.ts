/** Reads of one actor. The policy is part of each statement, so that a row which the actor may not use is not found. */
import type { Actor } from '../authentication/actor.js';
import { Parameter, type Row, type Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import { actionPhrase, sentenceOfWhoMay, wordingOf } from '../authorization/wording.js';
import type { RecordClass } from '../database/columns.js';
import { invalid, notFound, Problem, refused } from '../http/problems.js';
import { concernOf } from './audit-drafts.js';
import type { AuditTrail } from './audit-trail.js';
import { Refusal, type CommandSubject } from './command-subject.js';
import type { DatabaseSession } from './database-session.js';
import { isTagList, matches, stateOf, tagOfState } from './entity-tag.js';
import { type RowMasks, asShown, withSubstitutes } from './row-masks.js';
import {
  authorizeFilter,
  fieldsOfFilter,
  fieldsRelatedToFilter,
  refuseWithheldFields,
} from './filter-authorization.js';
import type { RecordEntity } from './record-entity.js';
import { listSql } from './record-queries.js';
import { queryRows } from './record-page.js';
import { wholeShapeOf, type ViewClass } from './response-view.js';
import { filterTemplate, templateFor, type StatementTemplate } from './statement-template.js';
import { changesNothing, refuseWithheld } from './written-values.js';
import type { Subject } from '../authorization/subject.types.js';
import { hasApplicableRule } from '../authorization/applicable-rules.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';
import type { KnownRecords } from './hidden-references.js';
import { findSql } from './queries-by-id.js';
import { countSql } from './count-query.js';
import { refusalDraft } from './refusal-drafts.js';
import type { FieldMask } from './field-mask.js';
import type { CheckedFilter } from '../authorization/checked-names.js';

/** Maximum number of rows per count; larger counts belong in a report. */
export const MOST_COUNTED = 50_000;

interface FindOptions {
  /** Locks the row until the transaction ends. */
  lock?: boolean;
  /** Panel in whose context a row without a panel of its own is read. Without such context the row is not found. */
  inPanel?: string;
}

const notPermitted = (subject: Subject, action: string): Problem =>
  refused(
    'not-permitted',
    `You may read this ${wordingOf(subject).title}, but not ${actionPhrase(subject, action)}. ${sentenceOfWhoMay(subject, action)}`,
    { rule: `${action}:${subject.name}` },
  );

const versionNeeded = (): Problem =>
  new Problem(
    428,
    'if-match-required',
    'Say which version you change',
    'Read the record first and send its ETag as If-Match.',
  );

/** An unquoted version is not compared: the answer for a mismatch would say that somebody changed the record. */
const malformedTag = (): Problem =>
  invalid(
    'If-Match is not an ETag. Send the ETag of the record as it was answered, with its quotation marks.',
    [],
    'if-match-malformed',
  );

const changedMeanwhile = (etag: string): Problem =>
  new Problem(
    412,
    'changed-meanwhile',
    'Changed meanwhile',
    'The record changed since you read it. Read it again, then repeat your change.',
    { headers: { etag } },
  );

export class AuthorizedRepository {
  constructor(
    private readonly actor: Actor,
    private readonly session: DatabaseSession,
    private readonly masks: RowMasks,
    private readonly command: CommandSubject,
    private readonly audit: AuditTrail,
    /** Identifiers of rows that already hold the values of the request; filled by `findForUpdate`. */
    private readonly unchangedIds: Set<string>,
  ) {}

  /** Returns the row if the action is permitted. Otherwise throws 403 if the actor may read the row, else 404. */
  async find<T extends object, A extends string>(
    action: NoInfer<A>,
    type: RecordClass<T, A>,
    id: string,
    { lock = false, inPanel }: FindOptions = {},
  ): Promise<T> {
    // invalid input names no panel, and the response will contain only the validation errors
    const context = this.actor.call.deferredProblem ? undefined : inPanel;
    const row = await this.findOrNull(action, type, id, { lock, inPanel: context });
    if (row) {
      this.command.noteFound(action, type, row);
      return row;
    }
    const anyType: RecordClass<T> = type;
    const readable = action === 'read' ? null : await this.findOrNull('read', anyType, id);
    throw this.refusal(action, type, id, readable);
  }

  /** Returns the row or null, for services whose result depends on whether an action is permitted. */
  async findOrNull<T extends object, A extends string>(
    action: NoInfer<A>,
    type: RecordClass<T, A>,
    id: string,
    { lock = false, inPanel }: FindOptions = {},
  ): Promise<T | null> {
    if (!hasApplicableRule(this.actor, subjectOf(type), action)) return null;
    const [row] = await this.query<T>(this.findTemplate(this.actor, type, action, lock, inPanel), [id]);
    if (inPanel && row && !((row as Row)[READING_CONTEXT] as ReadingContext).panelIds.length) return null;
    return row ?? null;
  }

  /** Returns the row as another reader finds it, or null. */
  async findAs(reader: Actor, action: string, type: RecordClass, id: string): Promise<Row | null> {
    const [row] = await this.query<Row>(this.findTemplate(reader, type, action, false), [id]);
    return row ?? null;
  }

  /**
   * Locks a row for a change, if `If-Match` matches the view as currently shown to the reader. Throws 428 without
   * `If-Match`, 412 on a mismatch. If `writes` holds only values that the reader is already shown, `updateIfChanged`
   * does not modify the row.
   */
  async findForUpdate<T extends RecordEntity, A extends string>(
    action: NoInfer<A>,
    type: RecordClass<T, A>,
    view: ViewClass,
    id: string,
    { writes }: { writes?: object } = {},
  ): Promise<T> {
    const row = await this.find(action, type, id, { lock: true });
    const { ifMatch } = this.actor.call;
    // the actor may be permitted to change the row but be shown fewer fields when reading
    const isLimited = subjectOf(type).allowRules.some(({ fields }) => fields);
    const anyType: RecordClass<T> = type;
    const seen = (isLimited && (await this.findOrNull('read', anyType, id))) || row;
    const seenFor = seen === row ? action : 'read';
    const asSeen = await this.masks.mask(view, seenFor, [seen as Row]);
    const [shown, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    if (writes) refuseWithheld(writes, masked);
    if (!ifMatch) throw versionNeeded();
    if (!isTagList(ifMatch)) throw malformedTag();
    const states = [masked, ...this.masks.perPanel(view, seenFor, shown)].map((one) => stateOf(view, row.version, one));
    if (!matches(ifMatch, states)) throw changedMeanwhile(tagOfState(stateOf(view, row.version, masked)));
    if (writes && changesNothing(writes, shown, masked)) this.unchangedIds.add(row.id);
    return row;
  }

  /**
   * Returns permitted rows that match the filter, at most `limit`. Only rows in which the actor sees the filtered
   * columns match.
   */
  async findMany<T extends object, A extends string, F extends Where>(
    action: NoInfer<A>,
    type: RecordClass<T, A>,
    filter: F & CheckedFilter<T, F>,
    limit = 1000,
    inPanel?: string,
  ): Promise<T[]> {
    const subject = subjectOf(type);
    if (!hasApplicableRule(this.actor, subject, action)) return [];
    const shape = filterTemplate(filter, [limit]);
    return this.query<T>(
      templateFor(
        this.actor,
        `rows ${action} ${subject.name} ${shape.key}`,
        () =>
          listSql(this.actor, type, action, {
            ...authorizeFilter(this.actor, subject, shape.filter, inPanel),
            inPanel,
            limit: new Parameter(0),
          }),
        inPanel,
      ),
      shape.values,
    );
  }

  /** Counts permitted rows by value of the column `by`, among rows in which the actor sees that column. */
  async count<T extends object, F extends Where>(
    type: RecordClass<T>,
    by: keyof T & string,
    filter: F & CheckedFilter<T, F>,
  ): Promise<{ value: unknown; count: number }[]> {
    const subject = subjectOf(type);
    const shape = filterTemplate({ $and: [filter, { [by]: { $exists: true } }] });
    const asks = fieldsOfFilter(subject, shape.filter);
    refuseWithheldFields(this.actor, subject, asks, filter['panelId'] as string | undefined);
    this.audit.add('consult', 'count', subject, [], { action: 'read', fields: [by, ...asks] });
    if (!hasApplicableRule(this.actor, subject, 'read')) return [];
    const template = templateFor(this.actor, `count ${by} ${subject.name} ${shape.key}`, () =>
      countSql(this.actor, type, by, {
        ...authorizeFilter(this.actor, subject, shape.filter),
        asks: fieldsRelatedToFilter(subject, shape.filter),
        limit: MOST_COUNTED,
      }),
    );
    return this.query(template, shape.values);
  }

  /** Returns what the reader may know of referenced records. Scopes of a client are ignored. */
  known(type: RecordClass, actions: readonly string[], ids: string[], reader?: Actor): Promise<KnownRecords> {
    return this.masks.known(type, actions, ids, reader);
  }

  /** Returns the names of the properties that the reader is shown, by identifier. */
  async shownOf(type: RecordClass, ids: string[]): Promise<Map<string, Set<string>>> {
    const found = await this.readable(type, ids);
    const { masks } = await this.masks.mask(wholeShapeOf(type), 'read', found);
    return new Map(found.map((row, index) => [row['id'] as string, new Set(masks[index]?.shown)]));
  }

  /** Returns rows with substitute values where the stored ones would reveal a hidden record. */
  asShown<T extends object>(type: RecordClass, rows: readonly T[]): T[] {
    return asShown(type, rows);
  }

  /** Returns functions, by identifier, that replace past values of a row which would reveal a hidden record. */
  async revealingOf(type: RecordClass, ids: string[]): Promise<Map<string, (past: Row) => Row>> {
    const subject = subjectOf(type);
    if (!Object.keys(subject.revealing).length) return new Map();
    const found = await this.readable(type, ids);
    return new Map(found.map((row) => [row['id'] as string, (past) => withSubstitutes(subject, row, past)]));
  }

  private async readable(type: RecordClass, ids: string[]): Promise<Row[]> {
    if (!ids.length) return [];
    return this.findMany('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
  }

  private refusal(action: string, type: RecordClass, id: string, readable: object | null): Refusal {
    const subject = subjectOf(type);
    return new Refusal(
      readable ? notPermitted(subject, action) : notFound(),
      refusalDraft({
        action,
        subjectType: subject.name,
        rule: readable ? 'no-ground' : 'not-found',
        recordIds: [id],
        ...(readable ? concernOf(subject, readable as Row) : this.command.scopeOfMissing()),
      }),
    );
  }

  private findTemplate(
    actor: Actor,
    type: RecordClass,
    action: string,
    lock: boolean,
    inPanel?: string,
  ): StatementTemplate {
    return templateFor(
      actor,
      `find ${action} ${subjectOf(type).name} ${String(lock)}`,
      () => findSql(actor, type, action, new Parameter(0), lock, inPanel),
      inPanel,
    );
  }

  private async query<T>(template: StatementTemplate, parameters: readonly unknown[]): Promise<T[]> {
    return (await queryRows(this.session, this.actor, template, parameters)) as T[];
  }
}
