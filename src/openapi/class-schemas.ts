/**
 * Completion of the generated schemas from the declarations behind them: validators of request classes, columns and
 * policy of views. Nothing is derived from the name of a property.
 */
import { columnSchemas } from './column-schema.js';
import { nestedClasses, type RouteHandler } from './schema-classes.js';
import {
  presenceOf,
  validatorSchemas,
  type JsonSchema,
  type SchemaClass,
  type ValidatorSchema,
} from './validation-schema.js';
import { declaredViews, describeView } from '../records/declared-views.js';

/** Documented limit of a stored list that no validator limits. */
const MOST_STORED_ITEMS = 10_000;

type Properties = Record<string, JsonSchema>;
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean };
}
interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  schema: JsonSchema;
}

/** States in the schema of each body and query what its validators accept. */
export async function applyRequestClasses(document: object, handlers: Map<string, RouteHandler>): Promise<void> {
  const { paths, components } = document as Document;
  const bodies = [...handlers.values()].flatMap(({ body }) => body ?? []);
  for (const [name, type] of nestedClasses(bodies)) {
    const schema = components.schemas[name];
    if (!schema) continue;
    const properties = (schema['properties'] ??= {}) as Properties;
    const { required, nullable } = await presenceOf(type);
    for (const [property, stated] of validatorSchemas(type)) {
      const own = (properties[property] ??= {});
      applyValidators(own, stated);
      own['nullable'] = nullable.has(property);
    }
    schema['required'] = required;
    if (!required.length) delete schema['required'];
    schema['additionalProperties'] = false;
  }
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    const { body, queries = [] } = handlers.get(operation.operationId) ?? {};
    if (body && operation.requestBody) operation.requestBody.required = (await presenceOf(body)).required.length > 0;
    for (const type of queries) await applyQuery(type, operation.parameters);
  }
}

async function applyQuery(type: SchemaClass, parameters: Parameter[] = []): Promise<void> {
  const stated = validatorSchemas(type);
  const { required } = await presenceOf(type);
  for (const parameter of parameters) {
    const ofProperty = stated.get(parameter.name);
    if (parameter.in !== 'query' || !ofProperty) continue;
    applyValidators(parameter.schema, ofProperty);
    parameter.required = required.includes(parameter.name);
  }
}

function applyValidators(schema: JsonSchema, { value, items }: ValidatorSchema): void {
  Object.assign(schema, value);
  if (schema['type'] === 'array') schema['items'] = { ...(schema['items'] as JsonSchema | undefined), ...items };
}

/** States in the schema of each view what its columns hold and which properties are always present. */
export function applyViews(document: object): void {
  const { schemas } = (document as Document).components;
  for (const [name, type] of nestedClasses(declaredViews())) {
    const schema = schemas[name];
    const described = describeView(type);
    if (!schema || !described) continue;
    const { shape, always } = described;
    const properties = schema['properties'] as Properties;
    const columns = columnSchemas(shape.record);
    for (const [property, own] of Object.entries(properties)) {
      const column = columns.get(property);
      if (!column) continue;
      const target = column.isList ? ((own['items'] ??= {}) as JsonSchema) : own;
      for (const [key, value] of Object.entries(column.schema))
        if (key !== 'enum' || !target['enum']) target[key] = value;
      if (column.isList) own['maxItems'] ??= MOST_STORED_ITEMS;
      if (column.isNullable) own['nullable'] = true;
    }
    schema['required'] = always;
  }
}
