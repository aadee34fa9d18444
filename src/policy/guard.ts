/**
 * The first hop: closed by default. A route says which action on which subject it is (`@Can`), or that it is open to
 * everybody and why (`@SignedIn`, `@Open`); a route that says none of it stops the boot.
 *
 * The guard does not decide about records: `records.find` and `records.list` do, in the query. It refuses where no
 * ground at all could open the action to this actor on a whole collection, and says so.
 */
import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type ExecutionContext,
  type CustomDecorator,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { Actor } from './actor.js';
import { refused } from './problems.js';
import { hasAnyGround, subjectOf, type RecordClass } from './subjects.js';

export const CAN = 'wardmote:can';
export const OPEN = 'wardmote:open';
const SIGNED_IN = 'wardmote:signed-in';
const PATH_METADATA = 'path';

export interface CanMetadata {
  action: string;
  subject: RecordClass;
}

/** This route performs `action` on `subject`. */
export const Can = (action: string, subject: RecordClass): CustomDecorator =>
  SetMetadata(CAN, { action, subject } satisfies CanMetadata);

/** This route is open to nobody in particular, because … */
export const Open = (because: string): CustomDecorator => SetMetadata(OPEN, because);

/** This route is open to everybody who signed in, because … */
export const SignedIn = (because: string): CustomDecorator => SetMetadata(SIGNED_IN, because);

/** The actor of the request. */
export const By = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<{ user: Actor }>().user,
);

@Injectable()
export class PolicyGuard extends AuthGuard('jwt') implements OnApplicationBootstrap {
  constructor(
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<string | undefined>(OPEN, context.getHandler())) return true;
    await super.canActivate(context);
    const can = this.reflector.get<CanMetadata | undefined>(CAN, context.getHandler());
    if (!can) return this.reflector.get<string | undefined>(SIGNED_IN, context.getHandler()) !== undefined;
    const request = context.switchToHttp().getRequest<{ user: Actor; params: Record<string, string> }>();
    const subject = subjectOf(can.subject);
    const scope = `${can.action}:${subject.name}`;
    const { scopes } = request.user;
    if (scopes && !scopes.includes(scope))
      throw refused('insufficient-scope', `This client needs the scope ${scope}, registered and asked for.`, {
        requiredScope: scope,
      });
    const isCollection = Object.keys(request.params).length === 0;
    if (isCollection && !hasAnyGround(request.user, subject, can.action))
      throw refused('no-ground', `No rule of the policy lets you ${can.action} ${subject.name} records.`, {
        rule: 'deny-by-default',
      });
    return true;
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
