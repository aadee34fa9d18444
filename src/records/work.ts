/**
 * One unit of work by one actor: a transaction in which rows are found, changed and presented by the policy, and what was
 * read, refused and changed is written down. Services get rows in no other way.
 */
import { hash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EntityManager, EntityTarget, ObjectLiteral, QueryRunner } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../policy/actor.js';
import { classOf } from '../policy/classification.js';
import { Slot, type Row, type Where } from '../policy/conditions.js';
import type { Purpose } from '../policy/categories.js';
import { CONTEXT, isReadInEmergency, keptBack, type Context } from '../policy/levels.js';
import { keptFor } from '../policy/standing.js';
import { databaseProblem } from './database-problems.js';
import { conflict, notFound, notWritable, Problem, refused, unacceptable } from '../policy/problems.js';
import {
  isTelling,
  hasAnyGround,
  shownInstead,
  subjectOf,
  type RecordClass,
  type Subject,
} from '../policy/subjects.js';
import { deedOf, whoMay, wordsFor } from '../policy/wording.js';
import { categoriesGoingFurther, wordsOfAnother } from '../policy/words.js';
import { asking, asksOf, refuseUnshown, restsOn } from './asking.js';
import type { Conversation } from './conversation.js';
import { makeCursor, readCursor } from './cursor.js';
import { filled, formOf, shapeOfFilter, type Form } from './forms.js';
import {
  draft,
  refusal,
  type AuditDraft,
  type Copied,
  type Disclosed,
  type EventDraft,
  type Revised,
  type TakenBack,
} from './journal.js';
import { isReadForAnother, mask, withFieldsOf, type Masked } from './mask.js';
import type { PageQuery } from './page-query.requests.js';
import { Presented, type PageOf } from './presented.js';
import { countSql, CURSOR, findSql, listSql, tells, type Statement } from './query.js';
import type { Recorded } from './recorded.js';
import { knownSql, withoutHiddenReferences, type Known } from './references.js';
import { standingOf, type Standing } from './standing-of-rows.js';
import { shapeOf, wholeShapeOf, type ViewClass, type ViewShape } from './view.js';
import { itemsReadThrough, type ItemsByCase } from './through-items.js';
import { unhidden } from './wall.js';

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

interface Finding {
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

type Values<T> = Partial<Omit<T, keyof Recorded>> & { id?: string };

export class Work {
  readonly audit: AuditDraft[] = [];
  readonly events: EventDraft[] = [];
  /** Events of what the actor may not see: written as what they tell of was found. */
  readonly unseenEvents: EventDraft[] = [];
  /** Contributed content that was changed: who received it must be told. */
  readonly revised: Revised[] = [];
  /** People taken back from a panel. */
  readonly peopleTakenBack: TakenBack[] = [];
  /** Identifiers of rows taken for a request that writes what they hold already. */
  private readonly unchanged = new Set<string>();
  /** Identifiers of rows that this unit of work made one by one: its actor knows of them. */
  readonly made = new Set<string>();
  /** Identifiers of rows that `updateIfChanged` left as they are: nothing happened to them. */
  private readonly left = new Set<string>();
  /** Something was done for another partnership: what is told of it stands there, too. */
  wentAcross = false;
  private isAcross = false;
  private isUnhidden = false;
  /** Where the record of a repeated answer stands. */
  private shownAgain: ReturnType<typeof aboutWhom> | undefined;
  /** The record that was found last for a command, or else read last: a rule of the field that refuses later refuses that. */
  private found:
    (Pick<AuditDraft, 'action' | 'subjectType' | 'recordIds' | 'personIds' | 'partnershipId'> & Standing) | undefined;

  /** People, places and groups that the request names, by identifier; the row where the actor may name it. */
  private readonly named = new Map<string, { type: RecordClass; row: Row | null; receiving: Standing }>();

  constructor(
    readonly actor: Actor,
    private readonly runner: QueryRunner,
    private readonly conversation: Conversation,
  ) {}

  /** For what goes past the policy's own questions: all is asked in one transaction from here on. */
  get manager(): EntityManager {
    this.conversation.begin();
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
    { lock = false, inPanel }: Finding = {},
  ): Promise<T> {
    // wrong values name no panel, and nothing that is found is answered
    const row = await this.peek(action, type, id, { lock, inPanel: this.actor.call.heldBack ? undefined : inPanel });
    const subject = subjectOf(type);
    if (row) {
      // what is read on the way to a command is not what the command is about
      if (action !== 'read' || (this.found?.action ?? 'read') === 'read') this.concerns(action, type, row);
      return row;
    }
    const readable = action === 'read' ? null : await this.peek('read', type, id);
    throw new Refusal(
      readable
        ? refused(
            'not-permitted',
            `You may read this ${wordsFor(subject).title}, but not ${deedOf(subject, action)}. ${whoMay(subject, action)}`,
            { rule: `${action}:${subject.name}` },
          )
        : notFound(),
      refusal({
        action,
        subjectType: subject.name,
        rule: readable ? 'no-ground' : 'not-found',
        recordIds: [id],
        ...(readable ? aboutWhom(subject, readable as Row) : {}),
        // what is asked for beside a record that was found is as confidential as that record
        ...(!readable && this.found
          ? { ...standingOfCommand(this.found), partnershipId: this.found.partnershipId }
          : {}),
      }),
    );
  }

  /** The row or null: for services that decide by whether the actor could do a thing. */
  async peek<T extends object>(
    action: string,
    type: RecordClass<T>,
    id: string,
    { lock = false, inPanel }: Finding = {},
  ): Promise<T | null> {
    if (!hasAnyGround(this.actor, subjectOf(type), action)) return null;
    const [row] = await this.run<T>(this.finding(this.actor, type, action, lock, inPanel), [id]);
    if (inPanel && row && !((row as Row)[CONTEXT] as Context).panelIds.length) return null;
    return row ?? null;
  }

  /**
   * The row locked for a change, as its reader last saw it: the request's `If-Match` must be the tag of the view now. Where
   * `writes` holds only what the reader is shown already, `updateIfChanged` leaves the row as it is.
   */
  async take<T extends Recorded>(
    action: string,
    type: RecordClass<T>,
    view: ViewClass,
    id: string,
    { writes }: { writes?: object } = {},
  ): Promise<T> {
    const row = await this.find(action, type, id, { lock: true });
    const { ifMatch } = this.actor.call;
    // whoever reads less than they may command saw less
    const isLimited = subjectOf(type).grounds.some(({ fields }) => fields);
    const seen = (isLimited && (await this.peek('read', type, id))) || row;
    const asSeen = await this.masked(view, seen === row ? action : 'read', [seen as Row]);
    const masked = asSeen.masks[0] as Masked;
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
  leaveUnchanged(row: Recorded): void {
    this.unchanged.add(row.id);
  }

  /** Returns whether the row was taken for a request that writes only what it holds already. */
  isUnchanged(row: Recorded): boolean {
    return this.unchanged.has(row.id);
  }

  /** All permitted rows that meet the condition where the actor sees what it asks about, at most `limit`. */
  async rows<T extends object>(
    action: string,
    type: RecordClass<T>,
    filter: Where,
    limit = 1000,
    inPanel?: string,
  ): Promise<T[]> {
    const subject = subjectOf(type);
    if (!hasAnyGround(this.actor, subject, action)) return [];
    const shape = shapeOfFilter(filter, [limit]);
    return this.run<T>(
      formOf(this.actor, `rows ${action} ${subject.name} ${inPanel ?? ''} ${shape.key}`, () =>
        listSql(this.actor, type, action, {
          ...asking(this.actor, subject, shape.filter, inPanel),
          inPanel,
          limit: new Slot(0),
        }),
      ),
      shape.values,
    );
  }

  /** A page of the permitted rows, presented. `panelId` names the panel whose withheld categories the page declares. */
  async page(
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
  ): Promise<Presented> {
    const { action = 'read', panelId, orderBy, given, inPanel, asked = filter, restsOn: rested = filter } = options;
    const { record } = shapeOf(view);
    const subject = subjectOf(record);
    refuseUnshown(this.actor, subject, asksOf(subject, filter), filter['panelId'] as string | undefined);
    const limit = query.limit ?? 25;
    const fingerprint = `${view.name} ${orderBy ?? ''} ${inPanel ?? ''} ${JSON.stringify(asked)}`;
    const after = query.cursor ? readCursor(this.actor, fingerprint, query.cursor) : undefined;
    const shape = shapeOfFilter(filter, [limit + 1, after?.at, after?.id]);
    // whoever finds values for the rows may need all of them
    const isWhole = typeof given === 'function';
    const listing = (): Statement =>
      listSql(this.actor, record, action, {
        ...asking(this.actor, subject, shape.filter, inPanel),
        asks: restsOn(subject, rested),
        inPanel,
        orderBy,
        shows: isWhole ? undefined : new Set(shapeOf(view).properties.keys()),
        limit: new Slot(0),
        after: after && { at: new Slot(1), id: new Slot(2) },
      });
    const rests = rested === filter ? '' : restsOn(subject, rested).join();
    const key = ['page', action, view.name, isWhole, orderBy, inPanel, after !== undefined, rests, shape.key].join(' ');
    const rows = hasAnyGround(this.actor, subject, action)
      ? await this.run<Row>(formOf(this.actor, key, listing), shape.values)
      : [];
    const more = rows.length > limit;
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const body: PageOf<object> = {
      data: await this.consult('list', action, view, shown, {
        given: typeof given === 'function' ? await given(shown) : given,
      }),
      next:
        more && last
          ? makeCursor(this.actor, fingerprint, { at: last[CURSOR] as string, id: last['id'] as string })
          : null,
      withheld: panelId ? this.withheldCategories(typeof panelId === 'function' ? await panelId() : panelId) : [],
    };
    return new Presented(body);
  }

  /** How many of the permitted rows have which value of `by`, among those in which the actor sees it. */
  async count(type: RecordClass, by: string, filter: Where): Promise<{ value: unknown; count: number }[]> {
    const subject = subjectOf(type);
    const shape = shapeOfFilter({ $and: [filter, { [by]: { $exists: true } }] });
    const asks = asksOf(subject, shape.filter);
    refuseUnshown(this.actor, subject, asks, filter['panelId'] as string | undefined);
    const counting = (): Statement =>
      countSql(this.actor, type, by, {
        ...asking(this.actor, subject, shape.filter),
        asks: restsOn(subject, shape.filter),
        limit: MOST_COUNTED,
      });
    const counted = hasAnyGround(this.actor, subject, 'read')
      ? await this.run<{ value: unknown; count: number }>(
          formOf(this.actor, `count ${by} ${subject.name} ${shape.key}`, counting),
          shape.values,
        )
      : [];
    this.counted(type, [by, ...asks]);
    return counted;
  }

  /** Rows found by what they hold: a hit tells nothing that a read would not. */
  async matching(
    view: ViewClass,
    filter: Where,
    { limit = 25, inPanel }: { limit?: number; inPanel?: string } = {},
  ): Promise<Presented> {
    const { record } = shapeOf(view);
    const found = await this.rows<Row>('read', record as RecordClass<Row>, filter, limit, inPanel);
    const data = await this.consult('search', 'read', view, found, { search: filter });
    return new Presented({ data, next: null, withheld: [] } satisfies PageOf<object>);
  }

  /** Rows as they were found, presented as a list without paging (short, bounded lists). */
  async list(
    view: ViewClass,
    rows: object[],
    { action = 'read', given, how = 'list' }: Pick<PresentOptions, 'action' | 'given' | 'how'> = {},
  ): Promise<Presented> {
    const body: PageOf<object> = {
      data: await this.consult(how, action, view, rows as Row[], { given }),
      next: null,
      withheld: [],
    };
    return new Presented(body);
  }

  /** One row, presented. */
  async present(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', how = 'view', extra = {}, given, reason }: PresentOptions = {},
  ): Promise<Presented> {
    const reader = { ...this.actor, scopes: undefined };
    const found = await this.asReadFor(action, view, row as Row, reader);
    const asSeen = await this.masked(view, action, [{ ...found, ...extra }], reader);
    const [whole, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as Masked];
    // what somebody just made of their own is written down as made
    if (status === 200 || isDisclosed(this.actor, subjectOf(shapeOf(view).record), whole, masked))
      await this.writeDown(how, action, view, [whole], [masked], reason ? { reason } : {});
    const shows = { view: view.name, id: whole['id'] as string };
    const body = this.bodyOf(view, whole, masked, given);
    const text = JSON.stringify(body);
    const headers = { etag: `"${stateOf(view, whole['version'] as number | undefined, masked)}.${digestOf(text)}"` };
    return new Presented(body, status, headers, text, undefined, shows);
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
    const [read] = await this.run<Row>(this.finding(reader, record, action, false), [id]);
    return read ? { ...row, ...read } : withFieldsOf(this.made.has(id) ? 'whoever made it' : 'nobody', action, row);
  }

  /**
   * What was shown of a record before, as far as it may be shown now: the very same body where nothing was lost. A client's
   * scopes do not matter here: it was told before, and its registration still holds.
   */
  async stillShown(view: ViewClass, id: string, before: Row): Promise<Row> {
    const shape = shapeOf(view);
    const reader = { ...this.actor, scopes: undefined };
    const [row] = await this.run<Row>(this.finding(reader, shape.record, 'read', false), [id]);
    if (!row) {
      const subjectType = subjectOf(shape.record).name;
      throw new Refusal(notFound(), refusal({ action: 'read', subjectType, rule: 'not-found', recordIds: [id] }));
    }
    const asSeen = await this.masked(view, 'read', [row], reader);
    const [current, { shown, withheld }] = [asSeen.rows[0] as Row, asSeen.masks[0] as Masked];
    this.shownAgain = aboutWhom(subjectOf(shape.record), row);
    const { telling } = subjectOf(shape.record);
    const isHidden = (field: string): boolean =>
      (shape.references.has(field) && current[field] === null) ||
      isTelling(telling[field], holdsOf(row, field), before[field]);
    const fields = Object.keys(before).filter((field) => field !== 'withheld');
    if (fields.every((field) => shown.includes(field) && (before[field] === null || !isHidden(field)))) return before;
    const still = fields.filter((one) => shown.includes(one));
    return { ...Object.fromEntries(still.map((one) => [one, isHidden(one) ? current[one] : before[one]])), withheld };
  }

  /** Reads the row again by the policy and presents it: the answer to a command. */
  async show(view: ViewClass, id: string, status = 200, given: Giving = {}): Promise<Presented> {
    const { record } = shapeOf(view);
    const row = await this.find('read', record, id);
    return this.present(view, row, { status, given: typeof given === 'function' ? await given([row as Row]) : given });
  }

  async insert<T extends Recorded>(type: RecordClass<T>, values: Values<T>): Promise<T> {
    const id = values.id ?? uuidv7();
    const target = type as EntityTarget<ObjectLiteral>;
    const times: ObjectLiteral = { id, madeAt: this.now, changedAt: this.now };
    await this.manager.insert(target, { ...values, ...times });
    this.made.add(id);
    this.note('collect', 'make', subjectOf(type), [{ ...values, id }], { fields: Object.keys(values) });
    return (await this.manager.findOneByOrFail(target, { id })) as T;
  }

  /** Many rows of one record at once, written down together. */
  async insertAll<T extends Recorded>(type: RecordClass<T>, rows: Values<T>[]): Promise<void> {
    const whole: ObjectLiteral[] = rows.map((values) => ({
      ...values,
      id: values.id ?? uuidv7(),
      madeAt: this.now,
      changedAt: this.now,
    }));
    const target: EntityTarget<ObjectLiteral> = type;
    for (let start = 0; start < whole.length; start += INSERTED_AT_ONCE)
      await this.manager.insert(target, whole.slice(start, start + INSERTED_AT_ONCE));
    if (whole.length) this.note('collect', 'make', subjectOf(type), whole, { fields: Object.keys(rows[0] ?? {}) });
  }

  /** Removes rows that a draft held, or that a correction keeps elsewhere: no others may go. */
  async remove<T extends Recorded>(type: RecordClass<T>, rows: readonly T[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    if (!ids.length) return;
    await this.manager.delete(type, ids);
    this.note('erase', 'remove', subjectOf(type), rows as unknown as Row[]);
  }

  /** Notes that a record is taken back: agencies that received it are to be told. */
  recalled(type: RecordClass, recordId: string): void {
    this.revised.push({ recordType: subjectOf(type).name, recordId, isRecall: true, at: this.now });
  }

  /** Notes that another record takes the place of this one: agencies that received it are to be told. */
  replaced(type: RecordClass, recordId: string): void {
    this.revised.push({ recordType: subjectOf(type).name, recordId, isRecall: false, at: this.now });
  }

  /**
   * Changes a row as the request asks that it was taken for, and leaves it as it is where it holds those values already. Then no
   * event tells of it, either. What follows from a command, and not from the values that were sent, is written by `update`.
   */
  async updateIfChanged<T extends Recorded>(
    type: RecordClass<T>,
    row: T,
    changes: Partial<Omit<T, keyof Recorded>>,
  ): Promise<T> {
    if (!this.isUnchanged(row)) return this.update(type, row, changes);
    this.left.add(row.id);
    this.note('alter', 'change', subjectOf(type), [row as unknown as Row]);
    return row;
  }

  /**
   * Changes a row that was found by this work; somebody else's change in between is a conflict. Of a column that is shown to the actor
   * with another value than its own, writing the shown value changes nothing; any other value replaces the true one, as for
   * everybody who writes it.
   */
  async update<T extends Recorded>(
    type: RecordClass<T>,
    row: T,
    written: Partial<Omit<T, keyof Recorded>>,
  ): Promise<T> {
    this.left.delete(row.id);
    const changes = withoutShown(subjectOf(type), row as unknown as Row, written);
    await this.mustGoNoFurther(type, row, changes);
    const done = await this.manager
      .createQueryBuilder()
      .update(type as EntityTarget<ObjectLiteral>)
      .set({ ...changes, version: row.version + 1, changedAt: this.now })
      .where('id = :id AND version = :version', { id: row.id, version: row.version })
      .execute();
    if (done.affected !== 1)
      throw conflict('changed-meanwhile', 'Somebody else changed this record at the same moment. Read it again.');
    const subject = subjectOf(type);
    this.note('alter', 'change', subject, [row as unknown as Row], { fields: Object.keys(written) });
    if ('recalledAt' in changes) this.recalled(type, row.id);
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
    return { ...row, ...changes, version: row.version + 1, changedAt: this.now };
  }

  /** What somebody writes into a record of another agency is shared as that agency's. */
  private async mustGoNoFurther<T extends Recorded>(type: RecordClass<T>, row: T, changes: object): Promise<void> {
    const words = wordsOfAnother(this.actor, type, subjectOf(type), row as unknown as Row, changes as Row);
    if (!words) return;
    const further = await categoriesGoingFurther((sql, values) => this.manager.query(sql, values), this.actor, words);
    if (further.length)
      throw unacceptable(
        'words-of-another-agency',
        `What you write here is shared as the words of the agency that contributed the record, and an agreement gives less of what your agency contributes (${further.join(', ')}). Contribute it for your own agency, or ask that agency, or a chair or coordinator from an agency whose contributions are shared as far.`,
      );
  }

  /** Notes that something happened to a record; the event commits with it. */
  happened(type: string, record: RecordClass, row: Recorded, data: Record<string, unknown> = {}): void {
    if (this.left.has(row.id)) return;
    const facts = row as unknown as Record<string, string | undefined> & { agencyOnly?: boolean };
    (this.isUnhidden ? this.unseenEvents : this.events).push({
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
    if (!problem || !REFUSING.includes(problem.status) || !this.found) return null;
    return refusal({ ...this.found, rule: problem.code });
  }

  /** Notes what a command is about, where `find` did not find it: the log of a refusal names it. */
  concerns(action: string, type: RecordClass, row: object): void {
    const subject = subjectOf(type);
    const recordIds = [(row as Row)['id'] as string];
    this.found = { action, subjectType: subject.name, recordIds, ...aboutWhom(subject, row as Row) };
  }

  /**
   * Notes whom or what the request names, for the log of a refusal. Without a row it was not found for the actor, or not looked
   * for: the log keeps it as any attempt on what is hidden or missing. The entry belongs to what receives the naming, and to all
   * that was given for the same identifier before.
   */
  names(type: RecordClass, id: string, row: object | null = null, receiving: Receiving = {}): void {
    // wrong values name nobody
    if (this.actor.call.heldBack) return;
    const before = this.named.get(id.toLowerCase())?.receiving;
    const into = standingOf(subjectOf(type), [receiving as Row]);
    this.named.set(id.toLowerCase(), { type, row: row as Row | null, receiving: bothOf(into, before) });
  }

  /**
   * Entries of a refused request about those whom it names: one per record type and place, apart for those that the actor may
   * name. None is readable by anybody to whom the entry of the command itself is not.
   */
  refusedNames(error: unknown): AuditDraft[] {
    const problem =
      error instanceof Refusal ? error.problem : error instanceof Problem ? error : databaseProblem(error);
    if (!problem || !REFUSING.includes(problem.status)) return [];
    const command = this.refusalIn(error);
    const apart = new Map<string, { subject: Subject; ids: string[]; rows: Row[]; receiving: Standing }>();
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
      return refusal({
        ...{ action: 'name', subjectType: subject.name, recordIds: ids, personIds },
        rule: rows.length ? problem.code : 'not-found',
        partnershipId: partnershipId ?? command?.partnershipId ?? null,
        ...bothOf(own, receiving, command ? standingOfCommand(command) : undefined),
      });
    });
  }

  /** Notes that rows were counted, by these fields, and not shown. */
  counted(type: RecordClass, fields: string[]): void {
    this.note('consult', 'count', subjectOf(type), [], { action: 'read', fields });
  }

  /** Notes that the policy was asked about a record: about whom, where it was somebody else, and about which field. */
  explained(subject: Subject, record: object, { about, field }: { about?: string; field?: string } = {}): void {
    const row = record as Row;
    this.note('consult', 'explain', subject, [row], {
      recordIds: [row['id'] as string, ...(about ? [about] : [])],
      resultCount: 1,
      fields: field ? [field] : [],
    });
  }

  /** Notes that the first answer to a repeated call left once more. */
  repeated({ body }: Presented): void {
    const { id, withheld = [], ...shown } = body as { id?: string; withheld?: string[] };
    const fields = [...(id ? ['id'] : []), ...Object.keys(shown)];
    const what = { action: 'repeat', subjectType: 'IdempotentReply', recordIds: id ? [id] : [] };
    this.audit.push(
      draft({ operation: 'consult', subOperation: 'repeat', ...what, ...this.shownAgain, fields, withheld }),
    );
  }

  /** Notes that records leave in one piece: what follows is read in parts, by the policy. */
  exported(subject: Subject, resultCount: number, fields: string[]): void {
    this.note('disclose', 'export', subject, [], { action: 'export', resultCount, fields });
  }

  /**
   * Notes that a document of a meeting is opened, under its serial, and what stands in it: each record of it is presented, and
   * written down, by itself.
   */
  opened(type: RecordClass, meeting: Recorded, copied: Copied): void {
    this.note('disclose', 'open_document', subjectOf(type), [{ ...meeting }], {
      action: 'read',
      fields: [copied.document],
      recordIds: [meeting.id, copied.serial, ...copied.listingIds],
      copied,
    });
  }

  /** Notes that one agency told another, by word of mouth, what a record is about. */
  told(
    type: RecordClass,
    record: Recorded,
    originAgencyId: string,
    to: { agencyId: string; recordIds: string[] },
  ): void {
    const subject = subjectOf(type);
    const row = record as unknown as Row;
    const spoken = spokenOf(subject, row, originAgencyId);
    this.note('disclose', 'verbal', subject, [row], {
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
    record: Recorded,
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
  async asService<T>(asks: () => Promise<T>): Promise<T> {
    // behind the wall of several partnerships nothing is hidden already, and that wall stays
    if (this.isAcross || this.isUnhidden) return asks();
    this.conversation.enter(unhidden);
    this.isUnhidden = true;
    try {
      return await asks();
    } finally {
      this.isUnhidden = false;
      this.conversation.enter();
    }
  }

  /**
   * The service's own doing for what partnerships of one BCU hand on to each other, whoever sets it going: behind the wall of
   * all of them, and nothing of it is presented.
   */
  async across<T>(does: () => Promise<T>): Promise<T> {
    if (this.isAcross) return does();
    const [{ family }] = await this.manager.query<[{ family: string }]>(FAMILY);
    this.conversation.enter((wall) => ({ ...unhidden(wall), partnerships: family }));
    this.isAcross = this.wentAcross = true;
    try {
      return await does();
    } finally {
      this.isAcross = false;
      this.conversation.enter();
    }
  }

  /** Categories of which this reader may not even learn that something is held, on this panel. */
  withheldCategories(panelId: string): string[] {
    return keptFor(this.actor, `withheld ${panelId}`, () =>
      keptBack(this.actor, panelId).map(({ category }) => category),
    );
  }

  /** The masks of a row that its reader may ask for panel by panel. */
  private panelByPanel(view: ViewClass, action: string, row: Row): Masked[] {
    const context = row[CONTEXT] as Context | undefined;
    return (context?.panelIds ?? []).map((panelId) =>
      mask(this.actor, shapeOf(view), action, { ...row, [CONTEXT]: { ...context, panelIds: [panelId] } }),
    );
  }

  /** The rows as their reader may see them, written down. */
  private async consult(
    how: string,
    action: string,
    view: ViewClass,
    found: Row[],
    { given, ...more }: Partial<AuditDraft> & { given?: Row } = {},
  ): Promise<object[]> {
    const { rows, masks } = await this.masked(view, action, found);
    await this.writeDown(how, action, view, rows, masks, more);
    return rows.map((row, index) => this.bodyOf(view, row, masks[index] as Masked, given));
  }

  /** The rows with their masks, without references that the reader may not know. */
  private async masked(
    view: ViewClass | ViewShape,
    action: string,
    rows: Row[],
    reader: Actor = this.actor,
  ): Promise<{ rows: Row[]; masks: Masked[] }> {
    const shape = 'properties' in view ? view : shapeOf(view);
    const masks = rows.map((row) => mask(reader, shape, action, row));
    return withoutHiddenReferences(
      shape,
      rows.map((row) => withoutTelling(subjectOf(shape.record), row)),
      masks,
      (type, actions, ids) => this.known(type, actions, ids),
    );
  }

  /** What the reader may know of records that others refer to. What a client is registered for makes no difference. */
  async known(
    type: RecordClass,
    actions: readonly string[],
    ids: string[],
    reader: Actor = { ...this.actor, scopes: undefined },
  ): Promise<Known> {
    if (!ids.length) return new Map();
    const form = formOf(reader, `known ${actions.join()} ${subjectOf(type).name}`, () =>
      knownSql(reader, type, actions, new Slot(0)),
    );
    const found = await this.run<{ id: string; readable: boolean }>(form, [ids]);
    return new Map(found.map(({ id, readable }) => [id, readable]));
  }

  /** What the reader may be shown of rows elsewhere: by identifier, the names of the properties. */
  async shownOf(type: RecordClass, ids: string[]): Promise<Map<string, Set<string>>> {
    if (!ids.length) return new Map();
    const found = await this.rows<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    const { masks } = await this.masked(wholeShapeOf(type), 'read', found);
    return new Map(found.map((row, index) => [row['id'] as string, new Set(masks[index]?.shown)]));
  }

  /** Rows that were found, with the values that the reader is shown where theirs would tell of a hidden record. */
  asShown<T extends object>(type: RecordClass, rows: readonly T[]): T[] {
    return asShown(type, rows);
  }

  /** Values that rows elsewhere had, as they are shown where they would tell the reader of a hidden record: by identifier. */
  async tellingOf(type: RecordClass, ids: string[]): Promise<Map<string, (past: Row) => Row>> {
    const subject = subjectOf(type);
    if (!Object.keys(subject.telling).length) return new Map();
    const found = await this.rows<Row>('read', type as RecordClass<Row>, { id: { $in: ids } }, ids.length);
    return new Map(found.map((row) => [row['id'] as string, (past) => withoutTelling(subject, row, past)]));
  }

  /**
   * One entry for what was consulted and one for what was disclosed, in each partnership and compartment: content that another agency
   * contributed is disclosed to the actor's agency; what is the agency's own, or about the process, is consulted.
   */
  private async writeDown(
    how: string,
    action: string,
    view: ViewClass,
    rows: Row[],
    masks: Masked[],
    more: Partial<AuditDraft> = {},
  ): Promise<void> {
    const shape = shapeOf(view);
    const subject = subjectOf(shape.record);
    const items = await itemsReadThrough(this, action, () => rows.flatMap((row) => casesOf(subject, row)));
    const entries = new Map<
      string,
      { operation: 'consult' | 'disclose'; purpose?: Purpose; members: [Row, Masked][] }
    >();
    for (const [index, row] of rows.entries()) {
      const masked = masks[index] as Masked;
      const operation = isDisclosed(this.actor, subject, row, masked) ? 'disclose' : 'consult';
      const purpose = isReadInEmergency(this.actor, subject, row) ? EMERGENCY_PURPOSE : undefined;
      const compartments = standingOf(subject, [row]).panelIds.filter((id) =>
        this.actor.compartmentPanelIds.includes(id),
      );
      const key = `${operation} ${String(row['partnershipId'])} ${purpose ?? ''} ${compartments.join()}`;
      const entry = entries.get(key) ?? { operation, purpose, members: [] };
      entry.members.push([row, masked]);
      entries.set(key, entry);
    }
    if (!rows.length) this.note('consult', how, subject, [], { action, ...more });
    for (const { operation, purpose, members } of entries.values()) {
      const union = (pick: (one: Masked) => string[]): string[] => [
        ...new Set(members.flatMap(([, masked]) => pick(masked))),
      ];
      const disclosed = members.flatMap(([row, masked]) =>
        this.disclosedOf(shape, action, row, masked, purpose).map((one) => throughItems(one, items)),
      );
      this.note(
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
    masked: Masked,
    purpose: Purpose | undefined,
  ): Disclosed[] {
    const subject = subjectOf(shape.record);
    if (subject.isAboutProcess) return [];
    const context = row[CONTEXT] as Context | undefined;
    if (!context?.through?.length)
      return isDisclosed(this.actor, subject, row, masked) ? [{ ...received(subject, row, masked), purpose }] : [];
    const isMixed =
      context.panelIds.length > 1 || context.through.some((one) => one.inEmergency !== context.inEmergency);
    return context.through.flatMap(({ panelId, caseId, referralId, inEmergency }) => {
      const there = { ...row, [CONTEXT]: { panelIds: [panelId], inEmergency } };
      const given = isMixed ? mask(this.actor, shape, action, there) : masked;
      if (!isDisclosed(this.actor, subject, row, given)) return [];
      const purpose = this.actor.emergencyCaseIds.includes(caseId ?? '') ? EMERGENCY_PURPOSE : undefined;
      const standing = { panelId, caseId, referralId, purpose };
      return [{ ...received(subject, row, given), ...standing }];
    });
  }

  private note(
    operation: AuditDraft['operation'],
    subOperation: string,
    subject: Subject,
    rows: Row[],
    more: Partial<AuditDraft> = {},
  ): void {
    const recordIds = rows.map((row) => row['id'] as string);
    const about = aboutWhom(subject, ...rows);
    const what = { operation, subOperation, action: subOperation, subjectType: subject.name, recordIds };
    this.audit.push(draft({ ...what, ...about, ...more }));
  }

  /** One row by its id. */
  private finding(actor: Actor, type: RecordClass, action: string, lock: boolean, inPanel?: string): Form {
    return formOf(actor, `find ${action} ${subjectOf(type).name} ${String(lock)} ${inPanel ?? ''}`, () =>
      findSql(actor, type, action, new Slot(0), lock, inPanel),
    );
  }

  private async run<T>(form: Form, slots: readonly unknown[]): Promise<T[]> {
    const rows = await this.conversation.ask(filled(form, slots, this.now));
    for (const row of rows) if (CONTEXT in row) row[CONTEXT_PANELS] = (row[CONTEXT] as Context).panelIds;
    return rows as T[];
  }

  private bodyOf(view: ViewClass, row: Row, { shown, withheld }: Masked, given: Row = {}): Row {
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
const stateOf = (view: ViewClass, version: number | undefined, { shown, withheld }: Masked): string =>
  `${String(version ?? 0)}-${digestOf(JSON.stringify([view.name, shown, withheld]))}`;

/** The state in an ETag that a client sends back. */
const stateIn = (tag: string): string | undefined => /^\s*"([^".]*)\.[^"]*"\s*$/.exec(tag)?.[1];

/**
 * Refuses to write what the actor may not see, with the answer for a field that may not be changed at all: neither status nor
 * message depends on what the field holds.
 */
function refuseWithheld(writes: object, { withheld }: Masked): void {
  const refusedFields = Object.keys(writes).filter((field) => withheld.includes(field));
  if (refusedFields.length) throw notWritable(refusedFields);
}

/** Returns whether the reader is shown every written field, and each with the value that is written. */
const changesNothing = (writes: object, row: Row, { shown }: Masked): boolean =>
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
const holdsOf = (row: Row, column: string): boolean[] | undefined => row[tells(column)] as boolean[] | undefined;

/** Values of the row, present or past, with those that it is shown with where its own would tell of a hidden record. */
function withoutTelling({ telling }: Subject, row: Row, values: Row = row): Row {
  const instead = Object.entries(telling).filter(([column, one]) =>
    isTelling(one, holdsOf(row, column), values[column]),
  );
  return instead.length
    ? { ...values, ...Object.fromEntries(instead.map(([column, one]) => [column, shownInstead(one, values[column])])) }
    : values;
}

/** The changes without the columns to which the value is written that the actor is shown instead of theirs. */
function withoutShown<T extends object>({ telling }: Subject, row: Row, changes: T): T {
  const isShown = ([column, value]: [string, unknown]): boolean => {
    const one = telling[column];
    return (
      one !== undefined && isTelling(one, holdsOf(row, column), row[column]) && value === shownInstead(one, row[column])
    );
  };
  return Object.fromEntries(Object.entries(changes).filter((change) => !isShown(change))) as T;
}

/** The partnership of rows that share one, the people they name, and where they stand. */
function aboutWhom(subject: Subject, ...rows: Row[]): Pick<AuditDraft, 'partnershipId' | 'personIds'> & Standing {
  const people = rows.map((row) => row[subject.name === 'Person' ? 'id' : 'personId']);
  return {
    partnershipId: (rows[0]?.['partnershipId'] as string | null | undefined) ?? null,
    personIds: [...new Set(people.filter((id): id is string => typeof id === 'string'))],
    ...standingOf(subject, rows),
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
}: Pick<AuditDraft, 'subjectType' | 'recordIds'> & Partial<Standing>): Standing =>
  bothOf({
    panelIds,
    parentIds: [...parentIds, ...(PARENTS.includes(subjectType) ? recordIds.map((id) => id.toLowerCase()) : [])],
  });

/** Several places as one. */
const bothOf = (...standings: (Standing | undefined)[]): Standing => ({
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
function isDisclosed(actor: Actor, { contributor }: Subject, row: Row, { content }: Masked): boolean {
  const from = contributor ? row[contributor.agency] : null;
  return from != null && from !== actor.agencyId && content.some((field) => row[field] != null);
}

/** The cases in which the row stands, or through which it was read. */
const casesOf = (subject: Subject, row: Row): (string | null | undefined)[] => [
  (subject.case ? row[subject.case] : row['caseId']) as string | null | undefined,
  ...((row[CONTEXT] as Context | undefined)?.through ?? []).map(({ caseId }) => caseId),
];

/** What was received of a case, with the items through which alone the case was read. */
const throughItems = (one: Disclosed, items: ItemsByCase): Disclosed => {
  const throughListingIds = items.get(one.caseId ?? '');
  return throughListingIds ? { ...one, throughListingIds } : one;
};

/** What an agency is told of a record by word of mouth. */
const spokenOf = (subject: Subject, row: Row, originAgencyId: string): Disclosed => ({
  ...received(subject, row, { content: [SPOKEN], agreementVersionIds: [] }),
  originAgencyId,
});

/** What the reader's agency receives of another's record. */
function received(
  subject: Subject,
  row: Row,
  { content, agreementVersionIds }: Pick<Masked, 'content' | 'agreementVersionIds'>,
): Disclosed {
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
