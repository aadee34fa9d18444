/**
 * Responses of one unit of work. Masks rows, records the reading and builds the body of the view. Only responses made
 * here leave the service.
 */
import type { Actor } from '../authentication/actor.js';
import { permissionsOf, withoutScopes } from '../authorization/actor-permissions.js';
import type { Row, Where } from '../authorization/conditions.js';
import { withheldCategories } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { PageQuery } from '../http/page-query.dto.js';
import { notFound } from '../http/problems.js';
import { type AuditDraft } from './audit-recording.js';
import { refusalDraft } from './audit-drafts.js';
import { type AuditTrail, isDisclosed } from './audit-trail.js';
import type { AuthorizedRepository } from './authorized-repository.js';
import { AuthorizedResponse, type PageOf } from './authorized-response.js';
import { Refusal } from './command-subject.js';
import { makeCursor, readCursor } from './cursor.js';
import { entityTag, stateOf } from './entity-tag.js';
import { isReadForAnother, withFieldsOf, type FieldMask, type RowMasks, reveals } from './row-masks.js';
import { fieldsOfFilter, refuseWithheldFields } from './filter-authorization.js';
import { CURSOR } from './record-queries.js';
import { shapeOf, type ViewClass } from './response-view.js';

interface ResponseOptions {
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

/** Input for derived values of a view, or a function that computes the input from the shown rows. */
type Giving = Row | ((rows: Row[]) => Promise<Row>);

interface PageResponseOptions {
  action?: string;
  panelId?: string | (() => Promise<string>);
  orderBy?: string;
  given?: Giving;
  /**
   * Query as sent by the reader. The cursor is bound to this query; needed if the filter also depends on the reader or
   * the date.
   */
  asked?: object;
  /** Panel in whose context rows without a panel of their own are read; defaults to all panels. */
  inPanel?: string;
  /** Part of the filter whose columns an allow rule must show in order to apply; defaults to the whole filter. */
  restsOn?: Where;
}

export class ResponsePresenter {
  /** The actor with all scopes: a client registered for a command may receive the response to that command. */
  private readonly reader: Actor;

  constructor(
    private readonly actor: Actor,
    private readonly records: AuthorizedRepository,
    private readonly masks: RowMasks,
    /** Identifiers of rows inserted in this unit of work. */
    private readonly insertedIds: ReadonlySet<string>,
    private readonly audit: AuditTrail,
  ) {
    this.reader = withoutScopes(actor);
  }

  /** Returns one loaded row as a response with an ETag, and records the reading. */
  async one(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', how = 'view', extra = {}, given, reason }: ResponseOptions = {},
  ): Promise<AuthorizedResponse> {
    const found = await this.asReadFor(action, view, row as Row);
    const asSeen = await this.masks.mask(view, action, [{ ...found, ...extra }], this.reader);
    const [whole, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    // a creation response with the actor's own content is already recorded by the entry of the insert
    if (status === 200 || isDisclosed(this.actor, subjectOf(shapeOf(view).record), whole, masked))
      await this.audit.reading(how, action, view, asSeen, reason ? { reason } : {});
    const body = this.bodyOf(view, whole, masked, given);
    const text = JSON.stringify(body);
    const etag = entityTag(stateOf(view, whole['version'] as number | undefined, masked), text);
    const shows = { view: view.name, id: whole['id'] as string };
    return new AuthorizedResponse(body, status, { etag }, text, undefined, shows);
  }

  /** Reads the row again under the policy and returns it as the response to a command. */
  async found(view: ViewClass, id: string, status = 200, given: Giving = {}): Promise<AuthorizedResponse> {
    const row = await this.records.find('read', shapeOf(view).record, id);
    return this.one(view, row, { status, given: typeof given === 'function' ? await given([row as Row]) : given });
  }

  /** Returns a page of permitted rows. `withheld` lists the withheld categories of the panel `panelId`. */
  async page(
    view: ViewClass,
    filter: Where,
    query: PageQuery,
    { action = 'read', panelId, orderBy, given, inPanel, asked = filter, restsOn = filter }: PageResponseOptions = {},
  ): Promise<AuthorizedResponse> {
    const { record, properties } = shapeOf(view);
    const subject = subjectOf(record);
    refuseWithheldFields(this.actor, subject, fieldsOfFilter(subject, filter), filter['panelId'] as string | undefined);
    const limit = query.limit ?? 25;
    const fingerprint = `${view.name} ${orderBy ?? ''} ${inPanel ?? ''} ${JSON.stringify(asked)}`;
    const after = query.cursor ? readCursor(this.actor, fingerprint, query.cursor) : undefined;
    // a function may compute values from any column of the rows
    const shows = typeof given === 'function' ? undefined : new Set(properties.keys());
    const key = `${view.name} ${String(!shows)}`;
    const paging = { action, orderBy, inPanel, shows, restsOn, key };
    const rows = await this.records.page(record, filter, limit + 1, after, paging);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return this.asList(
      await this.bodies('list', action, view, shown, {
        given: typeof given === 'function' ? await given(shown) : given,
      }),
      rows.length > limit && last
        ? makeCursor(this.actor, fingerprint, { at: last[CURSOR] as string, id: last['id'] as string })
        : null,
      panelId ? this.withheldCategories(typeof panelId === 'function' ? await panelId() : panelId) : [],
    );
  }

  /**
   * Finds rows by content. Only rows in which the reader sees the filtered columns match, so that a match reveals no
   * more than a read.
   */
  async search(
    view: ViewClass,
    filter: Where,
    { limit = 25, inPanel }: { limit?: number; inPanel?: string } = {},
  ): Promise<AuthorizedResponse> {
    const { record } = shapeOf(view);
    const found = await this.records.findMany('read', record as RecordClass<Row>, filter, limit, inPanel);
    return this.asList(await this.bodies('search', 'read', view, found, { search: filter }));
  }

  /** Returns loaded rows as a list without paging (for short, bounded lists). */
  async list(
    view: ViewClass,
    rows: object[],
    { action = 'read', given, how = 'list' }: Pick<ResponseOptions, 'action' | 'given' | 'how'> = {},
  ): Promise<AuthorizedResponse> {
    return this.asList(await this.bodies(how, action, view, rows as Row[], { given }));
  }

  /** Reduces a stored response to what may still be shown; returns the identical body if nothing was lost. */
  async again(view: ViewClass, id: string, before: Row): Promise<Row> {
    const shape = shapeOf(view);
    const subject = subjectOf(shape.record);
    const row = await this.records.findAs(this.reader, 'read', shape.record, id);
    if (!row)
      throw new Refusal(
        notFound(),
        refusalDraft({ action: 'read', subjectType: subject.name, rule: 'not-found', recordIds: [id] }),
      );
    const asSeen = await this.masks.mask(view, 'read', [row], this.reader);
    const [current, { shown, withheld }] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    this.audit.noteRepeated(shape.record, row);
    const isHidden = (field: string): boolean =>
      (shape.references.has(field) && current[field] === null) || reveals(subject, row, field, before[field]);
    const fields = Object.keys(before).filter((field) => field !== 'withheld');
    if (fields.every((field) => shown.includes(field) && (before[field] === null || !isHidden(field)))) return before;
    const still = fields.filter((one) => shown.includes(one));
    return { ...Object.fromEntries(still.map((one) => [one, isHidden(one) ? current[one] : before[one]])), withheld };
  }

  /** Returns the categories of which the reader may not learn whether the panel holds data. */
  withheldCategories(panelId: string): string[] {
    return permissionsOf(this.actor).memoize(`withheld ${panelId}`, () =>
      withheldCategories(this.actor, panelId).map(({ category }) => category),
    );
  }

  /**
   * Loads which fields the reader is shown, if the row was found for a command. A creator without read access gets all
   * written fields; any other actor without read access gets only identifier and version.
   */
  private async asReadFor(action: string, view: ViewClass, row: Row): Promise<Row> {
    const { record } = shapeOf(view);
    if (!isReadForAnother(this.reader, subjectOf(record), action, row)) return row;
    const id = row['id'] as string;
    const read = await this.records.findAs(this.reader, action, record, id);
    return read
      ? { ...row, ...read }
      : withFieldsOf(this.insertedIds.has(id) ? 'whoever made it' : 'nobody', action, row);
  }

  private asList(data: object[], next: string | null = null, withheld: string[] = []): AuthorizedResponse {
    return new AuthorizedResponse({ data, next, withheld } satisfies PageOf<object>);
  }

  /** Masks rows, records the reading and returns the response bodies. */
  private async bodies(
    how: string,
    action: string,
    view: ViewClass,
    found: Row[],
    { given, ...more }: Partial<AuditDraft> & { given?: Row } = {},
  ): Promise<object[]> {
    const asSeen = await this.masks.mask(view, action, found);
    await this.audit.reading(how, action, view, asSeen, more);
    return asSeen.rows.map((row, index) => this.bodyOf(view, row, asSeen.masks[index] as FieldMask, given));
  }

  private bodyOf(view: ViewClass, row: Row, { shown, withheld }: FieldMask, given: Row = {}): Row {
    const body = Object.fromEntries(shown.map((field) => [field, row[field] ?? null]));
    const { derive, record } = shapeOf(view);
    const flags = Object.fromEntries(Object.keys(subjectOf(record).flags).map((flag) => [flag, row[flag]]));
    const derived = Object.entries(derive?.(body, this.actor.now, { ...given, ...flags }) ?? {}).filter(
      ([field]) => field in body,
    );
    return { ...body, ...Object.fromEntries(derived), withheld };
  }
}
