/**
 * Converts every error into an RFC 9457 problem response. Covers refusals of the policy, failed validation, body parser
 * errors, unknown routes, and internal errors, which reveal nothing but their correlation id. A response contains no
 * record value, no SQL and no stack trace.
 */
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, unauthenticated, type FieldError } from './problems.js';
import { correlationIdOf } from './request-context.js';
import { databaseProblem } from './database-problems.js';
import { methodsOf } from './known-routes.js';

const TITLES: Record<number, [code: string, title: string, detail: string]> = {
  400: ['invalid', 'Invalid request', 'The request could not be read. Check its syntax.'],
  401: ['unauthenticated', 'Sign in first', 'Send a valid access token as `Authorization: Bearer …`.'],
  404: ['not-found', 'Not found', 'There is nothing at this address.'],
  405: ['method-not-allowed', 'Method not allowed', 'This address does not answer to this method.'],
  406: ['not-acceptable', 'Not acceptable', 'Ask for application/json.'],
  408: ['too-slow', 'Request timed out', 'The request took too long to arrive. Repeat it.'],
  413: ['too-large', 'Too large', 'The request body is larger than this service accepts. Send less at once.'],
  414: ['address-too-long', 'Address too long', 'Shorten the address.'],
  415: ['unsupported-media-type', 'Unsupported media type', 'Send the body as application/json.'],
  429: ['too-many-requests', 'Too many requests', 'Wait as long as Retry-After says.'],
  431: ['headers-too-large', 'Headers too large', 'Send fewer or shorter headers.'],
};

const MOST_ERRORS = 50;
const MOST_POINTER = 1000;
const MOST_DETAIL = 1000;
const MOST_ERROR_CHARACTERS = 32_000;

export function toProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  const ofDatabase = databaseProblem(error);
  if (ofDatabase) return ofDatabase;
  const status =
    error instanceof HttpException ? error.getStatus() : ((error as { statusCode?: number } | null)?.statusCode ?? 500);
  if (status === 401) return unauthenticated('Send a valid access token as `Authorization: Bearer …`.');
  const known = TITLES[status] ?? (status < 500 ? TITLES[400] : undefined);
  return known ? new Problem(status, ...known) : null;
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  let problem = request.is404 ? noSuchRoute(request) : toProblem(error);
  if (!problem) {
    request.log.error({ correlationId: correlationIdOf(request), fault: faultOf(error) }, 'a fault of the service');
    problem = new Problem(500, 'fault', 'A fault of the service', 'The fault was noted. Repeat the request later.');
  }
  const { headers, errors, ...members } = problem.more;
  void reply
    .status(problem.status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .type('application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: `https://wardmote.example/problems/${problem.code}`,
        title: problem.title,
        status: problem.status,
        code: problem.code,
        detail: problem.detail,
        ...(errors ? { errors: bounded(errors) } : {}),
        ...members,
        correlationId: correlationIdOf(request),
      }),
    );
}

/** Truncates the list of errors, so that the size of the response is bounded. */
function bounded(errors: readonly FieldError[]): FieldError[] {
  let left = MOST_ERROR_CHARACTERS;
  return errors
    .slice(0, MOST_ERRORS)
    .map(({ pointer, detail, ...more }) => ({
      pointer: pointer.slice(0, MOST_POINTER),
      detail: detail.slice(0, MOST_DETAIL),
      ...more,
    }))
    .filter(({ pointer, detail }) => (left -= pointer.length + detail.length) >= 0);
}

function noSuchRoute(request: FastifyRequest): Problem {
  const methods = methodsOf(request.url);
  if (!methods.length) return new Problem(404, ...(TITLES[404] as [string, string, string]));
  return new Problem(
    405,
    'method-not-allowed',
    'Method not allowed',
    `This address answers to ${methods.join(', ')}.`,
    {
      headers: { allow: methods.join(', ') },
    },
  );
}

/**
 * Returns name, code and stack frames of an error for the log. The message is left out, because a message may quote
 * values.
 */
function faultOf(error: unknown): { name: string; at: string[]; code?: string } {
  const fault = error instanceof Error ? error : new Error('not an error');
  const code = ((fault.cause instanceof Error ? fault.cause : fault) as { code?: string }).code;
  const at = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: fault.name, at: at.slice(0, 8), ...(code ? { code } : {}) };
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
