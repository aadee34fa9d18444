/**
 * Unit of work of one actor: reads and changes rows in one transaction and builds authorized responses. The policy
 * decides which rows and fields are accessible. Reads, refusals and changes are recorded for the audit log. Services
 * obtain rows only from a unit of work.
 */
import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../authentication/actor.js';
import { classOf } from '../authorization/classification.js';
import { Parameter, type Row, type Where } from '../authorization/conditions.js';
import type { Purpose } from '../authentication/purposes.js';
import {
  READING_CONTEXT,
  isReadInEmergency,
  withheldCategories,
  type ReadingContext,
} from '../authorization/sharing-levels.js';
import { memoizeFor } from '../authorization/actor-permissions.js';
import { databaseProblem } from '../http/database-problems.js';
import { conflict, notFound, notWritable, Problem, refused, unacceptable } from '../http/problems.js';
import { isRevealing, hasApplicableRule, shownInstead, subjectOf, type Subject } from '../authorization/subjects.js';
import { type RecordClass } from '../database/record-class.js';
import { actionPhrase, sentenceOfWhoMay, wordingOf } from '../authorization/wording.js';
import { categoriesSharedFurther, textInAnotherRecord } from '../authorization/text-in-another-record.js';
import {
  authorizeFilter,
  fieldsOfFilter,
  refuseWithheldFields,
  fieldsRelatedToFilter,
} from './filter-authorization.js';
import type { DatabaseSession } from './database-session.js';
import { makeCursor, readCursor } from './cursor.js';
import { bind, templateFor, filterTemplate, type StatementTemplate } from './statement-template.js';
import {
  auditDraft,
  refusalDraft,
  type AuditDraft,
  type OpenedDocument,
  type DisclosureDraft,
  type EventDraft,
  type RevisedRecord,
  type WithdrawnPerson,
} from './audit-recording.js';
import { isReadForAnother, fieldMask, withFieldsOf, type FieldMask } from './field-mask.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { AuthorizedResponse, type PageOf } from './authorized-response.js';
import { countSql, CURSOR, findSql, listSql, revealingFlag, type SqlStatement } from './record-queries.js';
import type { RecordEntity } from './record-entity.js';
import { knownRecordsSql, withoutHiddenReferences, type KnownRecords } from './hidden-references.js';
import { auditScopeOf, type AuditScope } from './audit-scope.js';
import { shapeOf, wholeShapeOf, type ViewClass, type ViewShape } from './response-view.js';
import { itemsReadThrough, type ItemsByCase } from './through-items.js';
import { withoutExclusions } from './security-context.js';

/** Refusal by the policy, with the audit entry to record even though the transaction is rolled back. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly draft: AuditDraft,
  ) {
    super(problem.message);
  }
}

/** Maximum number of rows per count; larger counts belong in a report. */
export const MOST_COUNTED = 50_000;

interface PresentOptions {
  status?: number;
  action?: string;
  /** Suboperation in the audit log, if different from the method's default. */
  how?: string;
  /** Values of the view's own properties, which are not columns of the row. */
  extra?: Row;
  /** Further input for the derived values of the view. */
  given?: Row;
  /** Reason in the actor's own words, for the audit log. */
  reason?: string;
}

interface FindOptions {
  /** Locks the row until the transaction ends. */
  lock?: boolean;
  /** Panel in whose context a row without a panel of its own is read. Without such context the row is not found. */
  inPanel?: string;
}

/** View property with the panels in whose context a row without a panel of its own is read. */
const CONTEXT_PANELS = 'contextPanelIds';

/** Purpose recorded for reads permitted by emergency access, whatever the request states. */
const EMERGENCY_PURPOSE: Purpose = 'EMERGENCY_BTG';

/** Placeholder for the field names of a verbal disclosure. */
const SPOKEN = 'spoken';

/** Statuses of refusals that are recorded in the audit log. */
const REFUSING = [403, 404, 409, 412, 422, 428];

/** Maximum number of rows per INSERT, because a statement can have at most 65,535 parameters. */
const INSERTED_AT_ONCE = 500;

/** Partnerships of the actor and their parents, children and siblings, as an array literal. */
const FAMILY = `SELECT array_agg(DISTINCT b.id)::text AS family FROM partnerships own
  JOIN partnerships b ON b.id = own.id OR b.within_id = own.id OR own.within_id IN (b.id, b.within_id)
  WHERE own.id = ANY ((SELECT nullif(current_setting('app.partnerships', true), '')::uuid[])::uuid[])`;

/** Panel and case or referral into which a person, place or group is to be named. */
interface Receiving {
  panelId?: string;
  caseId?: string;
  referralId?: string;
}

/** Input for derived values of a view, or a function that computes the input from the shown rows. */
type Giving = Row | ((rows: Row[]) => Promise<Row>);

type Values<T> = Partial<Omit<T, keyof RecordEntity>> & { id?: string };

export class UnitOfWork {
  readonly audit: AuditDraft[] = [];
  readonly events: EventDraft[] = [];
  /**
   * Events about records that the actor may not see; inserted in the system context in which the records were found.
   */
  readonly unseenEvents: EventDraft[] = [];
  /** Changes to contributed content, of which the agencies that received the content must be notified. */
  readonly revisedRecords: RevisedRecord[] = [];
  /** People withdrawn from a panel. */
  readonly withdrawnPeople: WithdrawnPerson[] = [];
  /** Identifiers of rows that already hold the values of the request. */
  private readonly unchangedIds = new Set<string>();
  /** Identifiers of rows inserted one by one by this unit of work; the actor knows of these rows. */
  readonly insertedIds = new Set<string>();
  /** Identifiers of rows left unmodified by `updateIfChanged`; events about these rows are not recorded. */
  private readonly unwrittenIds = new Set<string>();
  /** Whether another partnership was affected; events are then inserted across partnerships. */
  actedAcrossPartnerships = false;
  private isAcrossPartnerships = false;
  private isSystem = false;
  /** Partnership, people and audit scope of the record in a repeated response. */
  private repeatedRecord: ReturnType<typeof aboutWhom> | undefined;
  /**
   * Record of the command: the one found last for an action other than `read`, or else read last. If a domain rule
   * refuses the command later, the refusal is recorded for this record.
   */
  private commandSubject:
    (Pick<AuditDraft, 'action' | 'subjectType' | 'recordIds' | 'personIds' | 'partnershipId'> & AuditScope) | undefined;

  /**
   * People, places and groups named by the request, by identifier. `row` is null if the actor may not name the record.
   */
  private readonly namings = new Map<string, { type: RecordClass; row: Row | null; receiving: AuditScope }>();

  constructor(
    readonly actor: Actor,
    private readonly runner: QueryRunner,
    private readonly session: DatabaseSession,
  ) {}

  /** Entity manager for queries that bypass the policy. Begins the transaction, which all further queries share. */
  get manager(): EntityManager {
    this.session.begin();
    return this.runner.manager;
  }

  get now(): Date {
    return this.actor.now;
  }

  /** Returns the row if the action is permitted. Otherwise throws 403 if the actor may read the row, else 404. */
  async find<T extends object>(
    action: string,
    type: RecordClass<T>,
    id: string,
    { lock = false, inPanel }: FindOptions = {},
  ): Promise<T> {
    // invalid input names no panel, and the response will contain only the validation errors
    const row = await this.findOrNull(action, type, id, {
      lock,
      inPanel: this.actor.call.deferredProblem ? undefined : inPanel,
    });
    const subject = subjectOf(type);
    if (row) {
      // a record read in preparation of a command is not the record of the command
      if (action !== 'read' || (this.commandSubject?.action ?? 'read') === 'read') this.noteSubject(action, type, row);
      return row;
    }
    const readable = action === 'read' ? null : await this.findOrNull('read', type, id);
    throw new Refusal(
      readable
        ? refused(
            'not-permitted',
            `You may read this ${wordingOf(subject).title}, but not ${actionPhrase(subject, action)}. ${sentenceOfWhoMay(subject, action)}`,
            { rule: `${action}:${subject.name}` },
          )
        : notFound(),
      refusalDraft({
        action,
        subjectType: subject.name,
        rule: readable ? 'no-ground' : 'not-found',
        recordIds: [id],
        ...(readable ? aboutWhom(subject, readable as Row) : {}),
        // a record sought after another was found is as confidential as the one found
        ...(!readable && this.commandSubject
          ? { ...scopeOfCommand(this.commandSubject), partnershipId: this.commandSubject.partnershipId }
          : {}),
      }),
    );
  }

  /** Returns the row or null, for services whose result depends on whether an action is permitted. */
  async findOrNull<T extends object>(
    action: string,
    type: RecordClass<T>,
    id: string,
    { lock = false, inPanel }: FindOptions = {},
  ): Promise<T | null> {
    if (!hasApplicableRule(this.actor, subjectOf(type), action)) return null;
    const [row] = await this.query<T>(this.findTemplate(this.actor, type, action, lock, inPanel), [id]);
    if (inPanel && row && !((row as Row)[READING_CONTEXT] as ReadingContext).panelIds.length) return null;
    return row ?? null;
  }

  /**
   * Locks a row for a change, if `If-Match` matches the view as currently shown to the reader. Throws 428 without
   * `If-Match`, 412 on a mismatch. If `writes` holds only values that the reader is already shown, `updateIfChanged`
   * does not modify the row.
   */
  async findForUpdate<T extends RecordEntity>(
    action: string,
    type: RecordClass<T>,
    view: ViewClass,
    id: string,
    { writes }: { writes?: object } = {},
  ): Promise<T> {
    const row = await this.find(action, type, id, { lock: true });
    const { ifMatch } = this.actor.call;
    // the actor may be permitted to change the row but be shown fewer fields when reading
    const isLimited = subjectOf(type).allowRules.some(({ fields }) => fields);
    const seen = (isLimited && (await this.findOrNull('read', type, id))) || row;
    const asSeen = await this.maskRows(view, seen === row ? action : 'read', [seen as Row]);
    const masked = asSeen.masks[0] as FieldMask;
    if (writes) refuseWithheld(writes, masked);
    if (!ifMatch)
      throw new Problem(
        428,
        'if-match-required',
        'Say which version you change',
        'Read the record first and send its ETag as If-Match.',
      );
    const asShown = [masked, ...this.panelByPanel(view, seen === row ? action : 'read', asSeen.rows[0] as Row)];
    const states = asShown.map((one) => stateOf(view, row.version, one));
    if (ifMatch !== '*' && !ifMatch.split(',').some((one) => states.some((state) => state === stateIn(one))))
      throw new Problem(
        412,
        'changed-meanwhile',
        'Changed meanwhile',
        'The record changed since you read it. Read it again, then repeat your change.',
        { headers: { etag: `"${stateOf(view, row.version, masked)}."` } },
      );
    if (writes && changesNothing(writes, asSeen.rows[0] as Row, masked)) this.leaveUnchanged(row);
    return row;
  }

  /** Marks the row as unchanged by the request: `updateIfChanged` then records the command without updating the row. */
  leaveUnchanged(row: RecordEntity): void {
    this.unchangedIds.add(row.id);
  }

  /** Returns whether the request writes only values that the row already holds. */
  isUnchanged(row: RecordEntity): boolean {
    return this.unchangedIds.has(row.id);
  }

  /**
   * Returns permitted rows that match the filter, at most `limit`. Only rows in which the actor sees the filtered
   * columns match.
   */
  async findMany<T extends object>(
    action: string,
    type: RecordClass<T>,
    filter: Where,
    limit = 1000,
    inPanel?: string,
  ): Promise<T[]> {
    const subject = subjectOf(type);
    if (!hasApplicableRule(this.actor, subject, action)) return [];
    const shape = filterTemplate(filter, [limit]);
    return this.query<T>(
      templateFor(this.actor, `rows ${action} ${subject.name} ${inPanel ?? ''} ${shape.key}`, () =>
        listSql(this.actor, type, action, {
          ...authorizeFilter(this.actor, subject, shape.filter, inPanel),
          inPanel,
          limit: new Parameter(0),
        }),
      ),
      shape.values,
    );
  }

  /** Returns a page of permitted rows. `withheld` lists the withheld categories of the panel `panelId`. */
  async respondPage(
    view: ViewClass,
    filter: Where,
    query: PageQuery,
    options: {
      action?: string;
      panelId?: string | (() => Promise<string>);
      orderBy?: string;
      given?: Giving;
      /**
       * Query as sent by the reader. The cursor is bound to this query; needed if the filter also depends on the reader
       * or the date.
       */
      asked?: object;
      /** Panel in whose context rows without a panel of their own are read; defaults to all panels. */
      inPanel?: string;
      /** Part of the filter whose columns an allow rule must show in order to apply; defaults to the whole filter. */
      restsOn?: Where;
    } = {},
  ): Promise<AuthorizedResponse> {
    const { action = 'read', panelId, orderBy, given, inPanel, asked = filter, restsOn: rested = filter } = options;
    const { record } = shapeOf(view);
    const subject = subjectOf(record);
    refuseWithheldFields(this.actor, subject, fieldsOfFilter(subject, filter), filter['panelId'] as string | undefined);
    const limit = query.limit ?? 25;
    const fingerprint = `${view.name} ${orderBy ?? ''} ${inPanel ?? ''} ${JSON.stringify(asked)}`;
    const after = query.cursor ? readCursor(this.actor, fingerprint, query.cursor) : undefined;
    const shape = filterTemplate(filter, [limit + 1, after?.at, after?.id]);
    // a function may compute values from any column of the rows
    const isWhole = typeof given === 'function';
    const listing = (): SqlStatement =>
      listSql(this.actor, record, action, {
        ...authorizeFilter(this.actor, subject, shape.filter, inPanel),
        asks: fieldsRelatedToFilter(subject, rested),
        inPanel,
        orderBy,
        shows: isWhole ? undefined : new Set(shapeOf(view).properties.keys()),
        limit: new Parameter(0),
        after: after && { at: new Parameter(1), id: new Parameter(2) },
      });
    const rests = rested === filter ? '' : fieldsRelatedToFilter(subject, rested).join();
    const key = ['page', action, view.name, isWhole, orderBy, inPanel, after !== undefined, rests, shape.key].join(' ');
    const rows = hasApplicableRule(this.actor, subject, action)
      ? await this.query<Row>(templateFor(this.actor, key, listing), shape.values)
      : [];
    const more = rows.length > limit;
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: PageOf<object> = {
      data: await this.rowsForReader('list', action, view, shown, {
        given: typeof given === 'function' ? await given(shown) : given,
      }),
      next:
        more && last
          ? makeCursor(this.actor, fingerprint, { at: last[CURSOR] as string, id: last['id'] as string })
          : null,
      withheld: panelId ? this.withheldCategories(typeof panelId === 'function' ? await panelId() : panelId) : [],
    };
    return new AuthorizedResponse(body);
  }

  /** Counts permitted rows by value of the column `by`, among rows in which the actor sees that column. */
  async count(type: RecordClass, by: string, filter: Where): Promise<{ value: unknown; count: number }[]> {
    const subject = subjectOf(type);
    const shape = filterTemplate({ $and: [filter, { [by]: { $exists: true } }] });
    const asks = fieldsOfFilter(subject, shape.filter);
    refuseWithheldFields(this.actor, subject, asks, filter['panelId'] as string | undefined);
    const counting = (): SqlStatement =>
      countSql(this.actor, type, by, {
        ...authorizeFilter(this.actor, subject, shape.filter),
        asks: fieldsRelatedToFilter(subject, shape.filter),
        limit: MOST_COUNTED,
      });
    const counted = hasApplicableRule(this.actor, subject, 'read')
      ? await this.query<{ value: unknown; count: number }>(
          templateFor(this.actor, `count ${by} ${subject.name} ${shape.key}`, counting),
          shape.values,
        )
      : [];
    this.auditCount(type, [by, ...asks]);
    return counted;
  }

  /**
   * Finds rows by content. Only rows in which the reader sees the filtered columns match, so that a match reveals no
   * more than a read.
   */
  async respondSearch(
    view: ViewClass,
    filter: Where,
    { limit = 25, inPanel }: { limit?: number; inPanel?: string } = {},
  ): Promise<AuthorizedResponse> {
    const { record } = shapeOf(view);
    const found = await this.findMany<Row>('read', record as RecordClass<Row>, filter, limit, inPanel);
    const data = await this.rowsForReader('search', 'read', view, found, { search: filter });
    return new AuthorizedResponse({ data, next: null, withheld: [] } satisfies PageOf<object>);
  }

  /** Returns loaded rows as a list without paging (for short, bounded lists). */
  async respondList(
    view: ViewClass,
    rows: object[],
    { action = 'read', given, how = 'list' }: Pick<PresentOptions, 'action' | 'given' | 'how'> = {},
  ): Promise<AuthorizedResponse> {
    const body: PageOf<object> = {
      data: await this.rowsForReader(how, action, view, rows as Row[], { given }),
      next: null,
      withheld: [],
    };
    return new AuthorizedResponse(body);
  }

  /** Returns one loaded row as a response with an ETag, and records the reading. */
  async respond(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', how = 'view', extra = {}, given, reason }: PresentOptions = {},
  ): Promise<AuthorizedResponse> {
    const reader = { ...this.actor, scopes: undefined };
    const found = await this.asReadFor(action, view, row as Row, reader);
    const asSeen = await this.maskRows(view, action, [{ ...found, ...extra }], reader);
    const [whole, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    // a creation response with the actor's own content is already recorded by the entry of the insert
    if (status === 200 || isDisclosed(this.actor, subjectOf(shapeOf(view).record), whole, masked))
      await this.auditReading(how, action, view, [whole], [masked], reason ? { reason } : {});
    const shows = { view: view.name, id: whole['id'] as string };
    const body = this.bodyOf(view, whole, masked, given);
    const text = JSON.stringify(body);
    const headers = { etag: `"${stateOf(view, whole['version'] as number | undefined, masked)}.${digestOf(text)}"` };
    return new AuthorizedResponse(body, status, headers, text, undefined, shows);
  }

  /**
   * Loads which fields the reader is shown, if the row was found for a command. A creator without read access gets all
   * written fields; any other actor without read access gets only identifier and version. Scopes of a client are
   * ignored, because a client registered for a command may receive its response.
   */
  private async asReadFor(action: string, view: ViewClass, row: Row, reader: Actor): Promise<Row> {
    const { record } = shapeOf(view);
    const subject = subjectOf(record);
    if (!isReadForAnother(reader, subject, action, row)) return row;
    const id = row['id'] as string;
    const [read] = await this.query<Row>(this.findTemplate(reader, record, action, false), [id]);
    return read
      ? { ...row, ...read }
      : withFieldsOf(this.insertedIds.has(id) ? 'whoever made it' : 'nobody', action, row);
  }

  /**
   * Reduces a stored response to what may still be shown; returns the identical body if nothing was lost. Scopes of a
   * client are ignored, because the client received the response before and is still registered.
   */
  async respondAgain(view: ViewClass, id: string, before: Row): Promise<Row> {
    const shape = shapeOf(view);
    const reader = { ...this.actor, scopes: undefined };
    const [row] = await this.query<Row>(this.findTemplate(reader, shape.record, 'read', false), [id]);
    if (!row) {
      const subjectType = subjectOf(shape.record).name;
      throw new Refusal(notFound(), refusalDraft({ action: 'read', subjectType, rule: 'not-found', recordIds: [id] }));
    }
    const asSeen = await this.maskRows(view, 'read', [row], reader);
    const [current, { shown, withheld }] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    this.repeatedRecord = aboutWhom(subjectOf(shape.record), row);
    const { revealing } = subjectOf(shape.record);
    const isHidden = (field: string): boolean =>
      (shape.references.has(field) && current[field] === null) ||
      isRevealing(revealing[field], revealingFlagsOf(row, field), before[field]);
    const fields = Object.keys(before).filter((field) => field !== 'withheld');
    if (fields.every((field) => shown.includes(field) && (before[field] === null || !isHidden(field)))) return before;
    const still = fields.filter((one) => shown.includes(one));
    return { ...Object.fromEntries(still.map((one) => [one, isHidden(one) ? current[one] : before[one]])), withheld };
  }

  /** Reads the row again under the policy and returns it as the response to a command. */
  async findAndRespond(view: ViewClass, id: string, status = 200, given: Giving = {}): Promise<AuthorizedResponse> {
    const { record } = shapeOf(view);
    const row = await this.find('read', record, id);
    return this.respond(view, row, { status, given: typeof given === 'function' ? await given([row as Row]) : given });
  }

  async insert<T extends RecordEntity>(type: RecordClass<T>, values: Values<T>): Promise<T> {
    const id = values.id ?? uuidv7();
    const target = type as EntityTarget<ObjectLiteral>;
    const times: ObjectLiteral = { id, createdAt: this.now, updatedAt: this.now };
    await this.manager.insert(target, { ...values, ...times });
    this.insertedIds.add(id);
    this.addAuditDraft('collect', 'make', subjectOf(type), [{ ...values, id }], { fields: Object.keys(values) });
    return (await this.manager.findOneByOrFail(target, { id })) as T;
  }

  /** Inserts many rows of one type with a single audit entry. */
  async insertMany<T extends RecordEntity>(type: RecordClass<T>, rows: Values<T>[]): Promise<void> {
    const whole: ObjectLiteral[] = rows.map((values) => ({
      ...values,
      id: values.id ?? uuidv7(),
      createdAt: this.now,
      updatedAt: this.now,
    }));
    const target: EntityTarget<ObjectLiteral> = type;
    for (let start = 0; start < whole.length; start += INSERTED_AT_ONCE)
      await this.manager.insert(target, whole.slice(start, start + INSERTED_AT_ONCE));
    if (whole.length)
      this.addAuditDraft('collect', 'make', subjectOf(type), whole, { fields: Object.keys(rows[0] ?? {}) });
  }

  /** Deletes rows of a draft, or rows preserved elsewhere by a correction. Other rows must not be deleted. */
  async delete<T extends RecordEntity>(type: RecordClass<T>, rows: readonly T[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    if (!ids.length) return;
    await this.manager.delete(type, ids);
    this.addAuditDraft('erase', 'remove', subjectOf(type), rows as unknown as Row[]);
  }

  /** Records the recall of a record, so that agencies that received the record are notified. */
  noteRecall(type: RecordClass, recordId: string): void {
    this.revisedRecords.push({ recordType: subjectOf(type).name, recordId, isRecall: true, at: this.now });
  }

  /** Records the replacement of a record by another, so that agencies that received the record are notified. */
  noteReplacement(type: RecordClass, recordId: string): void {
    this.revisedRecords.push({ recordType: subjectOf(type).name, recordId, isRecall: false, at: this.now });
  }

  /**
   * Updates a row as requested, unless the row already holds the values; then no event is recorded either. Consequences
   * of a command that do not depend on submitted values are written by `update`.
   */
  async updateIfChanged<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    if (!this.isUnchanged(row)) return this.update(type, row, changes);
    this.unwrittenIds.add(row.id);
    this.addAuditDraft('alter', 'change', subjectOf(type), [row as unknown as Row]);
    return row;
  }

  /**
   * Updates a row found by this unit of work, with optimistic locking: a concurrent update is a conflict (409). For a
   * revealing column that the actor is shown with a substitute, writing the substitute changes nothing. Any other value
   * replaces the stored one, as for every writer.
   */
  async update<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    written: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    this.unwrittenIds.delete(row.id);
    const changes = omitSubstitutedValues(subjectOf(type), row as unknown as Row, written);
    await this.refuseTextSharedFurther(type, row, changes);
    const done = await this.manager
      .createQueryBuilder()
      .update(type as EntityTarget<ObjectLiteral>)
      .set({ ...changes, version: row.version + 1, updatedAt: this.now })
      .where('id = :id AND version = :version', { id: row.id, version: row.version })
      .execute();
    if (done.affected !== 1)
      throw conflict('changed-meanwhile', 'Somebody else changed this record at the same moment. Read it again.');
    const subject = subjectOf(type);
    this.addAuditDraft('alter', 'change', subject, [row as unknown as Row], { fields: Object.keys(written) });
    if ('recalledAt' in changes) this.noteRecall(type, row.id);
    else if (subject.contributor) {
      const earlier = row as unknown as Row;
      const fields = Object.entries(changes)
        .filter(
          ([field, value]) => classOf(type, field)?.category !== 'administrative' && !isSame(value, earlier[field]),
        )
        .map(([field]) => field);
      const corrected = { recordType: subject.name, recordId: row.id, isRecall: false, fields, at: this.now };
      if (fields.length) this.revisedRecords.push(corrected);
    }
    return { ...row, ...changes, version: row.version + 1, updatedAt: this.now };
  }

  /**
   * Refuses text in the record of another agency if an agreement shares that agency's contributions further than the
   * actor's. Such text is shared as the contribution of the agency that owns the record.
   */
  private async refuseTextSharedFurther<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: object,
  ): Promise<void> {
    const words = textInAnotherRecord(this.actor, type, subjectOf(type), row as unknown as Row, changes as Row);
    if (!words) return;
    const further = await categoriesSharedFurther((sql, values) => this.manager.query(sql, values), this.actor, words);
    if (further.length)
      throw unacceptable(
        'words-of-another-agency',
        `What you write here is shared as the words of the agency that contributed the record, and an agreement gives less of what your agency contributes (${further.join(', ')}). Contribute it for your own agency, or ask that agency, or a chair or coordinator from an agency whose contributions are shared as far.`,
      );
  }

  /** Records an event about a record; the event commits with the change. */
  recordEvent(type: string, record: RecordClass, row: RecordEntity, data: Record<string, unknown> = {}): void {
    if (this.unwrittenIds.has(row.id)) return;
    const facts = row as unknown as Record<string, string | undefined> & { agencyOnly?: boolean };
    (this.isSystem ? this.unseenEvents : this.events).push({
      type,
      subjectType: subjectOf(record).name,
      subjectId: row.id,
      partnershipId: facts['partnershipId'] ?? null,
      panelId: facts['panelId'] ?? null,
      caseId: subjectOf(record).name === 'Case' ? row.id : (facts['caseId'] ?? null),
      category: facts['category'] ?? null,
      contributingType: facts['contributingType'] ?? null,
      listingId: listingOf(subjectOf(record), row),
      agencyOnly: facts.agencyOnly ?? false,
      data,
    });
  }

  /**
   * Returns the audit entry to record for an error although the transaction is rolled back. Covers refusals by the
   * policy and by services; null for other errors.
   */
  refusalIn(error: unknown): AuditDraft | null {
    if (error instanceof Refusal) return error.draft;
    const problem = error instanceof Problem ? error : databaseProblem(error);
    if (!problem || !REFUSING.includes(problem.status) || !this.commandSubject) return null;
    return refusalDraft({ ...this.commandSubject, rule: problem.code });
  }

  /** Sets the record of a command that was not found by `find`, for the audit entry of a refusal. */
  noteSubject(action: string, type: RecordClass, row: object): void {
    const subject = subjectOf(type);
    const recordIds = [(row as Row)['id'] as string];
    this.commandSubject = { action, subjectType: subject.name, recordIds, ...aboutWhom(subject, row as Row) };
  }

  /**
   * Records whom or what the request names, for the audit entries of a refusal. Without a row, the record was not found
   * for the actor or not looked up; the log stores both like any request for a hidden or missing record. The scope of
   * the entry is that of all places (`receiving`) given for the identifier so far.
   */
  noteNaming(type: RecordClass, id: string, row: object | null = null, receiving: Receiving = {}): void {
    // invalid input names nobody
    if (this.actor.call.deferredProblem) return;
    const before = this.namings.get(id.toLowerCase())?.receiving;
    const into = auditScopeOf(subjectOf(type), [receiving as Row]);
    this.namings.set(id.toLowerCase(), { type, row: row as Row | null, receiving: mergeScopes(into, before) });
  }

  /**
   * Returns the audit entries of a refused request for those whom the request names. There is one entry per record type
   * and place, separate for records that the actor may name. An auditor who cannot read the entry of the command cannot
   * read these entries either.
   */
  refusedNamings(error: unknown): AuditDraft[] {
    const problem =
      error instanceof Refusal ? error.problem : error instanceof Problem ? error : databaseProblem(error);
    if (!problem || !REFUSING.includes(problem.status)) return [];
    const command = this.refusalIn(error);
    const apart = new Map<string, { subject: Subject; ids: string[]; rows: Row[]; receiving: AuditScope }>();
    for (const [id, { type, row, receiving }] of this.namings) {
      const subject = subjectOf(type);
      const key = JSON.stringify([subject.name, row !== null, receiving]);
      const one = apart.get(key) ?? { subject, ids: [], rows: [], receiving };
      one.ids.push(id);
      if (row) one.rows.push(row);
      apart.set(key, one);
    }
    return [...apart.values()].map(({ subject, ids, rows, receiving }) => {
      const { partnershipId, personIds, ...own } = aboutWhom(subject, ...rows);
      return refusalDraft({
        ...{ action: 'name', subjectType: subject.name, recordIds: ids, personIds },
        rule: rows.length ? problem.code : 'not-found',
        partnershipId: partnershipId ?? command?.partnershipId ?? null,
        ...mergeScopes(own, receiving, command ? scopeOfCommand(command) : undefined),
      });
    });
  }

  /** Records that rows were counted by these fields, without being shown. */
  auditCount(type: RecordClass, fields: string[]): void {
    this.addAuditDraft('consult', 'count', subjectOf(type), [], { action: 'read', fields });
  }

  /** Records a request for an explanation, with the other person and the field concerned, if any. */
  auditExplanation(subject: Subject, record: object, { about, field }: { about?: string; field?: string } = {}): void {
    const row = record as Row;
    this.addAuditDraft('consult', 'explain', subject, [row], {
      recordIds: [row['id'] as string, ...(about ? [about] : [])],
      resultCount: 1,
      fields: field ? [field] : [],
    });
  }

  /** Records that a stored response was sent again. */
  auditRepeat({ body }: AuthorizedResponse): void {
    const { id, withheld = [], ...shown } = body as { id?: string; withheld?: string[] };
    const fields = [...(id ? ['id'] : []), ...Object.keys(shown)];
    const what = { action: 'repeat', subjectType: 'IdempotentReply', recordIds: id ? [id] : [] };
    this.audit.push(
      auditDraft({ operation: 'consult', subOperation: 'repeat', ...what, ...this.repeatedRecord, fields, withheld }),
    );
  }

  /** Records an export before its content is read in parts under the policy. */
  auditExport(subject: Subject, resultCount: number, fields: string[]): void {
    this.addAuditDraft('disclose', 'export', subject, [], { action: 'export', resultCount, fields });
  }

  /**
   * Records that a meeting document was opened, with its serial number and items. The records in the document have
   * audit entries of their own.
   */
  auditOpenedDocument(type: RecordClass, meeting: RecordEntity, copied: OpenedDocument): void {
    this.addAuditDraft('disclose', 'open_document', subjectOf(type), [{ ...meeting }], {
      action: 'read',
      fields: [copied.document],
      recordIds: [meeting.id, copied.serial, ...copied.listingIds],
      copied,
    });
  }

  /** Records that one agency disclosed a record verbally to another. */
  auditSpokenDisclosure(
    type: RecordClass,
    record: RecordEntity,
    originAgencyId: string,
    to: { agencyId: string; recordIds: string[] },
  ): void {
    const subject = subjectOf(type);
    const row = record as unknown as Row;
    const spoken = spokenOf(subject, row, originAgencyId);
    this.addAuditDraft('disclose', 'verbal', subject, [row], {
      recordIds: [record.id, ...to.recordIds],
      recipientAgencyId: to.agencyId,
      disclosed: to.agencyId === originAgencyId ? [] : [{ ...spoken, recipientAgencyId: to.agencyId }],
    });
  }

  /**
   * Records what an agency would have received if a conflict had not excluded its only recipient. This is not a
   * disclosure and has no audit entry of its own; it is stored with the entry added last.
   */
  recordPreventedDisclosure(
    type: RecordClass,
    record: RecordEntity,
    originAgencyId: string,
    to: { agencyId: string; keptOutByIds: string[] },
  ): void {
    const entry = this.audit.at(-1);
    if (!entry || to.agencyId === originAgencyId) return;
    const spoken = spokenOf(subjectOf(type), record as unknown as Row, originAgencyId);
    const seeming = { ...spoken, recipientAgencyId: to.agencyId, keptOutByIds: to.keptOutByIds };
    entry.disclosed = [...(entry.disclosed ?? []), seeming];
  }

  /**
   * Runs queries of the service whose results the actor does not see. Row-level security still limits rows to the
   * actor's partnerships, but the actor's exclusions do not apply. For example, repeat detection for a referral must
   * not depend on who submits the referral.
   */
  async asSystem<T>(asks: () => Promise<T>): Promise<T> {
    // the context of several partnerships already omits exclusions and must not be narrowed
    if (this.isAcrossPartnerships || this.isSystem) return asks();
    this.session.useSecurityContext(withoutExclusions);
    this.isSystem = true;
    try {
      return await asks();
    } finally {
      this.isSystem = false;
      this.session.useSecurityContext();
    }
  }

  /**
   * Runs operations that partnerships of one BCU perform for each other, with the security context of all of them.
   * Results must not be part of a response.
   */
  async acrossPartnerships<T>(does: () => Promise<T>): Promise<T> {
    if (this.isAcrossPartnerships) return does();
    const [{ family }] = await this.manager.query<[{ family: string }]>(FAMILY);
    this.session.useSecurityContext((context) => ({ ...withoutExclusions(context), partnerships: family }));
    this.isAcrossPartnerships = this.actedAcrossPartnerships = true;
    try {
      return await does();
    } finally {
      this.isAcrossPartnerships = false;
      this.session.useSecurityContext();
    }
  }

  /** Returns the categories of which the reader may not learn whether the panel holds data. */
  withheldCategories(panelId: string): string[] {
    return memoizeFor(this.actor, `withheld ${panelId}`, () =>
      withheldCategories(this.actor, panelId).map(({ category }) => category),
    );
  }

  /** Returns one mask per context panel. The reader may have read the row in the context of a single panel. */
  private panelByPanel(view: ViewClass, action: string, row: Row): FieldMask[] {
    const context = row[READING_CONTEXT] as ReadingContext | undefined;
    return (context?.panelIds ?? []).map((panelId) =>
      fieldMask(this.actor, shapeOf(view), action, { ...row, [READING_CONTEXT]: { ...context, panelIds: [panelId] } }),
    );
  }

  /** Masks rows, records the reading and returns the response bodies. */
  private async rowsForReader(
    how: string,
    action: string,
    view: ViewClass,
    found: Row[],
    { given, ...more }: Partial<AuditDraft> & { given?: Row } = {},
  ): Promise<object[]> {
    const { rows, masks } = await this.maskRows(view, action, found);
    await this.auditReading(how, action, view, rows, masks, more);
    return rows.map((row, index) => this.bodyOf(view, row, masks[index] as FieldMask, given));
  }

  /** Returns rows and masks, without references that the reader may not know. */
  private async maskRows(
    view: ViewClass | ViewShape,
    action: string,
    rows: Row[],
    reader: Actor = this.actor,
  ): Promise<{ rows: Row[]; masks: FieldMask[] }> {
    const shape = 'properties' in view ? view : shapeOf(view);
    const masks = rows.map((row) => fieldMask(reader, shape, action, row));
    return withoutHiddenReferences(
      shape,
      rows.map((row) => replaceRevealingValues(subjectOf(shape.record), row)),
      masks,
      (type, actions, ids) => this.knownRecords(type, actions, ids),
    );
  }

  /** Returns what the reader may know of referenced records. Scopes of a client are ignored. */
  async knownRecords(
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader: Actor = { ...this.actor, scopes: undefined },
  ): Promise<KnownRecords> {
    if (!ids.length) return new Map();
    const template = templateFor(reader, `known ${actions.join()} ${subjectOf(type).name}`, () =>
      knownRecordsSql(reader, type, actions, new Parameter(0)),
    );
    const found = await this.query<{ id: string; readable: boolean }>(template, [ids]);
    return new Map(found.map(({ id, readable }) => [id, readable]));
  }

  /** Returns the names of the properties that the reader is shown, by identifier. */
  async shownOf(type: RecordClass, ids: string[]): Promise<Map<string, Set<string>>> {
    if (!ids.length) return new Map();
    const found = await this.findMany<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    const { masks } = await this.maskRows(wholeShapeOf(type), 'read', found);
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
    const found = await this.findMany<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    return new Map(found.map((row) => [row['id'] as string, (past) => replaceRevealingValues(subject, row, past)]));
  }

  /**
   * Adds one audit entry for consulted and one for disclosed rows, per partnership, purpose and compartments. Content
   * contributed by another agency is disclosed to the actor's agency; the agency's own content and administrative data
   * are consulted.
   */
  private async auditReading(
    how: string,
    action: string,
    view: ViewClass,
    rows: Row[],
    masks: FieldMask[],
    more: Partial<AuditDraft> = {},
  ): Promise<void> {
    const shape = shapeOf(view);
    const subject = subjectOf(shape.record);
    const items = await itemsReadThrough(this, action, () => rows.flatMap((row) => casesOf(subject, row)));
    const entries = new Map<
      string,
      { operation: 'consult' | 'disclose'; purpose?: Purpose; members: [Row, FieldMask][] }
    >();
    for (const [index, row] of rows.entries()) {
      const masked = masks[index] as FieldMask;
      const operation = isDisclosed(this.actor, subject, row, masked) ? 'disclose' : 'consult';
      const purpose = isReadInEmergency(this.actor, subject, row) ? EMERGENCY_PURPOSE : undefined;
      const compartments = auditScopeOf(subject, [row]).panelIds.filter((id) =>
        this.actor.compartmentPanelIds.includes(id),
      );
      const key = `${operation} ${String(row['partnershipId'])} ${purpose ?? ''} ${compartments.join()}`;
      const entry = entries.get(key) ?? { operation, purpose, members: [] };
      entry.members.push([row, masked]);
      entries.set(key, entry);
    }
    if (!rows.length) this.addAuditDraft('consult', how, subject, [], { action, ...more });
    for (const { operation, purpose, members } of entries.values()) {
      const union = (pick: (one: FieldMask) => string[]): string[] => [
        ...new Set(members.flatMap(([, masked]) => pick(masked))),
      ];
      const disclosed = members.flatMap(([row, masked]) =>
        this.disclosedOf(shape, action, row, masked, purpose).map((one) => throughItems(one, items)),
      );
      this.addAuditDraft(
        operation,
        how,
        subject,
        members.map(([row]) => row),
        {
          action,
          fields: union((one) => one.shown),
          withheld: union((one) => one.withheld),
          agreementVersionIds: union((one) => one.agreementVersionIds),
          ...(purpose ? { purpose } : {}),
          ...(disclosed.length ? { disclosed } : {}),
          ...more,
        },
      );
    }
  }

  /**
   * Returns what the reader's agency received of a record of another agency. There is one disclosure per case and
   * referral through which the record was read, each with the fields that the agreement of its panel permits,
   * independently of the others.
   */
  private disclosedOf(
    shape: ViewShape,
    action: string,
    row: Row,
    masked: FieldMask,
    purpose: Purpose | undefined,
  ): DisclosureDraft[] {
    const subject = subjectOf(shape.record);
    if (subject.isAboutProcess) return [];
    const context = row[READING_CONTEXT] as ReadingContext | undefined;
    if (!context?.through?.length)
      return isDisclosed(this.actor, subject, row, masked)
        ? [{ ...disclosureDraftOf(subject, row, masked), purpose }]
        : [];
    const isMixed =
      context.panelIds.length > 1 || context.through.some((one) => one.inEmergency !== context.inEmergency);
    return context.through.flatMap(({ panelId, caseId, referralId, inEmergency }) => {
      const there = { ...row, [READING_CONTEXT]: { panelIds: [panelId], inEmergency } };
      const given = isMixed ? fieldMask(this.actor, shape, action, there) : masked;
      if (!isDisclosed(this.actor, subject, row, given)) return [];
      const purpose = this.actor.emergencyCaseIds.includes(caseId ?? '') ? EMERGENCY_PURPOSE : undefined;
      const standing = { panelId, caseId, referralId, purpose };
      return [{ ...disclosureDraftOf(subject, row, given), ...standing }];
    });
  }

  private addAuditDraft(
    operation: AuditDraft['operation'],
    subOperation: string,
    subject: Subject,
    rows: Row[],
    more: Partial<AuditDraft> = {},
  ): void {
    const recordIds = rows.map((row) => row['id'] as string);
    const about = aboutWhom(subject, ...rows);
    const what = { operation, subOperation, action: subOperation, subjectType: subject.name, recordIds };
    this.audit.push(auditDraft({ ...what, ...about, ...more }));
  }

  /** Returns the template for reading one row by identifier. */
  private findTemplate(
    actor: Actor,
    type: RecordClass,
    action: string,
    lock: boolean,
    inPanel?: string,
  ): StatementTemplate {
    return templateFor(actor, `find ${action} ${subjectOf(type).name} ${String(lock)} ${inPanel ?? ''}`, () =>
      findSql(actor, type, action, new Parameter(0), lock, inPanel),
    );
  }

  private async query<T>(template: StatementTemplate, parameters: readonly unknown[]): Promise<T[]> {
    const rows = await this.session.query(bind(template, parameters, this.now));
    for (const row of rows)
      if (READING_CONTEXT in row) row[CONTEXT_PANELS] = (row[READING_CONTEXT] as ReadingContext).panelIds;
    return rows as T[];
  }

  private bodyOf(view: ViewClass, row: Row, { shown, withheld }: FieldMask, given: Row = {}): Row {
    const body = Object.fromEntries(shown.map((field) => [field, row[field] ?? null]));
    const { derive, record } = shapeOf(view);
    const flags = Object.fromEntries(Object.keys(subjectOf(record).flags).map((flag) => [flag, row[flag]]));
    const derived = Object.entries(derive?.(body, this.now, { ...given, ...flags }) ?? {}).filter(
      ([field]) => field in body,
    );
    return { ...body, ...Object.fromEntries(derived), withheld };
  }
}

const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 12);

/**
 * Returns the part of the ETag that `If-Match` compares: record version and fields shown to the reader. The ETag adds a
 * digest of the body, because the body also contains values that depend on other records or the date.
 */
const stateOf = (view: ViewClass, version: number | undefined, { shown, withheld }: FieldMask): string =>
  `${String(version ?? 0)}-${digestOf(JSON.stringify([view.name, shown, withheld]))}`;

/** Extracts the state from an ETag sent by a client. */
const stateIn = (tag: string): string | undefined => /^\s*"([^".]*)\.[^"]*"\s*$/.exec(tag)?.[1];

/**
 * Refuses to write withheld fields, with the same response as for read-only fields. Status and message do not depend on
 * the stored value.
 */
function refuseWithheld(writes: object, { withheld }: FieldMask): void {
  const refusedFields = Object.keys(writes).filter((field) => withheld.includes(field));
  if (refusedFields.length) throw notWritable(refusedFields);
}

/** Returns whether the reader is shown all written fields with the values to be written. */
const changesNothing = (writes: object, row: Row, { shown }: FieldMask): boolean =>
  Object.entries(writes).every(
    ([field, value]) => value === undefined || (shown.includes(field) && isSame(value, row[field])),
  );

/** Returns whether two values are equal as JSON; the order of keys is ignored. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(inJson(one), inJson(other));

const inJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Returns rows with substitute values where the stored ones would reveal a hidden record to their reader. */
export const asShown = <T extends object>(type: RecordClass, rows: readonly T[]): T[] =>
  rows.map((row) => replaceRevealingValues(subjectOf(type), row as Row) as T);

/** Returns which `hidden` conditions of the column the row meets. */
const revealingFlagsOf = (row: Row, column: string): boolean[] | undefined =>
  row[revealingFlag(column)] as boolean[] | undefined;

/** Returns present or past values of the row, with substitutes for those that would reveal a hidden record. */
function replaceRevealingValues({ revealing }: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(revealing).filter(([column, one]) =>
    isRevealing(one, revealingFlagsOf(row, column), values[column]),
  );
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** Removes changes that write the substitute value shown to the actor. */
function omitSubstitutedValues<T extends object>({ revealing }: Subject, row: Row, changes: T): T {
  const isShown = ([column, value]: [string, unknown]): boolean => {
    const one = revealing[column];
    return (
      one !== undefined &&
      isRevealing(one, revealingFlagsOf(row, column), row[column]) &&
      value === shownInstead(one, row[column])
    );
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isShown(change))) as T;
}

/** Returns partnership, people and audit scope of rows that share a partnership. */
function aboutWhom(subject: Subject, ...rows: Row[]): Pick<AuditDraft, 'partnershipId' | 'personIds'> & AuditScope {
  const people = rows.map((row) => row[subject.name === 'Person' ? 'id' : 'personId']);
  return {
    partnershipId: (rows[0]?.['partnershipId'] as string | null | undefined) ?? null,
    personIds: [...new Set(people.filter((id): id is string => typeof id === 'string'))],
    ...auditScopeOf(subject, rows),
  };
}

/** Record types that appear as parents in the audit scope. */
const PARENTS = ['Case', 'Referral', 'Listing'];

/** Returns the audit scope of a command, including its case, referral or item even if that record was not found. */
const scopeOfCommand = ({
  subjectType,
  recordIds,
  panelIds = [],
  parentIds = [],
}: Pick<AuditDraft, 'subjectType' | 'recordIds'> & Partial<AuditScope>): AuditScope =>
  mergeScopes({
    panelIds,
    parentIds: [...parentIds, ...(PARENTS.includes(subjectType) ? recordIds.map((id) => id.toLowerCase()) : [])],
  });

/** Merges audit scopes. */
const mergeScopes = (...standings: (AuditScope | undefined)[]): AuditScope => ({
  panelIds: [...new Set(standings.flatMap((one) => one?.panelIds ?? []))].sort(),
  parentIds: [...new Set(standings.flatMap((one) => one?.parentIds ?? []))].sort(),
});

/** Referrals, and record types that share the identifier of a referral. */
const REFERRALS = ['Referral', 'ReferralScreening'];

/** Returns the meeting item that the row is or belongs to. */
function listingOf({ name }: Subject, row: object): string | null {
  const { id, listingId = null } = row as { id: string; listingId?: string | null };
  return name === 'Listing' ? id : listingId;
}

/** Returns whether the reader sees content contributed by another agency. */
function isDisclosed(actor: Actor, { contributor }: Subject, row: Row, { content }: FieldMask): boolean {
  const from = contributor ? row[contributor.agency] : null;
  return from != null && from !== actor.agencyId && content.some((field) => row[field] != null);
}

/** Returns the cases to which the row belongs or through which the row was read. */
const casesOf = (subject: Subject, row: Row): (string | null | undefined)[] => [
  (subject.case ? row[subject.case] : row['caseId']) as string | null | undefined,
  ...((row[READING_CONTEXT] as ReadingContext | undefined)?.through ?? []).map(({ caseId }) => caseId),
];

/** Adds the meeting items that are the actor's only access to the case. */
const throughItems = (one: DisclosureDraft, items: ItemsByCase): DisclosureDraft => {
  const throughListingIds = items.get(one.caseId ?? '');
  return throughListingIds ? { ...one, throughListingIds } : one;
};

/** Creates a verbal disclosure. */
const spokenOf = (subject: Subject, row: Row, originAgencyId: string): DisclosureDraft => ({
  ...disclosureDraftOf(subject, row, { content: [SPOKEN], agreementVersionIds: [] }),
  originAgencyId,
});

/** Creates the disclosure of a record of another agency to the reader's agency. */
function disclosureDraftOf(
  subject: Subject,
  row: Row,
  { content, agreementVersionIds }: Pick<FieldMask, 'content' | 'agreementVersionIds'>,
): DisclosureDraft {
  const id = (column: string | undefined): string | null => (column && (row[column] as string | null)) || null;
  return {
    partnershipId: row['partnershipId'] as string,
    panelId: id(subject.panel),
    caseId: id(subject.case) ?? id('caseId'),
    referralId: REFERRALS.includes(subject.name) ? id('id') : id('referralId'),
    personId: subject.name === 'Person' ? id('id') : id('personId'),
    listingId: listingOf(subject, row),
    recordType: subject.name,
    recordId: row['id'] as string,
    recordVersion: (row['version'] as number | undefined) ?? 1,
    originAgencyId: row[subject.contributor?.agency ?? 'agencyId'] as string,
    fields: content,
    agreementVersionIds,
  };
}
