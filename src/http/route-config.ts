/** Options of a route that Fastify must know before the body is read; several decorators of a handler add to them. */
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the caller must be signed in: then nothing of the body is read before. */
    needsSignIn?: boolean;
    /** Most bytes of a request body. */
    maxBodyBytes?: number;
    /** Whether a POST only reads: a purpose of reading can be stated. */
    isReading?: boolean;
  }
}

export const routeConfig =
  (options: Partial<FastifyContextConfig>): MethodDecorator =>
  (target, property, descriptor) => {
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object) as object | undefined;
    RouteConfig({ ...known, ...options })(target, property, descriptor);
  };
