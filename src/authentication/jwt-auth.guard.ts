/**
 * Authentication, in Fastify's `onRequest` phase: nobody's body is read or parsed before it is known who sends it. The guard
 * finds the actor in the request.
 */
import { Injectable } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalid } from '../http/problems.js';

@Injectable()
export class JwtAuthGuard extends AuthGuard('jwt') {
  /** Sets the actor of a request to a route that needs one; throws where the token is missing or wrong. */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    mustSendOneToken(request);
    const isEmpty = Object.values(request.params as Record<string, string>).includes('');
    // an address with an empty identifier is no address of the route, and answered with 404
    if (request.is404 || isEmpty || !request.routeOptions.config.needsSignIn) return;
    await super.canActivate(new ExecutionContextHost([request, reply]));
  }
}

/** Node.js keeps the first of several `Authorization` headers; a proxy before it may have checked another. */
function mustSendOneToken({ raw: { rawHeaders } }: FastifyRequest): void {
  const count = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'authorization').length;
  if (count > 1) throw invalid('Send one Authorization header.');
}
