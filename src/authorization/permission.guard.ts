/**
 * The permission guard: closed by default. A route says which action on which subject it is (`@RequirePermission`), or that it is open to
 * everybody and why (`@Authenticated`, `@Public`); a route that says none of it stops the boot.
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
import { refuseUnlessReloaded, type Actor } from '../authentication/actor.js';
import { refused, unauthenticated, type Problem } from '../http/problems.js';
import { routeConfig } from '../http/route-config.js';
import { hasApplicableRule, subjectOf, type Subject } from './subjects.js';
import { type RecordClass } from '../database/record-class.js';
import { actionPhrase, sentenceOfWhoMay, wordingOf } from './wording.js';

export const PERMISSION_KEY = 'wardmote:can';
export const PUBLIC_KEY = 'wardmote:open';
const SIGNED_IN = 'wardmote:signed-in';
const PATH_METADATA = 'path';

export interface RequiredPermission {
  action: string;
  subject: RecordClass;
}

/** This route performs `action` on `subject`. */
export const RequirePermission = (action: string, subject: RecordClass): MethodDecorator =>
  applyDecorators(
    SetMetadata(PERMISSION_KEY, { action, subject } satisfies RequiredPermission),
    routeConfig({ needsSignIn: true }),
  );

/** Anybody may call this route without signing in, because … */
export const Public = (because: string): CustomDecorator => SetMetadata(PUBLIC_KEY, because);

/** This route is open to everybody who signed in, because … */
export const Authenticated = (because: string): MethodDecorator =>
  applyDecorators(SetMetadata(SIGNED_IN, because), routeConfig({ needsSignIn: true }));

/** Where a refusal at the door is written down, before it is told. The records area provides it; the guard only asks. */
export abstract class RefusalRecorder {
  abstract refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void>;
}

/** The actor of the request. */
export const CurrentActor = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Actor }>().user,
);

@Injectable()
export class PermissionGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly refusals: RefusalRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<string | undefined>(PUBLIC_KEY, context.getHandler())) return true;
    const request = context.switchToHttp().getRequest<{ user?: Actor; params: Record<string, string> }>();
    const actor = request.user;
    if (!actor) throw unauthenticated('Send a valid access token as `Authorization: Bearer …`.');
    const can = this.reflector.get<RequiredPermission | undefined>(PERMISSION_KEY, context.getHandler());
    if (!can) return this.reflector.get<string | undefined>(SIGNED_IN, context.getHandler()) !== undefined;
    const subject = subjectOf(can.subject);
    const isCollection = Object.keys(request.params).length === 0;
    await refuseUnlessReloaded(
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
    if (!isCollection || hasApplicableRule(actor, subject, action)) return null;
    const why =
      subject.whyClosed?.(actor) ??
      `There is no ${wordingOf(subject).title} with which you may do this (${actionPhrase(subject, action)}). ${sentenceOfWhoMay(subject, action)}`;
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
        .filter(({ handler }) =>
          [PERMISSION_KEY, SIGNED_IN, PUBLIC_KEY].every((key) => !this.reflector.get(key, handler)),
        )
        .map(({ name }) => name);
    });
    if (closed.length) throw new Error(`routes without @Can, @SignedIn or @Open: ${closed.join(', ')}`);
  }
}
