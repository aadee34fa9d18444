/**
 * Permission guard: routes are closed by default. A route declares its action and subject (`@RequirePermission`), or
 * the reason why it is open (`@Authenticated`, `@Public`). A route with none of these decorators stops the application
 * at start.
 *
 * The guard does not decide about records: `work.records` and `work.respond` add the rules to their queries. The guard
 * refuses only if no allow rule could permit the action on any record of the collection, or a machine client lacks the
 * scope.
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
import { refuseAfterReload, type Actor } from '../authentication/actor.js';
import { refused, unauthenticated, type Problem } from '../http/problems.js';
import { routeConfig } from '../http/route-config.js';
import { subjectOf } from './subjects.js';
import type { RecordClass } from '../database/columns.js';
import { actionPhrase, sentenceOfWhoMay, wordingOf } from './wording.js';
import type { Subject } from './subject.types.js';
import { hasApplicableRule, inScope } from './applicable-rules.js';

export const PERMISSION_KEY = 'wardmote:can';
export const PUBLIC_KEY = 'wardmote:open';
const SIGNED_IN = 'wardmote:signed-in';
const PATH_METADATA = 'path';

export interface RequiredPermission {
  action: string;
  subject: RecordClass;
}

/** Declares that the route performs `action` on `subject`. */
export const RequirePermission = <A extends string>(
  action: NoInfer<A>,
  subject: RecordClass<object, A>,
): MethodDecorator =>
  applyDecorators(
    SetMetadata(PERMISSION_KEY, { action, subject } satisfies RequiredPermission),
    routeConfig({ needsSignIn: true }),
  );

/** Opens a route to unauthenticated callers; `because` gives the reason. */
export const Public = (because: string): CustomDecorator => SetMetadata(PUBLIC_KEY, because);

/** Opens a route to every authenticated actor; `because` gives the reason. */
export const Authenticated = (because: string): MethodDecorator =>
  applyDecorators(SetMetadata(SIGNED_IN, because), routeConfig({ needsSignIn: true }));

/** Records a refusal of the permission guard before the response is sent. The records area implements this class. */
export abstract class RefusalRecorder {
  abstract refused(actor: Actor, action: string, subjectType: string, rule: string): Promise<void>;
}

/** Injects the actor of the request. */
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
    await refuseAfterReload(
      actor,
      () => this.closedTo(actor, can.action, subject, isCollection),
      ({ code }) => this.refusals.refused(actor, can.action, subject.name, code),
    );
    return true;
  }

  private closedTo(actor: Actor, action: string, subject: Subject, isCollection: boolean): Problem | null {
    const scope = `${action}:${subject.name}`;
    if (!inScope(actor, subject, action))
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
    if (closed.length)
      throw new Error(`routes without @RequirePermission, @Authenticated or @Public: ${closed.join(', ')}`);
  }
}
