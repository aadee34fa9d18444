/**
 * Puts the examples into the OpenAPI document: a named example of each body, identifiers of seeded records at the path
 * parameters, links from a response to the operations that use its identifier, and `x-sandbox` with the order of steps.
 */
import { EXAMPLES } from './examples.js';
import { day, type FromStep, type Step } from './step.js';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters?: (Json & { in: string; name: string })[];
  requestBody?: { content: Record<string, Json> };
  responses: Record<string, Json>;
  'x-sandbox'?: Json[];
}

export function applyExamples(target: object): void {
  const document = target as Json;
  document['x-example-week'] = day(0);
  const paths = document['paths'] as Record<string, Record<string, Operation>>;
  const operationOf = (name: string): Operation => {
    const [method = '', path = ''] = name.split(' ');
    const found = paths[path]?.[method.toLowerCase()];
    if (!found) throw new Error(`an example names ${name}, which is no operation`);
    return found;
  };
  for (const [index, step] of EXAMPLES.entries()) applyStep(index + 1, step, operationOf);
  for (const [path, operations] of Object.entries(paths))
    for (const [method, { requestBody }] of Object.entries(operations))
      if (requestBody && !requestBody.content['application/json']?.['examples'])
        throw new Error(`${method} ${path} has a body and no example (src/sandbox/examples)`);
}

function applyStep(number: number, step: Step, operationOf: (name: string) => Operation): void {
  const operation = operationOf(step.operation);
  const earlier: Json = {};
  for (const [name, value] of Object.entries(step.path)) {
    if (typeof value === 'object') {
      const source = operationOf(value.operation);
      earlier[name] = { operationId: source.operationId, pointer: value.pointer };
      link(source, operation.operationId, name, value);
    } else {
      const parameter = operation.parameters?.find((one) => one.in === 'path' && one.name === name);
      if (!parameter) throw new Error(`${step.operation} has no parameter ${name}`);
      parameter['example'] ??= value;
    }
  }
  const media = operation.requestBody?.content['application/json'];
  if (step.body) {
    if (!media) throw new Error(`${step.operation} takes no body`);
    media['examples'] ??= { sandbox: { summary: `Sent by ${step.person}`, value: step.body } };
  }
  const fixed = Object.fromEntries(Object.entries(step.path).filter(([, value]) => typeof value === 'string'));
  (operation['x-sandbox'] ??= []).push({
    step: number,
    person: step.person,
    ...(step.now ? { now: step.now } : {}),
    ...(Object.keys(fixed).length ? { parameters: fixed } : {}),
    ...(Object.keys(earlier).length ? { fromEarlierStep: earlier } : {}),
  });
}

/** Links the response of a step to an operation that names the record which the step made. */
function link({ responses }: Operation, operationId: string, parameter: string, { pointer }: FromStep): void {
  const response = responses['201'] ?? responses['200'];
  if (!response) return;
  const links = (response['links'] ??= {}) as Json;
  links[operationId] = { operationId, parameters: { [parameter]: `$response.body#${pointer}` } };
}
