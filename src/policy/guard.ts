/**
 * The permission guard: closed by default. A route says which action on which subject it is (`@Can`), or that it is open to
 * everybody and why (`@SignedIn`, `@Open`); a route that says none of it stops the boot.
 *
 * The guard does not decide about records: `work.find` and `work.page` do, in the query. It refuses where no
 * ground at all could open the action to this actor on a whole collection, and says so.
 */
import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
  type CustomDecorator,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { admit, type Actor } from './actor.js';
import { refused, unauthenticated, type Problem } from './problems.js';
import { routeConfig } from './route-config.js';
import { hasAnyGround, subjectOf, type RecordClass, type Subject } from './subjects.js';
import { deedOf, whoMay, wordsFor } from './wording.js';

export const CAN = 'wardmote:can';
export const OPEN = 'wardmote:open';
const SIGNED_IN = 'wardmote:signed-in';
const PATH_METADATA = 'path';

export interface CanMetadata {
  action: string;
  subject: RecordClass;
}

/** This route performs `action` on `subject`. */
export const Can = (action: string, subject: RecordClass): MethodDecorator =>
  applyDecorators(SetMetadata(CAN, { action, subject } satisfies CanMetadata), routeConfig({ needsSignIn: true }));

/** Anybody may call this route without signing in, because … */
export const Open = (because: string): CustomDecorator => SetMetadata(OPEN, because);

/** This route is open to everybody who signed in, because … */
export const SignedIn = (because: string): MethodDecorator =>
  applyDecorators(SetMetadata(SIGNED_IN, because), routeConfig({ needsSignIn: true }));

/** Where a refusal at the door is written down, before it is told. The records area provides it; the guard only asks. */
export abstract class Refusals {
  abstract refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void>;
}

/** The actor of the request. */
export const By = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Actor }>().user,
);

@Injectable()
export class PolicyGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly refusals: Refusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<string | undefined>(OPEN, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<{ user?: Actor; params: Record<string, string> }>();
    const actor = request.user;
    if (!actor) throw unauthenticated('Send a valid access token as `Authorization: Bearer …`.');
    const can = this.reflector.get<CanMetadata | undefined>(CAN, context.getHandler());
    if (!can) return this.reflector.get<string | undefined>(SIGNED_IN, context.getHandler()) !== undefined;
    const subject = subjectOf(can.subject);
    const isCollection = Object.keys(request.params).length === 0;
    await admit(
      actor,
      () => this.closedTo(actor, can.action, subject, isCollection),
      ({ code }) => this.refusals.refused(actor, can.action, subject.name, code),
    );
    return true;
  }

  private closedTo(actor: Actor, action: string, subject: Subject, isCollection: boolean): Problem | null {
    const scope = `${action}:${subject.name}`;
    if (actor.scopes && !actor.scopes.includes(scope))
      return refused('insufficient-scope', `This client needs the scope ${scope}, registered and asked for.`, {
        requiredScope: scope,
      });
    if (!isCollection || hasAnyGround(actor, subject, action)) return null;
    const why =
      subject.whyClosed?.(actor) ??
      `There is no ${wordsFor(subject).title} with which you may do this (${deedOf(subject, action)}). ${whoMay(subject, action)}`;
    return refused('no-ground', why, { rule: 'deny-by-default' });
  }

  onApplicationBootstrap(): void {
    const closed = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype = metatype.prototype as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((name) => ({ name: `${metatype.name}.${name}`, handler: prototype[name] as () => unknown }))
        .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler))
        .filter(({ handler }) => [CAN, SIGNED_IN, OPEN].every((key) => !this.reflector.get(key, handler)))
        .map(({ name }) => name);
    });
    if (closed.length) throw new Error(`routes without @Can, @SignedIn or @Open: ${closed.join(', ')}`);
  }
}
