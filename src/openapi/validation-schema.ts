/**
 * JSON Schema of request classes, read from their validators. `required` and `null` are found by running the validators,
 * so that the document states what the service accepts.
 */
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validate, type ValidationError } from 'class-validator';

export type JsonSchema = Record<string, unknown>;
export type SchemaClass = abstract new () => object;

/** Formats that no standard defines, with the predicate that a client can implement. */
export const NHS_NUMBER = { format: 'nhs-number', pattern: '^\\d{10}$' };
export const ONE_SCRIPT = { format: 'one-script' };

/** Dates of the years that the service accepts. */
const CALENDAR_DATE = { format: 'date', pattern: '^(19|20|21)\\d{2}-\\d{2}-\\d{2}$', maxLength: 10 };
const INSTANT = {
  type: 'string',
  format: 'date-time',
  pattern: '^20\\d{2}-\\d{2}-\\d{2}T([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?(Z|[+-](0\\d|1[0-4]):[0-5]\\d)$',
  maxLength: 32,
};

/** Schema of one validator by its name; `constraints` are the arguments of its decorator. */
const BY_VALIDATOR: Record<string, (constraints: never) => JsonSchema> = {
  isUuid: () => ({ type: 'string', format: 'uuid', maxLength: 36 }),
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer', format: 'int32' }),
  isNumber: () => ({ type: 'number' }),
  isDate: () => INSTANT,
  // only `Instant` bounds a time, by the years in its pattern
  minDate: () => ({}),
  maxDate: () => ({}),
  calendarDate: () => ({ type: 'string', ...CALENDAR_DATE }),
  partialDate: () => ({ type: 'string', pattern: '^(19|20|21)\\d{2}(-\\d{2}(-\\d{2})?)?$', maxLength: 10 }),
  isNhsNumber: () => ({ type: 'string', ...NHS_NUMBER }),
  inOneScript: () => ({ type: 'string', ...ONE_SCRIPT }),
  isIn: ([values]: [readonly unknown[]]) => ({
    ...(values.every(Number.isInteger) ? { type: 'integer' } : {}),
    enum: [...values],
  }),
  isLength: ([minLength, maxLength]: [number, number | undefined]) => ({
    type: 'string',
    ...(minLength ? { minLength } : {}),
    ...(maxLength === undefined ? {} : { maxLength }),
  }),
  minLength: ([minLength]: [number]) => ({ type: 'string', minLength }),
  maxLength: ([maxLength]: [number]) => ({ type: 'string', maxLength }),
  matches: ([{ source }]: [RegExp]) => ({ type: 'string', pattern: source }),
  min: ([minimum]: [number]) => ({ minimum }),
  max: ([maximum]: [number]) => ({ maximum }),
  isEmail: () => ({ type: 'string', format: 'email' }),
};
/** Schema of validators of the list itself. */
const BY_LIST_VALIDATOR: Record<string, (constraints: never) => JsonSchema> = {
  arrayMinSize: ([minItems]: [number]) => ({ minItems }),
  arrayMaxSize: ([maxItems]: [number]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};
/** Validators that say nothing beyond the declared type. */
const OF_TYPE = [
  'isArray',
  'isObject',
  'isDefined',
  'nestedValidation',
  'conditionalValidation',
  'whitelistValidation',
];

/** Schema of a property by its validators: of the value, or of the list and each of its items. */
export interface ValidatorSchema {
  value: JsonSchema;
  items: JsonSchema;
}

/** Returns the schema that the validators of each property state, by property. */
export function validatorSchemas(type: SchemaClass): Map<string, ValidatorSchema> {
  const found = new Map<string, ValidatorSchema>();
  for (const one of getMetadataStorage().getTargetValidationMetadatas(type, '', true, false)) {
    const { propertyName, each, constraints } = one;
    const name = one.name ?? one.type;
    const known = found.get(propertyName) ?? { value: {}, items: {} };
    found.set(propertyName, known);
    if (OF_TYPE.includes(name) || OF_TYPE.includes(one.type)) continue;
    const given = (constraints ?? []) as never;
    const [ofList, ofValue] = [BY_LIST_VALIDATOR[name], BY_VALIDATOR[name]];
    if (ofList) Object.assign(known.value, ofList(given));
    else if (ofValue) merge(each ? known.items : known.value, ofValue(given));
    else throw new Error(`${type.name}.${propertyName}: the document has no schema for the validator ${name}`);
  }
  return found;
}

/** Adds what another validator states. Two patterns must both match. */
function merge(schema: JsonSchema, more: JsonSchema): void {
  const [first, second] = [schema['pattern'], more['pattern']];
  const pattern =
    typeof first === 'string' && typeof second === 'string' && first !== second
      ? `^(?=${first.replace(/^\^/, '')})${second.replace(/^\^/, '')}`
      : undefined;
  Object.assign(schema, more, pattern ? { pattern } : {});
}

/** Returns the properties of a class without which the validators refuse, and those that may be null. */
export async function presenceOf(type: SchemaClass): Promise<{ required: string[]; nullable: Set<string> }> {
  const refused = async (value: object): Promise<string[]> => {
    const instance = plainToInstance(type as new () => object, value);
    const errors: ValidationError[] = await validate(instance, { forbidUnknownValues: false });
    return errors.map(({ property }) => property);
  };
  const properties = [...validatorSchemas(type).keys()];
  const required = await refused({});
  const nullable = new Set<string>();
  for (const property of properties) {
    const errors = await refused({ [property]: null });
    if (!errors.includes(property)) nullable.add(property);
  }
  return { required: properties.filter((one) => required.includes(one)), nullable };
}
