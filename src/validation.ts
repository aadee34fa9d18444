/** Validation of what a request brings against its declaration, before anything is done with it. */
import { setImmediate } from 'node:timers/promises';
import { ValidationPipe, type ArgumentMetadata, type Type, type ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { ARRAY_MAX_SIZE, getMetadataStorage, validate } from 'class-validator';
import { invalid, Problem, WRONG_VALUES, type FieldError } from './http/problems.js';
import { deferProblem } from './records/deferred-validation.js';

const MOST_ERRORS = 50;
/** Elements that are validated without a pause; where the lists of a body hold more, other requests are answered between. */
const SLICE = 100;
/** Most elements of a list that declares no limit of its own; the OpenAPI document says the same. */
const USUAL_LENGTH = 100;

const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: false,
  validationError: { target: false, value: false },
};

export class RequestValidation extends ValidationPipe {
  /** Queries of which nothing is required: what nobody asked for need not be looked at again. */
  private readonly mayBeEmpty = new WeakSet<Type<object>>();

  constructor() {
    super({
      ...OPTIONS,
      transform: true,
      exceptionFactory: (errors) => wrong(errors.flatMap((one) => pointers(one))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return await this.validated(value, metadata);
    } catch (error) {
      if (error instanceof Problem && (metadata.type === 'body' || metadata.type === 'query'))
        return deferProblem(error, value);
      throw error;
    }
  }

  private async validated(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const type = metadata.metatype as Type<object> | undefined;
    const isEmptyQuery = metadata.type === 'query' && type !== undefined && Object.keys(value as object).length === 0;
    if (isEmptyQuery && this.mayBeEmpty.has(type)) return new type();
    if (metadata.type === 'body' && type) return this.transformBody(value, type, metadata);
    const valid: unknown = await super.transform(value, metadata).catch((error: unknown) => {
      throw metadata.type === 'query' ? ofParameters(error) : error;
    });
    if (isEmptyQuery && valid instanceof type) this.mayBeEmpty.add(type);
    return valid;
  }

  /** Validates long lists first, slice by slice, and the body with no more of each than its first slice. */
  private async transformBody(body: unknown, type: Type<object>, metadata: ArgumentMetadata): Promise<unknown> {
    const long = mustBeBounded(body, type);
    if (!long.length) return super.transform(body, metadata);
    const whole: Record<string, object[]> = {};
    const short: Record<string, unknown> = { ...(body as object) };
    for (const list of long) {
      whole[list.property] = await instancesOf(list);
      short[list.property] = list.elements.slice(0, SLICE);
    }
    return Object.assign((await super.transform(short, metadata)) as object, whole);
  }
}

const wrong = (errors: FieldError[]): Error => invalid(WRONG_VALUES, errors.slice(0, MOST_ERRORS));

/** A parameter is pointed to by its name (`?from`). */
const ofParameters = (error: unknown): unknown =>
  error instanceof Problem && error.more.errors
    ? invalid(
        error.detail,
        error.more.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace('/', '?'), detail })),
      )
    : error;

const escaped = (property: string): string => property.replaceAll('~', '~0').replaceAll('/', '~1');

function pointers(error: ValidationError, path = ''): FieldError[] {
  const pointer = `${path}/${escaped(error.property)}`;
  return [
    ...Object.values(error.constraints ?? {}).map((detail) => ({ pointer, detail })),
    ...(error.children ?? []).flatMap((child) => pointers(child, pointer)),
  ];
}

/** Properties of a class that are validated: all names, most elements of a list, and the class of its objects. */
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

/** Holds something that is a list or an object itself, or as properties of an object. */
const isDeep = (value: object): boolean =>
  Array.isArray(value) ? value.some((one) => typeof one === 'object' && one !== null) : Object.keys(value).length > 0;

/** A list of a body that is validated slice by slice. */
interface LongList {
  property: string;
  elements: object[];
  type: Type<object>;
}

/** The validated elements of a long list; throws where there are as many errors as an answer names, without the rest. */
async function instancesOf({ property, elements, type }: LongList): Promise<object[]> {
  const errors: FieldError[] = [];
  const instances: object[] = [];
  for (let start = 0; start < elements.length; start += SLICE) {
    const slice = plainToInstance(type, elements.slice(start, start + SLICE));
    for (const [at, element] of slice.entries())
      for (const error of await validate(element, OPTIONS))
        errors.push(...pointers(error, `/${property}/${String(start + at)}`));
    if (errors.length >= MOST_ERRORS) throw wrong(errors);
    instances.push(...slice);
    await setImmediate();
  }
  if (errors.length) throw wrong(errors);
  return instances;
}

/**
 * Refuses what would take class-validator long before it begins: lists that are too long, objects and lists where none are
 * meant, and as many unknown properties as an answer names. It would look at each element, and keep an error of each.
 * Returns the lists of objects, where they hold more than one slice together.
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
      const pointer = `${path}/${escaped(property)}`;
      const isUnknown = !shape.properties.has(property);
      const isHolder = typeof one === 'object' && one !== null;
      if (isUnknown) (isHolder ? errors : unknown).push({ pointer, detail: `property ${property} should not exist` });
      if (isUnknown || !isHolder) continue;
      const nested = shape.nested.get(property);
      if (Array.isArray(one)) {
        const most = shape.lengths.get(property) ?? USUAL_LENGTH;
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
      if (isDeep(one)) errors.push({ pointer, detail: `${property} must not hold objects or lists` });
    }
  };
  check(body, type, '');
  if (errors.length || unknown.length >= MOST_ERRORS) throw wrong([...errors, ...unknown]);
  const count = lists.reduce((sum, { elements }) => sum + elements.length, 0);
  return count > SLICE ? lists : [];
}
