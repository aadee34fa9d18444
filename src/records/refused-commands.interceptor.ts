import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import type { Actor } from '../authentication/actor.js';
import { PERMISSION_KEY, type RequiredPermission } from '../authorization/permission.guard.js';
import { subjectOf } from '../authorization/subjects.js';
import { AuditLog } from './audit-recording.js';
import { toProblem } from '../http/problem.filter.js';
import { isAudited, refusalDraft } from './refusal-drafts.js';

/** Statuses of refusals: permission, unknown or hidden record, conflict, failed precondition, domain rule. */
const REFUSING = [403, 404, 409, 412, 422, 428];

/**
 * Records refused requests that the unit of work has not already recorded with their records. The entry commits before
 * the response is sent. Source: Data Protection Act 2018, section 62; design, section 1, principle 12.
 */
@Injectable()
export class RefusedCommandsInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly auditLog: AuditLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const can = this.reflector.get<RequiredPermission | undefined>(PERMISSION_KEY, context.getHandler());
    const { user } = context.switchToHttp().getRequest<FastifyRequest & { user?: Actor }>();
    if (!can || !user) return next.handle();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        const problem = toProblem(error);
        if (problem && REFUSING.includes(problem.status) && !isAudited(error))
          await this.auditLog.record(user, [
            refusalDraft({ action: can.action, subjectType: subjectOf(can.subject).name, rule: problem.code }),
          ]);
        throw error;
      }),
    );
  }
}
