import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { routeConfig } from './route-config.js';

/** Most bytes of a request body where the route sets no other limit. */
export const USUAL_BODY_BYTES = 64 * 1024;

/** Limit of a body that holds long texts or many parts. */
export const LONG_BODY_BYTES = 256 * 1024;

/** Limit of a body that holds the rows of a sharing agreement: 3,000 at most, of about 300 bytes each. */
export const AGREEMENT_BODY_BYTES = 1024 * 1024;

/** Key of the OpenAPI document under which an operation states its limit. */
export const MAX_BODY_EXTENSION = 'x-max-body-bytes';

/** Sets the most bytes of a route's request body; a larger one is refused with 413. */
export const BodyLimit = (maxBodyBytes: number): MethodDecorator =>
  applyDecorators(routeConfig({ maxBodyBytes }), ApiExtension(MAX_BODY_EXTENSION, maxBodyBytes));
