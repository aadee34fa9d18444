/**
 * Responses of one unit of work. Masks rows, records the reading and builds the body of the view. Only responses made
 * here leave the service.
 */
import type { Actor } from '../authentication/actor.js';
import { permissionsOf, withoutScopes } from '../authorization/actor-permissions.js';
import type { Row, Where } from '../authorization/conditions.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { DatabaseSession } from './database-session.js';
import type { AuditDraft } from './audit-recording.js';
import { type AuditTrail, isDisclosed } from './audit-trail.js';
import type { AuthorizedRepository } from './authorized-repository.js';
import { AuthorizedResponse, type PageOf } from './authorized-response.js';
import { entityTag, stateOf } from './entity-tag.js';
import type { RowMasks } from './row-masks.js';
import { fieldsOfFilter, refuseWithheldFields } from './filter-authorization.js';
import { findPage, type PageOptions } from './record-page.js';
import { shapeOf, type ViewClass } from './response-view.js';
import { withheldCategories } from '../authorization/withheld-categories.js';
import { isReadForAnother, withFieldsOf, type FieldMask } from './field-mask.js';
import type { CheckedFilter } from '../authorization/checked-names.js';

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
type Giving<T> = Row | ((rows: T[]) => Promise<Row>);

interface PageResponseOptions<T> extends Omit<PageOptions, 'loadsAllColumns'> {
  /** Panel whose withheld categories the response lists. */
  panelId?: string | (() => Promise<string>);
  given?: Giving<T>;
}

/** Parts of a unit of work that make a response. */
interface PresentedWork {
  readonly actor: Actor;
  readonly records: AuthorizedRepository;
  readonly masks: RowMasks;
  readonly audit: AuditTrail;
  readonly insertedIds: ReadonlySet<string>;
}

export class ResponsePresenter {
  constructor(
    private readonly work: PresentedWork,
    private readonly session: DatabaseSession,
  ) {}

  /** Returns one loaded row as a response with an ETag, and records the reading. */
  async one(
    view: ViewClass,
    row: object,
    { status = 200, action = 'read', how = 'view', extra = {}, given, reason }: ResponseOptions = {},
  ): Promise<AuthorizedResponse> {
    const found = await this.asReadFor(action, view, row as Row);
    const asSeen = await this.work.masks.mask(view, action, [{ ...found, ...extra }], this.reader);
    const [whole, masked] = [asSeen.rows[0] as Row, asSeen.masks[0] as FieldMask];
    // a creation response with the actor's own content is already recorded by the entry of the insert
    if (status === 200 || isDisclosed(this.work.actor, subjectOf(shapeOf(view).record), whole, masked))
      await this.work.audit.reading(how, action, view, asSeen, reason ? { reason } : {});
    const body = this.bodyOf(view, whole, masked, given);
    const text = JSON.stringify(body);
    const etag = entityTag(stateOf(view, whole['version'] as number | undefined, masked), text);
    const shows = { view: view.name, id: whole['id'] as string };
    return new AuthorizedResponse(body, status, { etag }, text, undefined, shows);
  }

  /** Reads the row again under the policy and returns it as the response to a command. */
  async found<T extends object>(
    view: ViewClass<T>,
    id: string,
    status = 200,
    given: Giving<T> = {},
  ): Promise<AuthorizedResponse> {
    const row = await this.work.records.find('read', shapeOf(view).record, id);
    return this.one(view, row, { status, given: typeof given === 'function' ? await given([row as T]) : given });
  }

  /** Returns a page of permitted rows. `withheld` lists the withheld categories of the panel `panelId`. */
  async page<T extends object, F extends Where>(
    view: ViewClass<T>,
    filter: F & CheckedFilter<T, F>,
    query: PageQuery,
    { panelId, given, ...paging }: PageResponseOptions<T> = {},
  ): Promise<AuthorizedResponse> {
    const { actor } = this.work;
    const subject = subjectOf(shapeOf(view).record);
    refuseWithheldFields(actor, subject, fieldsOfFilter(subject, filter), filter['panelId'] as string | undefined);
    // a function may compute values from any column of the rows
    const loadsAllColumns = typeof given === 'function';
    const { rows, next } = await findPage(this.session, actor, view, filter, query, { ...paging, loadsAllColumns });
    const input = typeof given === 'function' ? await given(rows as T[]) : given;
    const data = await this.bodies('list', paging.action ?? 'read', view, rows, { given: input });
    const ofPanel = typeof panelId === 'function' ? await panelId() : panelId;
    return this.asList(data, next, ofPanel ? this.withheldCategories(ofPanel) : []);
  }

  /**
   * Finds rows by content. Only rows in which the reader sees the filtered columns match, so that a match reveals no
   * more than a read.
   */
  async search<T extends object, F extends Where>(
    view: ViewClass<T>,
    filter: F & CheckedFilter<T, F>,
    { limit = 25, inPanel }: { limit?: number; inPanel?: string } = {},
  ): Promise<AuthorizedResponse> {
    const { record } = shapeOf(view);
    const rows = record as RecordClass<Row>;
    const found = await this.work.records.findMany<Row, string, Where>('read', rows, filter, limit, inPanel);
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

  /** Returns the categories of which the reader may not learn whether the panel holds data. */
  withheldCategories(panelId: string): string[] {
    return permissionsOf(this.work.actor).memoize(`withheld ${panelId}`, () =>
      withheldCategories(this.work.actor, panelId).map(({ category }) => category),
    );
  }

  /** The actor with all scopes: a client registered for a command may receive the response to that command. */
  private get reader(): Actor {
    return withoutScopes(this.work.actor);
  }

  /**
   * Loads which fields the reader is shown, if the row was found for a command. A creator without read access gets all
   * written fields; any other actor without read access gets only identifier and version.
   */
  private async asReadFor(action: string, view: ViewClass, row: Row): Promise<Row> {
    const { record } = shapeOf(view);
    if (!isReadForAnother(this.reader, subjectOf(record), action, row)) return row;
    const id = row['id'] as string;
    const read = await this.work.records.findAs(this.reader, action, record, id);
    return read
      ? { ...row, ...read }
      : withFieldsOf(this.work.insertedIds.has(id) ? 'whoever made it' : 'nobody', action, row);
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
    const asSeen = await this.work.masks.mask(view, action, found);
    await this.work.audit.reading(how, action, view, asSeen, more);
    return asSeen.rows.map((row, index) => this.bodyOf(view, row, asSeen.masks[index] as FieldMask, given));
  }

  private bodyOf(view: ViewClass, row: Row, { shown, withheld }: FieldMask, given: Row = {}): Row {
    const body = Object.fromEntries(shown.map((field) => [field, row[field] ?? null]));
    const { derive, record } = shapeOf(view);
    const flags = Object.fromEntries(Object.keys(subjectOf(record).flags).map((flag) => [flag, row[flag]]));
    const derived = Object.entries(derive?.(body, this.work.actor.now, { ...given, ...flags }) ?? {}).filter(
      ([field]) => field in body,
    );
    return { ...body, ...Object.fromEntries(derived), withheld };
  }
}
