/** Validation of what a request brings against its declaration, before anything is done with it. */
import { ValidationPipe, type ArgumentMetadata, type Type, type ValidationError } from '@nestjs/common';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { ARRAY_MAX_SIZE, getMetadataStorage } from 'class-validator';
import { invalid, type FieldError } from './policy/problems.js';

const MOST_ERRORS = 50;
/** Most elements of a list that declares no limit of its own; the OpenAPI document says the same. */
const USUAL_LENGTH = 100;

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
      exceptionFactory: (errors) => wrong(errors.flatMap((one) => pointers(one))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as Type<object> | undefined;
    const isEmptyQuery = metadata.type === 'query' && type !== undefined && Object.keys(value as object).length === 0;
    if (isEmptyQuery && this.mayBeEmpty.has(type)) return new type();
    if (metadata.type === 'body' && type) mustBeBounded(value, type);
    const valid: unknown = await super.transform(value, metadata);
    if (isEmptyQuery && valid instanceof type) this.mayBeEmpty.add(type);
    return valid;
  }
}

const wrong = (errors: FieldError[]): Error =>
  invalid('Some values are missing or wrong; see errors.', errors.slice(0, MOST_ERRORS));

const escaped = (property: string): string => property.replaceAll('~', '~0').replaceAll('/', '~1');

function pointers(error: ValidationError, path = ''): FieldError[] {
  const pointer = `${path}/${escaped(error.property)}`;
  return [
    ...Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail })),
    ...(error.children ?? []).flatMap((child) => pointers(child, pointer)),
  ];
}

/** Most elements of the lists of a class, by property. */
const lengths = new WeakMap<Type<object>, Map<string, number>>();

function lengthsOf(type: Type<object>): Map<string, number> {
  let known = lengths.get(type);
  if (!known) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
    known = new Map(
      rules
        .filter(({ name }) => name === ARRAY_MAX_SIZE)
        .map(({ propertyName, constraints }) => [propertyName, (constraints as [number])[0]]),
    );
    lengths.set(type, known);
  }
  return known;
}

const nestedType = (type: Type<object>, property: string): Type<object> | undefined =>
  defaultMetadataStorage.findTypeMetadata(type, property)?.typeFunction() as Type<object> | undefined;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Refuses lists that are too long, and lists of lists where objects are meant, before class-validator sees them: it would
 * look at each element, and keep an error of each.
 */
function mustBeBounded(body: unknown, type: Type<object>): void {
  const errors: FieldError[] = [];
  const check = (value: unknown, as: Type<object>, path: string): void => {
    if (!isObject(value)) {
      if (value !== null && value !== undefined) errors.push({ pointer: path, detail: 'must be an object' });
      return;
    }
    for (const [property, one] of Object.entries(value)) {
      if (errors.length >= MOST_ERRORS) return;
      if (typeof one !== 'object' || one === null) continue;
      const pointer = `${path}/${escaped(property)}`;
      const nested = nestedType(as, property);
      if (!Array.isArray(one)) {
        if (nested) check(one, nested, pointer);
        continue;
      }
      const most = lengthsOf(as).get(property) ?? USUAL_LENGTH;
      if (one.length > most)
        errors.push({ pointer, detail: `${property} must contain no more than ${String(most)} elements` });
      else if (nested) for (const [at, element] of one.entries()) check(element, nested, `${pointer}/${String(at)}`);
    }
  };
  check(body, type, '');
  if (errors.length) throw wrong(errors);
}
