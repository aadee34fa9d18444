/** What a request brings is held against its declaration before anything is done with it. */
import { ValidationPipe, type ArgumentMetadata, type Type, type ValidationError } from '@nestjs/common';
import { invalid, WRONG_VALUES, type FieldError } from './policy/problems.js';

export class RequestValidation extends ValidationPipe {
  /** Queries of which nothing is required: what nobody asked for need not be looked at again. */
  private readonly mayBeEmpty = new WeakSet<Type<object>>();

  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: false,
      exceptionFactory: (errors) =>
        invalid(
          WRONG_VALUES,
          errors.flatMap((one) => pointers(one)),
        ),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as Type<object> | undefined;
    const isEmptyQuery = metadata.type === 'query' && type !== undefined && Object.keys(value as object).length === 0;
    if (isEmptyQuery && this.mayBeEmpty.has(type)) return new type();
    const valid: unknown = await super.transform(value, metadata);
    if (isEmptyQuery && valid instanceof type) this.mayBeEmpty.add(type);
    return valid;
  }
}

function pointers(error: ValidationError, path = ''): FieldError[] {
  const pointer = `${path}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [
    ...Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail })),
    ...(error.children ?? []).flatMap((child) => pointers(child, pointer)),
  ];
}
