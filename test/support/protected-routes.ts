/**
 * The doors of the service: which route performs which action on which record, as its `@RequirePermission` says, and at which address a
 * given row is found. Derived from the built router and the OpenAPI document.
 */
import 'reflect-metadata';
import type { RecordClass } from '../../src/database/columns.ts';
import { v1, type Operation } from './operations.ts';
import type { Subject } from '../../src/authorization/subject.types.ts';

export interface Door extends Operation {
  action: string;
  subject: Subject;
}

export type Row = Record<string, unknown> & { id: string };

interface Policy {
  subjectOf: (type: RecordClass) => Subject;
  relationOf: (subject: Subject, name: string) => { to: RecordClass; local: string };
}

type Handler = (...args: unknown[]) => unknown;
const METHODS = ['get', 'post', 'put', 'delete', 'patch'];

/** Every route that is a door: those of `@Authenticated` and `@Public` are about no record. */
export async function doors(policy: Policy): Promise<Door[]> {
  const { AppModule } = await import('#built/app.module');
  const { PERMISSION_KEY: CAN } = await import('#built/authorization/permission.guard');
  const { imports = [] } = AppModule.compose();
  const modules = imports.map((one) => ('module' in one ? one.module : one) as object);
  const found = modules
    .flatMap((module) => (Reflect.getMetadata('controllers', module) ?? []) as { prototype: object }[])
    .flatMap((controller) => {
      const base = Reflect.getMetadata('path', controller) as string;
      const handlers = Object.getOwnPropertyNames(controller.prototype).map(
        (name) => (controller.prototype as Record<string, Handler>)[name] as Handler,
      );
      return handlers.flatMap((handler) => {
        const can = Reflect.getMetadata(CAN, handler) as { action: string; subject: RecordClass } | undefined;
        if (!can) return [];
        const own = Reflect.getMetadata('path', handler) as string;
        const path = `/${[base, own].filter((part) => part && part !== '/').join('/')}`.replaceAll(/:(\w+)/g, '{$1}');
        const method = METHODS[Reflect.getMetadata('method', handler) as number];
        return [{ path, method, action: can.action, subject: policy.subjectOf(can.subject) }];
      });
    });
  return found.map(({ path, method, ...can }) => {
    const operation = v1.find((one) => one.path === path && one.method === method);
    if (!operation) throw new Error(`${String(method)} ${path} is not in the document`);
    return { ...operation, ...can };
  });
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** Finds the addresses of rows, whose parents are rows too. */
export class Addresses {
  private readonly all: Door[];
  private readonly rows: Map<Subject, Map<string, Row>>;
  private readonly policy: Policy;

  constructor(all: Door[], rows: Map<Subject, Map<string, Row>>, policy: Policy) {
    this.all = all;
    this.rows = rows;
    this.policy = policy;
  }

  /** The records named by the identifiers in the path, in their order. */
  named(path: string): Subject[] {
    return [...path.matchAll(/\{\w+\}/g)].map(({ 0: text, index }) => {
      const prefix = path.slice(0, index + text.length);
      const at = (method: string, where: string): Door | undefined =>
        this.all.find((one) => one.method === method && one.path === where);
      const found = at('get', prefix) ?? at('patch', prefix) ?? at('get', prefix.slice(0, prefix.lastIndexOf('/')));
      if (!found) throw new Error(`no route tells what is named at the end of ${prefix}`);
      return found.subject;
    });
  }

  /** Is the row itself named in the path, rather than in the body or found in a list? */
  isNamed(door: Door): boolean {
    return this.named(door.path).includes(door.subject);
  }

  /** The address at which this door opens on the row, or null where the row stands under no such record. */
  of(door: Door, row: Row): string | null {
    const ids = this.named(door.path).map((subject) => this.idOf(subject, door.subject, row));
    if (ids.some((id) => !id)) return null;
    let index = 0;
    return door.path.replaceAll(/\{\w+\}/g, () => ids[index++] as string);
  }

  /** The body's property that names the row. */
  inBody(door: Door): string {
    return `${camel(door.subject.name)}Id`;
  }

  /** What of the record `above` the row stands under: by a relation, by a column of its name, or through its own parent. */
  private idOf(above: Subject, subject: Subject, row: Row): string | null {
    if (above === subject) return row.id;
    const relation = Object.values(subject.relations).find(
      ({ to, local }) => local !== 'id' && this.policy.subjectOf(to) === above,
    );
    const own = row[relation?.local ?? `${camel(above.name)}Id`];
    if (own !== undefined) return own as string | null;
    if (subject.parent) {
      const { to, local } = this.policy.relationOf(subject, subject.parent);
      const parent = this.policy.subjectOf(to);
      const parentRow = this.rows.get(parent)?.get(row[local] as string);
      const through = parentRow && this.idOf(above, parent, parentRow);
      if (through) return through;
    }
    // a new part of something beside it: a case is listed at a meeting of its panel
    const beside = [...(this.rows.get(above)?.values() ?? [])].find(
      (one) => one['panelId'] !== undefined && one['panelId'] === row['panelId'],
    );
    return beside?.id ?? null;
  }
}
