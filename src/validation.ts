/** Validation of requests against their declared classes, before any work is done. */
import { ValidationPipe, type ArgumentMetadata, type Type } from '@nestjs/common';
import { fieldErrorsOf, invalidValues, mustBeBounded, OPTIONS, SLICE, validateLongList } from './long-lists.js';
import { invalid, Problem } from './http/problems.js';
import { deferProblem } from './records/deferred-validation.js';

export class RequestValidation extends ValidationPipe {
  /** Query classes that are valid when empty; an empty query of such a class is not validated again. */
  private readonly mayBeEmpty = new WeakSet<Type<object>>();

  constructor() {
    super({
      ...OPTIONS,
      transform: true,
      exceptionFactory: (errors) => invalidValues(errors.flatMap((one) => fieldErrorsOf(one))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await this.transformValue(value, metadata);
    } catch (error) {
      if (error instanceof Problem && (metadata.type === 'body' || metadata.type === 'query'))
        return deferProblem(error, value);
      throw error;
    }
  }

  private async transformValue(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as Type<object> | undefined;
    const isEmptyQuery = metadata.type === 'query' && type !== undefined && Object.keys(value as object).length === 0;
    if (isEmptyQuery && this.mayBeEmpty.has(type)) return new type();
    if (metadata.type === 'body' && type) return this.transformBody(value, type, metadata);
    const valid: unknown = await super.transform(value, metadata).catch((error: unknown) => {
      throw metadata.type === 'query' ? toParameterPointers(error) : error;
    });
    if (isEmptyQuery && valid instanceof type) this.mayBeEmpty.add(type);
    return valid;
  }

  /** Validates long lists first, slice by slice, then the body with only the first slice of each. */
  private async transformBody(body: unknown, type: Type<object>, metadata: ArgumentMetadata): Promise<unknown> {
    const long = mustBeBounded(body, type);
    if (!long.length) return super.transform(body, metadata);
    const whole: Record<string, object[]> = {};
    const short: Record<string, unknown> = { ...(body as object) };
    for (const list of long) {
      whole[list.property] = await validateLongList(list);
      short[list.property] = list.elements.slice(0, SLICE);
    }
    return Object.assign((await super.transform(short, metadata)) as object, whole);
  }
}

/** Converts the pointer to a parameter to its name (`?from`). */
const toParameterPointers = (error: unknown): unknown =>
  error instanceof Problem && error.more.errors
    ? invalid(
        error.detail,
        error.more.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace('/', '?'), detail })),
      )
    : error;
