/**
 * One unit of work by one actor: a transaction in which rows are found, changed and presented by the policy, and what was
 * read, refused and changed is written down. Services get rows in no other way.
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

/** A refusal, with what must be written to the log although the work is undone. */
export class Refusal extends Error {
  constructor(
    readonly problem: Problem,
    readonly draft: AuditDraft,
  ) {
    super(problem.message);
  }
}

/** A count beyond this many rows is a report, not an answer. */
export const MOST_COUNTED = 50_000;

interface PresentOptions {
  status?: number;
  action?: string;
  /** As what the reading is written down, where it is not that of one record. */
  how?: string;
  /** The view's own properties, which the row does not hold. */
  extra?: Row;
  /** What the view derives values from, beside what is shown. */
  given?: Row;
  /** Why the actor reads it, in their own words: for the log. */
  reason?: string;
}

interface FindOptions {
  /** Locks the row until the transaction ends. */
  lock?: boolean;
  /** The one panel in whose context a row without a panel of its own is read; not found where it is not read there. */
  inPanel?: string;
}

/** The view property that names the panels in whose context a row without a panel of its own is read. */
const CONTEXT_PANELS = 'contextPanelIds';

/** Why somebody reads what an emergency access opens, whatever the request says. */
const EMERGENCY_PURPOSE: Purpose = 'EMERGENCY_BTG';

/** Stands for a field where something was received by word of mouth. */
const SPOKEN = 'spoken';

/** Answers by which a request that names a record is refused. */
const REFUSING = [403, 404, 409, 412, 422, 428];

/** Rows of one statement: its parameters are limited to 65 535. */
const INSERTED_AT_ONCE = 500;

/** The partnerships of whoever acts, with those beside, above and below them, as an array literal. */
const FAMILY = `SELECT array_agg(DISTINCT b.id)::text AS family FROM partnerships own
  JOIN partnerships b ON b.id = own.id OR b.within_id = own.id OR own.within_id IN (b.id, b.within_id)
  WHERE own.id = ANY ((SELECT nullif(current_setting('app.partnerships', true), '')::uuid[])::uuid[])`;

/** What receives a naming: a panel, and the case or referral there. */
interface Receiving {
  panelId?: string;
  caseId?: string;
  referralId?: string;
}

/** What a view derives values from, or how it is found for the rows that are shown. */
type Giving = Row | ((rows: Row[]) => Promise<Row>);

type Values<T> = Partial<Omit<T, keyof RecordEntity>> & { id?: string };

export class UnitOfWork {
  readonly audit: AuditDraft[] = [];
  readonly events: EventDraft[] = [];
  /** Events of what the actor may not see: written as what they tell of was found. */
  readonly unseenEvents: EventDraft[] = [];
  /** Contributed content that was changed: who received it must be told. */
  readonly revised: RevisedRecord[] = [];
  /** People taken back from a panel. */
  readonly peopleTakenBack: WithdrawnPerson[] = [];
  /** Identifiers of rows taken for a request that writes what they hold already. */
  private readonly unchanged = new Set<string>();
  /** Identifiers of rows that this unit of work made one by one: its actor knows of them. */
  readonly made = new Set<string>();
  /** Identifiers of rows that `updateIfChanged` left as they are: nothing happened to them. */
  private readonly unwritten = new Set<string>();
  /** Something was done for another partnership: what is told of it stands there, too. */
  actedAcrossPartnerships = false;
  private isAcrossPartnerships = false;
  private isSystem = false;
  /** Where the record of a repeated answer stands. */
  private shownAgain: ReturnType<typeof aboutWhom> | undefined;
  /** The record that was found last for a command, or else read last: a rule of the field that refuses later refuses that. */
  private commandSubject:
    (Pick<AuditDraft, 'action' | 'subjectType' | 'recordIds' | 'personIds' | 'partnershipId'> & AuditScope) | undefined;

  /** People, places and groups that the request names, by identifier; the row where the actor may name it. */
  private readonly named = new Map<string, { type: RecordClass; row: Row | null; receiving: AuditScope }>();

  constructor(
    readonly actor: Actor,
    private readonly runner: QueryRunner,
    private readonly session: DatabaseSession,
  ) {}

  /** For what goes past the policy's own questions: all is asked in one transaction from here on. */
  get manager(): EntityManager {
    this.session.begin();
    return this.runner.manager;
  }

  get now(): Date {
    return this.actor.now;
  }

  /** The row, if the policy lets the actor do `action` to it; else 404, or 403 where the actor may read it anyway. */
  async find<T extends object>(
    action: string,
    type: RecordClass<T>,
    id: string,
    { lock = false, inPanel }: FindOptions = {},
  ): Promise<T> {
    // wrong values name no panel, and nothing that is found is answered
    const row = await this.findOrNull(action, type, id, {
      lock,
      inPanel: this.actor.call.deferredProblem ? undefined : inPanel,
    });
    const subject = subjectOf(type);
    if (row) {
      // what is read on the way to a command is not what the command is about
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
        // what is asked for beside a record that was found is as confidential as that record
        ...(!readable && this.commandSubject
          ? { ...standingOfCommand(this.commandSubject), partnershipId: this.commandSubject.partnershipId }
          : {}),
      }),
    );
  }

  /** The row or null: for services that decide by whether the actor could do a thing. */
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
   * The row locked for a change, as its reader last saw it: the request's `If-Match` must be the tag of the view now. Where
   * `writes` holds only what the reader is shown already, `updateIfChanged` leaves the row as it is.
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
    // whoever reads less than they may command saw less
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

  /** Marks the row as one that the request does not change: `updateIfChanged` only notes the command. */
  leaveUnchanged(row: RecordEntity): void {
    this.unchanged.add(row.id);
  }

  /** Returns whether the row was taken for a request that writes only what it holds already. */
  isUnchanged(row: RecordEntity): boolean {
    return this.unchanged.has(row.id);
  }

  /** All permitted rows that meet the condition where the actor sees what it asks about, at most `limit`. */
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

  /** A page of the permitted rows, presented. `panelId` names the panel whose withheld categories the page declares. */
  async respondPage(
    view: ViewClass,
    filter: Where,
    query: PageQuery,
    options: {
      action?: string;
      panelId?: string | (() => Promise<string>);
      orderBy?: string;
      given?: Giving;
      /** What the reader asked for, where the filter follows also from the reader or the day: a cursor is bound to this. */
      asked?: object;
      /** The one panel in whose context rows without a panel of their own are read. */
      inPanel?: string;
      /** The part of the filter that rests on fields which a ground must show; the whole where left out. */
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
    // whoever finds values for the rows may need all of them
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

  /** How many of the permitted rows have which value of `by`, among those in which the actor sees it. */
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

  /** Rows found by what they hold: a hit tells nothing that a read would not. */
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

  /** Rows as they were found, presented as a list without paging (short, bounded lists). */
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

  /** One row, presented. */
  async respond(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', how = 'view', extra = {}, given, reason }: PresentOptions = {},
  ): Promise<AuthorizedResponse> {
    const reader = { ...this.actor, scopes: undefined };
    const found = await this.asReadFor(action, view, row as Row, reader);
    const asSeen = await this.maskRows(view, action, [{ ...found, ...extra }], reader);
    const [whole, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    // what somebody just made of their own is written down as made
    if (status === 200 || isDisclosed(this.actor, subjectOf(shapeOf(view).record), whole, masked))
      await this.auditReading(how, action, view, [whole], [masked], reason ? { reason } : {});
    const shows = { view: view.name, id: whole['id'] as string };
    const body = this.bodyOf(view, whole, masked, given);
    const text = JSON.stringify(body);
    const headers = { etag: `"${stateOf(view, whole['version'] as number | undefined, masked)}.${digestOf(text)}"` };
    return new AuthorizedResponse(body, status, headers, text, undefined, shows);
  }

  /**
   * The row as its reader finds it: what was found for a command does not say which of its fields are shown. Whoever made it and may not
   * read it gets what they wrote; anybody else who may only command gets its identifier and version. A client's scopes do not matter here: what it
   * is registered to do, it is answered.
   */
  private async asReadFor(action: string, view: ViewClass, row: Row, reader: Actor): Promise<Row> {
    const { record } = shapeOf(view);
    const subject = subjectOf(record);
    if (!isReadForAnother(reader, subject, action, row)) return row;
    const id = row['id'] as string;
    const [read] = await this.query<Row>(this.findTemplate(reader, record, action, false), [id]);
    return read ? { ...row, ...read } : withFieldsOf(this.made.has(id) ? 'whoever made it' : 'nobody', action, row);
  }

  /**
   * What was shown of a record before, as far as it may be shown now: the very same body where nothing was lost. A client's
   * scopes do not matter here: it was told before, and its registration still holds.
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
    this.shownAgain = aboutWhom(subjectOf(shape.record), row);
    const { revealing: revealing } = subjectOf(shape.record);
    const isHidden = (field: string): boolean =>
      (shape.references.has(field) && current[field] === null) ||
      isRevealing(revealing[field], holdsOf(row, field), before[field]);
    const fields = Object.keys(before).filter((field) => field !== 'withheld');
    if (fields.every((field) => shown.includes(field) && (before[field] === null || !isHidden(field)))) return before;
    const still = fields.filter((one) => shown.includes(one));
    return { ...Object.fromEntries(still.map((one) => [one, isHidden(one) ? current[one] : before[one]])), withheld };
  }

  /** Reads the row again by the policy and presents it: the answer to a command. */
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
    this.made.add(id);
    this.addAuditDraft('collect', 'make', subjectOf(type), [{ ...values, id }], { fields: Object.keys(values) });
    return (await this.manager.findOneByOrFail(target, { id })) as T;
  }

  /** Many rows of one record at once, written down together. */
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

  /** Removes rows that a draft held, or that a correction keeps elsewhere: no others may go. */
  async delete<T extends RecordEntity>(type: RecordClass<T>, rows: readonly T[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    if (!ids.length) return;
    await this.manager.delete(type, ids);
    this.addAuditDraft('erase', 'remove', subjectOf(type), rows as unknown as Row[]);
  }

  /** Notes that a record is taken back: agencies that received it are to be told. */
  noteRecall(type: RecordClass, recordId: string): void {
    this.revised.push({ recordType: subjectOf(type).name, recordId, isRecall: true, at: this.now });
  }

  /** Notes that another record takes the place of this one: agencies that received it are to be told. */
  noteReplacement(type: RecordClass, recordId: string): void {
    this.revised.push({ recordType: subjectOf(type).name, recordId, isRecall: false, at: this.now });
  }

  /**
   * Changes a row as the request asks that it was taken for, and leaves it as it is where it holds those values already. Then no
   * event tells of it, either. What follows from a command, and not from the values that were sent, is written by `update`.
   */
  async updateIfChanged<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    if (!this.isUnchanged(row)) return this.update(type, row, changes);
    this.unwritten.add(row.id);
    this.addAuditDraft('alter', 'change', subjectOf(type), [row as unknown as Row]);
    return row;
  }

  /**
   * Changes a row that was found by this work; somebody else's change in between is a conflict. Of a column that is shown to the actor
   * with another value than its own, writing the shown value changes nothing; any other value replaces the true one, as for
   * everybody who writes it.
   */
  async update<T extends RecordEntity>(
    type: RecordClass<T>,
    row: T,
    written: Partial<Omit<T, keyof RecordEntity>>,
  ): Promise<T> {
    this.unwritten.delete(row.id);
    const changes = withoutShown(subjectOf(type), row as unknown as Row, written);
    await this.mustGoNoFurther(type, row, changes);
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
      if (fields.length) this.revised.push(corrected);
    }
    return { ...row, ...changes, version: row.version + 1, updatedAt: this.now };
  }

  /** What somebody writes into a record of another agency is shared as that agency's. */
  private async mustGoNoFurther<T extends RecordEntity>(type: RecordClass<T>, row: T, changes: object): Promise<void> {
    const words = textInAnotherRecord(this.actor, type, subjectOf(type), row as unknown as Row, changes as Row);
    if (!words) return;
    const further = await categoriesSharedFurther((sql, values) => this.manager.query(sql, values), this.actor, words);
    if (further.length)
      throw unacceptable(
        'words-of-another-agency',
        `What you write here is shared as the words of the agency that contributed the record, and an agreement gives less of what your agency contributes (${further.join(', ')}). Contribute it for your own agency, or ask that agency, or a chair or coordinator from an agency whose contributions are shared as far.`,
      );
  }

  /** Notes that something happened to a record; the event commits with it. */
  recordEvent(type: string, record: RecordClass, row: RecordEntity, data: Record<string, unknown> = {}): void {
    if (this.unwritten.has(row.id)) return;
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

  /** What must be written down of an error, although the work is undone: what was refused, by the policy or by a service. */
  refusalIn(error: unknown): AuditDraft | null {
    if (error instanceof Refusal) return error.draft;
    const problem = error instanceof Problem ? error : databaseProblem(error);
    if (!problem || !REFUSING.includes(problem.status) || !this.commandSubject) return null;
    return refusalDraft({ ...this.commandSubject, rule: problem.code });
  }

  /** Notes what a command is about, where `find` did not find it: the log of a refusal names it. */
  noteSubject(action: string, type: RecordClass, row: object): void {
    const subject = subjectOf(type);
    const recordIds = [(row as Row)['id'] as string];
    this.commandSubject = { action, subjectType: subject.name, recordIds, ...aboutWhom(subject, row as Row) };
  }

  /**
   * Notes whom or what the request names, for the log of a refusal. Without a row it was not found for the actor, or not looked
   * for: the log keeps it as any attempt on what is hidden or missing. The entry belongs to what receives the naming, and to all
   * that was given for the same identifier before.
   */
  noteNaming(type: RecordClass, id: string, row: object | null = null, receiving: Receiving = {}): void {
    // wrong values name nobody
    if (this.actor.call.deferredProblem) return;
    const before = this.named.get(id.toLowerCase())?.receiving;
    const into = auditScopeOf(subjectOf(type), [receiving as Row]);
    this.named.set(id.toLowerCase(), { type, row: row as Row | null, receiving: bothOf(into, before) });
  }

  /**
   * Entries of a refused request about those whom it names: one per record type and place, apart for those that the actor may
   * name. None is readable by anybody to whom the entry of the command itself is not.
   */
  refusedNamings(error: unknown): AuditDraft[] {
    const problem =
      error instanceof Refusal ? error.problem : error instanceof Problem ? error : databaseProblem(error);
    if (!problem || !REFUSING.includes(problem.status)) return [];
    const command = this.refusalIn(error);
    const apart = new Map<string, { subject: Subject; ids: string[]; rows: Row[]; receiving: AuditScope }>();
    for (const [id, { type, row, receiving }] of this.named) {
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
        ...bothOf(own, receiving, command ? standingOfCommand(command) : undefined),
      });
    });
  }

  /** Notes that rows were counted, by these fields, and not shown. */
  auditCount(type: RecordClass, fields: string[]): void {
    this.addAuditDraft('consult', 'count', subjectOf(type), [], { action: 'read', fields });
  }

  /** Notes that the policy was asked about a record: about whom, where it was somebody else, and about which field. */
  auditExplanation(subject: Subject, record: object, { about, field }: { about?: string; field?: string } = {}): void {
    const row = record as Row;
    this.addAuditDraft('consult', 'explain', subject, [row], {
      recordIds: [row['id'] as string, ...(about ? [about] : [])],
      resultCount: 1,
      fields: field ? [field] : [],
    });
  }

  /** Notes that the first answer to a repeated call left once more. */
  auditRepeat({ body }: AuthorizedResponse): void {
    const { id, withheld = [], ...shown } = body as { id?: string; withheld?: string[] };
    const fields = [...(id ? ['id'] : []), ...Object.keys(shown)];
    const what = { action: 'repeat', subjectType: 'IdempotentReply', recordIds: id ? [id] : [] };
    this.audit.push(
      auditDraft({ operation: 'consult', subOperation: 'repeat', ...what, ...this.shownAgain, fields, withheld }),
    );
  }

  /** Notes that records leave in one piece: what follows is read in parts, by the policy. */
  auditExport(subject: Subject, resultCount: number, fields: string[]): void {
    this.addAuditDraft('disclose', 'export', subject, [], { action: 'export', resultCount, fields });
  }

  /**
   * Notes that a document of a meeting is opened, under its serial, and what stands in it: each record of it is presented, and
   * written down, by itself.
   */
  auditOpenedDocument(type: RecordClass, meeting: RecordEntity, copied: OpenedDocument): void {
    this.addAuditDraft('disclose', 'open_document', subjectOf(type), [{ ...meeting }], {
      action: 'read',
      fields: [copied.document],
      recordIds: [meeting.id, copied.serial, ...copied.listingIds],
      copied,
    });
  }

  /** Notes that one agency told another, by word of mouth, what a record is about. */
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
   * Notes what an agency would have been told if a conflict had not kept its only person from it. It is no disclosure and has no entry of
   * its own in the log; it is kept with the entry of what was made last.
   */
  seemsTold(
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
   * The service's own question, whose answer the actor does not read: within the actor's partnerships, but not kept from
   * what is hidden from the actor. Who submits a referral must not change what the panel learns about repeats.
   */
  async asSystem<T>(asks: () => Promise<T>): Promise<T> {
    // behind the wall of several partnerships nothing is hidden already, and that wall stays
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
   * The service's own doing for what partnerships of one BCU hand on to each other, whoever sets it going: behind the wall of
   * all of them, and nothing of it is presented.
   */
  async acrossPartnerships<T>(does: () => Promise<T>): Promise<T> {
    if (this.isAcrossPartnerships) return does();
    const [{ family }] = await this.manager.query<[{ family: string }]>(FAMILY);
    this.session.useSecurityContext((wall) => ({ ...withoutExclusions(wall), partnerships: family }));
    this.isAcrossPartnerships = this.actedAcrossPartnerships = true;
    try {
      return await does();
    } finally {
      this.isAcrossPartnerships = false;
      this.session.useSecurityContext();
    }
  }

  /** Categories of which this reader may not even learn that something is held, on this panel. */
  withheldCategories(panelId: string): string[] {
    return memoizeFor(this.actor, `withheld ${panelId}`, () =>
      withheldCategories(this.actor, panelId).map(({ category }) => category),
    );
  }

  /** The masks of a row that its reader may ask for panel by panel. */
  private panelByPanel(view: ViewClass, action: string, row: Row): FieldMask[] {
    const context = row[READING_CONTEXT] as ReadingContext | undefined;
    return (context?.panelIds ?? []).map((panelId) =>
      fieldMask(this.actor, shapeOf(view), action, { ...row, [READING_CONTEXT]: { ...context, panelIds: [panelId] } }),
    );
  }

  /** The rows as their reader may see them, written down. */
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

  /** The rows with their masks, without references that the reader may not know. */
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
      rows.map((row) => withoutTelling(subjectOf(shape.record), row)),
      masks,
      (type, actions, ids) => this.knownRecords(type, actions, ids),
    );
  }

  /** What the reader may know of records that others refer to. What a client is registered for makes no difference. */
  async knownRecords(
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader: Actor = { ...this.actor, scopes: undefined },
  ): Promise<KnownRecords> {
    if (!ids.length) return new Map();
    const form = templateFor(reader, `known ${actions.join()} ${subjectOf(type).name}`, () =>
      knownRecordsSql(reader, type, actions, new Parameter(0)),
    );
    const found = await this.query<{ id: string; readable: boolean }>(form, [ids]);
    return new Map(found.map(({ id, readable }) => [id, readable]));
  }

  /** What the reader may be shown of rows elsewhere: by identifier, the names of the properties. */
  async shownOf(type: RecordClass, ids: string[]): Promise<Map<string, Set<string>>> {
    if (!ids.length) return new Map();
    const found = await this.findMany<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    const { masks } = await this.maskRows(wholeShapeOf(type), 'read', found);
    return new Map(found.map((row, index) => [row['id'] as string, new Set(masks[index]?.shown)]));
  }

  /** Rows that were found, with the values that the reader is shown where theirs would tell of a hidden record. */
  asShown<T extends object>(type: RecordClass, rows: readonly T[]): T[] {
    return asShown(type, rows);
  }

  /** Values that rows elsewhere had, as they are shown where they would tell the reader of a hidden record: by identifier. */
  async revealingOf(type: RecordClass, ids: string[]): Promise<Map<string, (past: Row) => Row>> {
    const subject = subjectOf(type);
    if (!Object.keys(subject.revealing).length) return new Map();
    const found = await this.findMany<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    return new Map(found.map((row) => [row['id'] as string, (past) => withoutTelling(subject, row, past)]));
  }

  /**
   * One entry for what was consulted and one for what was disclosed, in each partnership and compartment: content that another agency
   * contributed is disclosed to the actor's agency; what is the agency's own, or about the process, is consulted.
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
   * What the reader's agency received of another's record: once for each case and referral through which the record was read, with
   * the fields that the agreement of its panel gives. What is written of one does not depend on what is read through the others.
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
      return isDisclosed(this.actor, subject, row, masked) ? [{ ...received(subject, row, masked), purpose }] : [];
    const isMixed =
      context.panelIds.length > 1 || context.through.some((one) => one.inEmergency !== context.inEmergency);
    return context.through.flatMap(({ panelId, caseId, referralId, inEmergency }) => {
      const there = { ...row, [READING_CONTEXT]: { panelIds: [panelId], inEmergency } };
      const given = isMixed ? fieldMask(this.actor, shape, action, there) : masked;
      if (!isDisclosed(this.actor, subject, row, given)) return [];
      const purpose = this.actor.emergencyCaseIds.includes(caseId ?? '') ? EMERGENCY_PURPOSE : undefined;
      const standing = { panelId, caseId, referralId, purpose };
      return [{ ...received(subject, row, given), ...standing }];
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

  /** One row by its id. */
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

  private async query<T>(form: StatementTemplate, slots: readonly unknown[]): Promise<T[]> {
    const rows = await this.session.query(bind(form, slots, this.now));
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
 * What `If-Match` compares: the version of a record and which of its fields its reader sees in the view. An ETag is this state
 * and a digest of the answer, because an answer also holds what follows from other records and from the day.
 */
const stateOf = (view: ViewClass, version: number | undefined, { shown, withheld }: FieldMask): string =>
  `${String(version ?? 0)}-${digestOf(JSON.stringify([view.name, shown, withheld]))}`;

/** The state in an ETag that a client sends back. */
const stateIn = (tag: string): string | undefined => /^\s*"([^".]*)\.[^"]*"\s*$/.exec(tag)?.[1];

/**
 * Refuses to write what the actor may not see, with the answer for a field that may not be changed at all: neither status nor
 * message depends on what the field holds.
 */
function refuseWithheld(writes: object, { withheld }: FieldMask): void {
  const refusedFields = Object.keys(writes).filter((field) => withheld.includes(field));
  if (refusedFields.length) throw notWritable(refusedFields);
}

/** Returns whether the reader is shown every written field, and each with the value that is written. */
const changesNothing = (writes: object, row: Row, { shown }: FieldMask): boolean =>
  Object.entries(writes).every(
    ([field, value]) => value === undefined || (shown.includes(field) && isSame(value, row[field])),
  );

/** Returns whether two values are the same in JSON; the order of keys makes no difference. */
export const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(inJson(one), inJson(other));

const inJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

/** Rows that a reader found, with the values that the reader is shown. */
export const asShown = <T extends object>(type: RecordClass, rows: readonly T[]): T[] =>
  rows.map((row) => withoutTelling(subjectOf(type), row as Row) as T);

/** Which conditions the row meets under which values of the column would tell of a hidden record. */
const holdsOf = (row: Row, column: string): boolean[] | undefined =>
  row[revealingFlag(column)] as boolean[] | undefined;

/** Values of the row, present or past, with those that it is shown with where its own would tell of a hidden record. */
function withoutTelling({ revealing: revealing }: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(revealing).filter(([column, one]) =>
    isRevealing(one, holdsOf(row, column), values[column]),
  );
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** The changes without the columns to which the value is written that the actor is shown instead of theirs. */
function withoutShown<T extends object>({ revealing: revealing }: Subject, row: Row, changes: T): T {
  const isShown = ([column, value]: [string, unknown]): boolean => {
    const one = revealing[column];
    return (
      one !== undefined &&
      isRevealing(one, holdsOf(row, column), row[column]) &&
      value === shownInstead(one, row[column])
    );
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isShown(change))) as T;
}

/** The partnership of rows that share one, the people they name, and where they stand. */
function aboutWhom(subject: Subject, ...rows: Row[]): Pick<AuditDraft, 'partnershipId' | 'personIds'> & AuditScope {
  const people = rows.map((row) => row[subject.name === 'Person' ? 'id' : 'personId']);
  return {
    partnershipId: (rows[0]?.['partnershipId'] as string | null | undefined) ?? null,
    personIds: [...new Set(people.filter((id): id is string => typeof id === 'string'))],
    ...auditScopeOf(subject, rows),
  };
}

/** Records that are parents of others in the log. */
const PARENTS = ['Case', 'Referral', 'Listing'];

/** Where the entry of a command belongs, and the case, referral or item that it is about, whether or not that was found. */
const standingOfCommand = ({
  subjectType,
  recordIds,
  panelIds = [],
  parentIds = [],
}: Pick<AuditDraft, 'subjectType' | 'recordIds'> & Partial<AuditScope>): AuditScope =>
  bothOf({
    panelIds,
    parentIds: [...parentIds, ...(PARENTS.includes(subjectType) ? recordIds.map((id) => id.toLowerCase()) : [])],
  });

/** Several places as one. */
const bothOf = (...standings: (AuditScope | undefined)[]): AuditScope => ({
  panelIds: [...new Set(standings.flatMap((one) => one?.panelIds ?? []))].sort(),
  parentIds: [...new Set(standings.flatMap((one) => one?.parentIds ?? []))].sort(),
});

/** A referral, and what has the identifier of one. */
const REFERRALS = ['Referral', 'ReferralScreening'];

/** The item of a meeting that the row is, or to which it belongs. */
function listingOf({ name }: Subject, row: object): string | null {
  const { id, listingId = null } = row as { id: string; listingId?: string | null };
  return name === 'Listing' ? id : listingId;
}

/** Does the reader see content that another agency contributed? */
function isDisclosed(actor: Actor, { contributor }: Subject, row: Row, { content }: FieldMask): boolean {
  const from = contributor ? row[contributor.agency] : null;
  return from != null && from !== actor.agencyId && content.some((field) => row[field] != null);
}

/** The cases in which the row stands, or through which it was read. */
const casesOf = (subject: Subject, row: Row): (string | null | undefined)[] => [
  (subject.case ? row[subject.case] : row['caseId']) as string | null | undefined,
  ...((row[READING_CONTEXT] as ReadingContext | undefined)?.through ?? []).map(({ caseId }) => caseId),
];

/** What was received of a case, with the items through which alone the case was read. */
const throughItems = (one: DisclosureDraft, items: ItemsByCase): DisclosureDraft => {
  const throughListingIds = items.get(one.caseId ?? '');
  return throughListingIds ? { ...one, throughListingIds } : one;
};

/** What an agency is told of a record by word of mouth. */
const spokenOf = (subject: Subject, row: Row, originAgencyId: string): DisclosureDraft => ({
  ...received(subject, row, { content: [SPOKEN], agreementVersionIds: [] }),
  originAgencyId,
});

/** What the reader's agency receives of another's record. */
function received(
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
