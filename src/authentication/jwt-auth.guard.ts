/**
 * Authenticates requests in Fastify's `onRequest` phase, before the body is read or parsed. The permission guard finds
 * the actor in the request.
 */
import { Injectable } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../http/problems.js';

@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  /** Sets the actor on a request to a protected route; throws if the token is missing or wrong. */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    mustSendOneToken(request);
    const isEmpty = Object.values(request.params as Record<string, string>).includes('');
    // a path with an empty identifier does not match the route, and gives 404
    if (request.is404 || isEmpty || !request.routeOptions.config.needsSignIn) return;
    await super.canActivate(new ExecutionContextHost([request, reply]));
  }
}

/** Rejects several `Authorization` headers. Node.js keeps the first one; a proxy in front may have checked another. */
function mustSendOneToken({ raw: { rawHeaders } }: FastifyRequest): void {
  const count = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization').length;
  if (count > 1) throw invalid('Send one Authorization header.');
}
