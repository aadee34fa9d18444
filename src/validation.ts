/** Validation of requests against their declared classes, before any work is done. */
import { setImmediate } from 'node:timers/promises';
import { ValidationPipe, type ArgumentMetadata, type Type, type ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { ARRAY_MAX_SIZE, getMetadataStorage, validate } from 'class-validator';
import { invalid, Problem, WRONG_VALUES, type FieldError } from './http/problems.js';
import { deferProblem } from './records/deferred-validation.js';

const MOST_ERRORS = 50;
/** Number of elements validated without a pause. Between slices of longer lists, other requests are served. */
const SLICE = 100;
/** Maximum number of elements of a list without a declared limit, as in the OpenAPI document. */
const DEFAULT_MAX_LENGTH = 100;

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: false,
  validationError: { target: false, value: false },
};

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

const invalidValues = (errors: FieldError[]): Error => invalid(WRONG_VALUES, errors.slice(0, MOST_ERRORS));

/** Converts the pointer to a parameter to its name (`?from`). */
const toParameterPointers = (error: unknown): unknown =>
  error instanceof Problem && error.more.errors
    ? invalid(
        error.detail,
        error.more.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace('/', '?'), detail })),
      )
    : error;

const escapePointer = (property: string): string => property.replaceAll('~', '~0').replaceAll('/', '~1');

function fieldErrorsOf(error: ValidationError, path = ''): FieldError[] {
  const pointer = `${path}/${escapePointer(error.property)}`;
  return [
    ...Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail })),
    ...(error.children ?? []).flatMap((child) => fieldErrorsOf(child, pointer)),
  ];
}

/** Validation metadata of a class: names of properties, maximum lengths of lists, classes of nested objects. */
interface Shape {
  properties: Set<string>;
  lengths: Map<string, number>;
  nested: Map<string, Type<object>>;
}
const shapes = new WeakMap<Type<object>, Shape>();

function shapeOf(type: Type<object>): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  const lengths = new Map(
    rules
      .filter(({ name }) => name === ARRAY_MAX_SIZE)
      .map(({ propertyName, constraints }) => [propertyName, (constraints as [number])[0]]),
  );
  const properties = new Set(rules.map(({ propertyName }) => propertyName));
  const nested = new Map(
    [...properties].flatMap((property): [string, Type<object>][] => {
      const { [property]: made } = plainToInstance(type, { [property]: {} }) as Record<string, unknown>;
      return isObject(made) && made.constructor !== Object ? [[property, made.constructor as Type<object>]] : [];
    }),
  );
  const shape = { properties, lengths, nested };
  shapes.set(type, shape);
  return shape;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns whether a list contains lists or objects, or an object has properties. */
const hasNestedValues = (value: object): boolean =>
  Array.isArray(value) ? value.some((one) => typeof one === 'object' && one !== null) : Object.keys(value).length > 0;

/** List in a body that is validated slice by slice. */
interface LongList {
  property: string;
  elements: object[];
  type: Type<object>;
}

/** Validates a long list. Throws as soon as there are as many errors as a response lists. */
async function validateLongList({ property, elements, type }: LongList): Promise<object[]> {
  const errors: FieldError[] = [];
  const instances: object[] = [];
  for (let start = 0; start < elements.length; start += SLICE) {
    const slice = plainToInstance(type, elements.slice(start, start + SLICE));
    for (const [at, element] of slice.entries())
      for (const error of await validate(element, OPTIONS))
        errors.push(...fieldErrorsOf(error, `/${property}/${String(start + at)}`));
    if (errors.length >= MOST_ERRORS) throw invalidValues(errors);
    instances.push(...slice);
    await setImmediate();
  }
  if (errors.length) throw invalidValues(errors);
  return instances;
}

/**
 * Refuses bodies that would take class-validator long: lists that are too long, unexpected objects and lists, and too
 * many unknown properties. class-validator would look at each element and store an error for each. Returns the lists of
 * objects if they hold more than one slice together.
 */
function mustBeBounded(body: unknown, type: Type<object>): LongList[] {
  const errors: FieldError[] = [];
  const unknown: FieldError[] = [];
  const lists: LongList[] = [];
  const check = (value: unknown, as: Type<object>, path: string): void => {
    if (!isObject(value)) {
      if (value !== null && value !== undefined) errors.push({ pointer: path, detail: 'must be an object' });
      return;
    }
    const shape = shapeOf(as);
    for (const [property, one] of Object.entries(value)) {
      if (errors.length + unknown.length >= MOST_ERRORS) return;
      const pointer = `${path}/${escapePointer(property)}`;
      const isUnknown = !shape.properties.has(property);
      const isHolder = typeof one === 'object' && one !== null;
      if (isUnknown) (isHolder ? errors : unknown).push({ pointer, detail: `property ${property} should not exist` });
      if (isUnknown || !isHolder) continue;
      const nested = shape.nested.get(property);
      if (Array.isArray(one)) {
        const most = shape.lengths.get(property) ?? DEFAULT_MAX_LENGTH;
        if (one.length > most) {
          errors.push({ pointer, detail: `${property} must contain no more than ${String(most)} elements` });
          continue;
        }
        if (nested) {
          for (const [at, element] of one.entries()) {
            const place = `${pointer}/${String(at)}`;
            if (isObject(element)) check(element, nested, place);
            else errors.push({ pointer: place, detail: 'must be an object' });
          }
          if (path === '') lists.push({ property, elements: one as object[], type: nested });
          continue;
        }
      } else if (nested) {
        check(one, nested, pointer);
        continue;
      }
      if (hasNestedValues(one)) errors.push({ pointer, detail: `${property} must not hold objects or lists` });
    }
  };
  check(body, type, '');
  if (errors.length || unknown.length >= MOST_ERRORS) throw invalidValues([...errors, ...unknown]);
  const count = lists.reduce((sum, { elements }) => sum + elements.length, 0);
  return count > SLICE ? lists : [];
}
