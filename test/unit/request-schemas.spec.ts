/**
 * Schemas of request bodies and the validation of the service, which must agree on every value. Each documented example
 * is varied, one property at a time, and Ajv and the validation pipe both judge it.
 *
 * Seen to fail, in earnest: an enumeration in the document that the validation does not check.
 */
import 'reflect-metadata';
import { expect, test } from '@jest/globals';
import type { Contract } from '../support/contract.mjs';
import { openApi } from '../support/operations.ts';

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  enum?: unknown[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
}
interface Pipe {
  transformValue(value: unknown, metadata: { type: 'body'; metatype: unknown }): Promise<unknown>;
}

declare global {
  var contractOf: () => Contract;
}

/** Differences that a schema cannot state, with the reason. */
const NOT_IN_A_SCHEMA: Record<string, string> = {
  purposes: 'the terms of an agreement are refused together, with 422',
  dateOfBirth: 'its precision and the present day decide',
};
/** Longest text that is tried. */
const LONGEST = 20_001;

const resolve = (schema: Schema): Schema =>
  schema.$ref ? (openApi.components.schemas[schema.$ref.split('/').at(-1) ?? ''] as Schema) : schema;

/** Values of a property, valid and invalid. */
function variations(given: Schema, example: unknown): unknown[] {
  const schema = resolve(given);
  const types = [schema.type].flat();
  const tried: unknown[] = [undefined, null, 7.5, true, '', 'no such value', {}, [], { x: 1 }];
  if (types.includes('string')) {
    const text = (length: number): string => 'x'.repeat(length);
    if (schema.minLength) tried.push(text(schema.minLength - 1), text(schema.minLength));
    if (schema.maxLength && schema.maxLength < LONGEST) tried.push(text(schema.maxLength), text(schema.maxLength + 1));
    tried.push('019438e9-4800-7a23-9e01-83c419af2910', '019438E9-4800-7A23-9E01-83C419AF2910', '019438e9');
    tried.push('2026-02-28', '2026-02-30', '1899-12-31', '2026-2-3', '2026-05-06T10:00:00Z', '2026-05-06T10:00:00');
    tried.push('2026-05-06T10:00:00.000+01:00', '2100-06-01T00:00:00Z', 'Anna Иванова', 'read', 'a_b', 'A', 'a@b.c');
  }
  if (types.includes('integer') || types.includes('number'))
    tried.push(
      schema.minimum ?? 0,
      (schema.minimum ?? 0) - 1,
      schema.maximum ?? 1,
      (schema.maximum ?? 1) + 1,
      '1',
      1e12,
    );
  if (types.includes('array')) {
    const element: unknown = Array.isArray(example) ? (example[0] ?? 'x') : 'x';
    tried.push(
      [element],
      [element, element],
      ['x'],
      [null],
      [7],
      Array.from({ length: (schema.maxItems ?? 100) + 1 }, () => element),
    );
  }
  return [...tried, ...(schema.enum ?? [])];
}

test('the schema of each body accepts what the validation accepts, and nothing else', async () => {
  const { AppModule } = await import('#built/app.module');
  const { RequestValidation } = await import('#built/validation');
  const { routeHandlers } = await import('#built/openapi/schema-classes');
  const { imports = [] } = AppModule.compose();
  const controllers = imports
    .map((one) => ('module' in one ? one.module : one) as object)
    .flatMap((module) => (Reflect.getMetadata('controllers', module) ?? []) as { name: string }[]);
  const modules = new Map([['all', { controllers: new Map(controllers.map((one) => [one.name, { metatype: one }])) }]]);
  const bodies = new Map(
    routeHandlers(modules as never).map(({ controller, method, body }) => [
      `${controller.replace(/Controller$/, '')}.${method}`,
      body,
    ]),
  );
  const pipe = new RequestValidation() as unknown as Pipe;
  const contract = globalThis.contractOf();
  const differences = new Set<string>();
  let count = 0;
  for (const [path, methods] of Object.entries(openApi.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const { operationId, requestBody } = operation as unknown as {
        operationId: string;
        requestBody?: {
          content: Record<string, { schema: Schema; examples: { sandbox: { value: Record<string, unknown> } } }>;
        };
      };
      const media = requestBody?.content['application/json'];
      const metatype = bodies.get(operationId);
      if (!media || !metatype) continue;
      const example = media.examples.sandbox.value;
      const schema = resolve(media.schema);
      const isValid = contract.bodyValidator(method, path);
      const judge = async (property: string, value: unknown): Promise<void> => {
        const body = JSON.parse(JSON.stringify({ ...example, [property]: value })) as object;
        const byService = await pipe.transformValue(structuredClone(body), { type: 'body', metatype }).then(
          () => true,
          () => false,
        );
        count++;
        if (byService !== isValid(body) && !(property in NOT_IN_A_SCHEMA))
          differences.add(
            `${metatype.name}.${property} ${(JSON.stringify(value) ?? 'absent').slice(0, 60)}: ${byService ? 'accepted' : 'refused'} by the service only`,
          );
      };
      await judge('unknownProperty', 1);
      for (const [property, one] of Object.entries(schema.properties ?? {}))
        for (const value of variations(one, example[property])) await judge(property, value);
    }
  expect([...differences]).toEqual([]);
  expect(count).toBeGreaterThan(5_000);
}, 120_000);
