/** Classes behind the schemas of the document: of request bodies, of queries and of responses. */
import 'reflect-metadata';
import { ModulesContainer } from '@nestjs/core';
import type { SchemaClass } from './validation-schema.js';

const BODY = '3';
const QUERY = '4';
const MODEL_PROPERTIES = 'swagger/apiModelProperties';
const MODEL_PROPERTIES_ARRAY = 'swagger/apiModelPropertiesArray';

/** Handler of a route, with the classes of its body and query. */
export interface RouteHandler {
  controller: string;
  method: string;
  handler: object;
  body: SchemaClass | undefined;
  queries: SchemaClass[];
}

export function routeHandlers(modules: ModulesContainer): RouteHandler[] {
  const found: RouteHandler[] = [];
  for (const { controllers } of modules.values())
    for (const { metatype } of controllers.values()) {
      const prototype = metatype?.prototype as object | undefined;
      if (!metatype || !prototype) continue;
      for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        if (typeof value !== 'function' || method === 'constructor') continue;
        const inputs = (Reflect.getMetadata('__routeArguments__', metatype, method) ?? {}) as Record<
          string,
          { index: number }
        >;
        const types = (Reflect.getMetadata('design:paramtypes', prototype, method) ?? []) as SchemaClass[];
        const of = (kind: string): SchemaClass[] =>
          Object.entries(inputs).flatMap(([key, { index }]) =>
            key.startsWith(`${kind}:`) ? [types[index] as SchemaClass] : [],
          );
        found.push({
          controller: metatype.name,
          method,
          handler: value as object,
          body: of(BODY)[0],
          queries: of(QUERY),
        });
      }
    }
  return found;
}

/** Returns a class with all classes of its properties, at any depth, by schema name. */
export function nestedClasses(types: Iterable<SchemaClass>): Map<string, SchemaClass> {
  const found = new Map<string, SchemaClass>();
  const visit = (type: unknown): void => {
    if (!isSchemaClass(type) || found.get(type.name) === type) return;
    found.set(type.name, type);
    const prototype = type.prototype as object;
    const names = (Reflect.getMetadata(MODEL_PROPERTIES_ARRAY, prototype) ?? []) as string[];
    for (const name of names.map((one) => one.replace(/^:/, ''))) {
      const { type: declared } = (Reflect.getMetadata(MODEL_PROPERTIES, prototype, name) ?? {}) as { type?: unknown };
      for (const one of [declared].flat()) {
        const isLazy = typeof one === 'function' && !BUILT_IN.includes(one) && !isSchemaClass(one);
        for (const nested of [isLazy ? (one as () => unknown)() : one].flat()) visit(nested);
      }
    }
  };
  for (const type of types) visit(type);
  return found;
}

const BUILT_IN: unknown[] = [String, Number, Boolean, Date, Object, Array];

const isSchemaClass = (type: unknown): type is SchemaClass =>
  typeof type === 'function' && !BUILT_IN.includes(type) && Function.prototype.toString.call(type).startsWith('class');
