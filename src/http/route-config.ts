/**
 * Route options that Fastify needs before reading the body. `routeConfig` merges the options of several decorators on
 * one handler.
 */
import { RouteConfig } from '@nestjs/platform-fastify';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyContextConfig } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requires authentication before any part of the body is read. */
    needsSignIn?: boolean;
    /** Maximum size of the request body in bytes. */
    maxBodyBytes?: number;
    /** Marks a POST route that only reads, so that the request may state a purpose of reading. */
    isReading?: boolean;
  }
}

export const routeConfig =
  (options: Partial<FastifyContextConfig>): MethodDecorator =>
  (target, property, descriptor) => {
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, descriptor.value as object) as object | undefined;
    RouteConfig({ ...known, ...options })(target, property, descriptor);
  };
