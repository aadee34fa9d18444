/** Bounds of request bodies, and validation of their long lists slice by slice. */
import { setImmediate } from 'node:timers/promises';
import type { Type, ValidationError } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { ARRAY_MAX_SIZE, getMetadataStorage, validate } from 'class-validator';
import { invalid, WRONG_VALUES, type FieldError } from './http/problems.js';

const MOST_ERRORS = 50;
/** Number of elements validated without a pause. Between slices of longer lists, other requests are served. */
export const SLICE = 100;
/** Maximum number of elements of a list without a declared limit, as in the OpenAPI document. */
const DEFAULT_MAX_LENGTH = 100;

export const OPTIONS = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  stopAtFirstError: false,
  validationError: { target: false, value: false },
};

export const invalidValues = (errors: FieldError[]): Error => invalid(WRONG_VALUES, errors.slice(0, MOST_ERRORS));

const escapePointer = (property: string): string => property.replaceAll('~', '~0').replaceAll('/', '~1');

export function fieldErrorsOf(error: ValidationError, path = ''): FieldError[] {
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
  const shape = { properties, lengths, nested: nestedTypes(type, properties) };
  shapes.set(type, shape);
  return shape;
}

/** Returns the classes of nested objects, by property. */
function nestedTypes(type: Type<object>, properties: ReadonlySet<string>): Map<string, Type<object>> {
  return new Map(
    [...properties].flatMap((property): [string, Type<object>][] => {
      const { [property]: made } = plainToInstance(type, { [property]: {} }) as Record<string, unknown>;
      return isObject(made) && made.constructor !== Object ? [[property, made.constructor as Type<object>]] : [];
    }),
  );
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
export async function validateLongList({ property, elements, type }: LongList): Promise<object[]> {
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
export function mustBeBounded(body: unknown, type: Type<object>): LongList[] {
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
