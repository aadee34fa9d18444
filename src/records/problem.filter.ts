/**
 * Every error leaves here, as an RFC 9457 problem: refusals of the policy, failed validation, the body parser, unknown
 * routes, and faults of ours (which say nothing but their correlation id). No value of a record, no SQL, no stack.
 */
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryFailedError } from 'typeorm';
import { conflict, invalid, Problem, unauthenticated } from '../policy/problems.js';
import { correlationOf } from './call.js';
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

const VIOLATIONS: Record<string, Problem> = {
  '23505': conflict('already-exists', 'A record with these values exists already.'),
  '23P01': conflict('already-exists', 'A record for an overlapping time exists already.'),
  '23502': invalid('A value that is required is missing or null.', [], 'value-required'),
  '23503': invalid('A record that this request refers to does not exist.', [], 'unknown-reference'),
  '23514': invalid('A value breaks a rule of the record.', [], 'rule-of-record'),
  '22P05': invalid('A text holds a character that cannot be stored.'),
  '22003': invalid('A number is too large or too small.'),
  '55P03': conflict('busy', 'Somebody else is changing this record. Repeat the request shortly.'),
  '40001': conflict('busy', 'Somebody else is changing this record. Repeat the request shortly.'),
  '40P01': conflict('busy', 'Somebody else is changing this record. Repeat the request shortly.'),
};

export function toProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof QueryFailedError) return VIOLATIONS[(error.driverError as { code?: string }).code ?? ''] ?? null;
  const status =
    error instanceof HttpException ? error.getStatus() : ((error as { statusCode?: number } | null)?.statusCode ?? 500);
  if (status === 401) return unauthenticated('Send a valid access token as `Authorization: Bearer …`.');
  const known = TITLES[status] ?? (status < 500 ? TITLES[400] : undefined);
  return known ? new Problem(status, ...known) : null;
}

export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  let problem = request.is404 ? noSuchRoute(request) : toProblem(error);
  if (!problem) {
    request.log.error({ correlationId: correlationOf(request), fault: faultOf(error) }, 'a fault of the service');
    problem = new Problem(500, 'fault', 'A fault of the service', 'The fault was noted. Repeat the request later.');
  }
  const { headers, ...members } = problem.more;
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
        ...members,
        correlationId: correlationOf(request),
      }),
    );
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

/** Where the fault is, without the values that a message may quote. */
function faultOf(error: unknown): { name: string; at: string[]; code?: string } {
  const fault = error instanceof Error ? error : new Error('not an error');
  const code = (fault as { code?: string }).code;
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
