import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { routeConfig } from './route-config.js';

/** Default limit of a request body in bytes. */
export const USUAL_BODY_BYTES = 64 * 1024;

/** Limit in bytes of a body with long texts or many parts. */
export const LONG_BODY_BYTES = 256 * 1024;

/** Limit in bytes of a body with agreement rows: at most 3,000 rows of about 300 bytes each. */
export const AGREEMENT_BODY_BYTES = 1024 * 1024;

/** OpenAPI extension that states the body limit of an operation. */
export const MAX_BODY_EXTENSION = 'x-max-body-bytes';

/** Limits the request body of a route; a larger body is refused with 413. */
export const BodyLimit = (maxBodyBytes: number): MethodDecorator =>
  applyDecorators(routeConfig({ maxBodyBytes }), ApiExtension(MAX_BODY_EXTENSION, maxBodyBytes));
