/**
 * Comparison of HTTP exchanges with the OpenAPI document by Ajv. An exchange contradicts the document if its status,
 * media type or body is not declared, or if the service and the document disagree on whether the request is valid.
 *
 * Response objects are closed here: a property that the document does not declare is an error. The document itself
 * leaves them open, so that a later version may add properties.
 *
 * Seen to fail, by faults planted in the document: a property left out of a view, a required property that no response
 * has, a text limit too low, a wrong format, a required request property that the service does not demand, a maximum
 * below an accepted value.
 */
import fs from 'node:fs';
import formats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** @typedef {import('ajv').ValidateFunction} Validator */
/** @typedef {Record<string, any>} Json */
/** @typedef {ReturnType<typeof createContract>} Contract */
/**
 * @typedef {object} Exchange
 * @property {string} method
 * @property {string} address path and query
 * @property {Json} requestHeaders lower-case names
 * @property {unknown} [sent] parsed body of the request
 * @property {number} status
 * @property {Json} headers lower-case names
 * @property {unknown} [received] parsed body of the response, if it is JSON
 */

const DOCUMENT = 'openapi/openapi.json';
/** Statuses of the HTTP parser and of the router, which belong to no operation. */
const OF_NO_OPERATION = [405, 406, 408, 414, 431];
/**
 * Answer of Fastify itself while the service stops.
 * @param {number} status
 * @param {unknown} received
 */
const isStopping = (status, received) => status === 503 && /** @type {Json} */ (received)?.statusCode === 503;
/** Response headers that are declared where they occur. */
const DECLARED_HEADERS = ['etag', 'location', 'link', 'retry-after', 'content-disposition'];
/** Parameters with a signature, which no schema describes. */
const SIGNED = ['cursor'];
/** Values whose validity depends on another value, or on the present day. */
const BY_OTHER_VALUES = ['/dateOfBirth', '/action'];
/** Refusals that no schema states: a lone surrogate is no JSON text, and GET /v1/policy/matrix lists the types. */
const NOT_IN_A_SCHEMA = ['not storable text', 'no such type of record; see /v1/policy/matrix'];
/** Refusal of a documented property that is withheld from the sender, worded like that of an unknown one. */
const IS_WITHHELD = /^property \w+ should not exist$/;
/** Parameters that the parser drops before validation. */
const DROPPED = ['__proto__', 'constructor'];
const JSON_TYPE = /^application\/(problem\+)?json\b/;

/** Creates a validator of a document; without argument, of the committed one. */
export function createContract(document = JSON.parse(fs.readFileSync(DOCUMENT, 'utf8'))) {
  const routes = routesOf(document);
  const open = ajvWith(document, 'open');
  const closed = ajvWith(closeObjects(document), 'closed');
  /** @type {Map<string, Validator>} */
  const validators = new Map();

  /**
   * @param {Ajv2020} ajv
   * @param {string} name
   * @param {string} pointer
   */
  function validatorAt(ajv, name, pointer) {
    const key = `${name}${pointer}`;
    let found = validators.get(key);
    if (!found) validators.set(key, (found = ajv.compile({ $ref: `${name}${pointer}` })));
    return found;
  }

  /**
   * Returns the contradictions between an exchange and the document.
   * @param {Exchange} exchange
   * @returns {string[]}
   */
  function contradictions({ method, address, requestHeaders, sent, status, headers, received }) {
    const [path = '', query = ''] = address.split('?');
    const route = routes.find(method.toLowerCase(), path);
    if (!route || OF_NO_OPERATION.includes(status) || isStopping(status, received)) return [];
    /** @type {string[]} */
    const found = [];
    const say = (/** @type {string} */ what) => found.push(`${method.toUpperCase()} ${route.path} ${status}: ${what}`);
    responseErrors(route, { status, headers, received }, say);
    requestErrors(route, { query, requestHeaders, sent, status, received }, say);
    return found;
  }

  /**
   * @param {Route} route
   * @param {Pick<Exchange, 'status' | 'headers' | 'received'>} response
   * @param {(what: string) => void} say
   */
  function responseErrors({ operation, pointer }, { status, headers, received }, say) {
    const response = resolved(document, operation.responses[status]);
    if (!response) return say('the status is not declared');
    const type = String(headers['content-type'] ?? '').split(';')[0];
    const at = operation.responses[status].$ref ?? `${pointer}/responses/${status}`;
    // 304 repeats the headers of the record without its body
    if (!type || status === 304) {
      if (response.content && status !== 304) say('the body is missing');
    } else if (!response.content?.[type]) say(`the media type ${type} is not declared`);
    else if (JSON_TYPE.test(type)) {
      const validate = validatorAt(closed, 'closed', `${at}/content/${escaped(type)}/schema`);
      if (!validate(received)) for (const one of errorsOf(validate)) say(`response ${one}`);
    }
    const declared = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
    for (const name of DECLARED_HEADERS)
      if (headers[name] !== undefined && !declared.includes(name)) say(`the header ${name} is not declared`);
  }

  /**
   * @param {Route} route
   * @param {Pick<Exchange, 'requestHeaders' | 'sent' | 'status' | 'received'> & { query: string }} request
   * @param {(what: string) => void} say
   */
  function requestErrors(route, { query, requestHeaders, sent, status, received }, say) {
    const { operation, pointer } = route;
    const accepted = status < 300;
    const refusedAt = /** @type {{ pointer: string, detail: string }[]} */ (
      status === 400 ? (/** @type {Json} */ (received)?.errors ?? []) : []
    );
    const parameters = new URLSearchParams(query);
    for (const [index, parameter] of (operation.parameters ?? []).entries()) {
      const name = parameter.name.toLowerCase();
      if (accepted && parameter.in === 'header' && parameter.required && requestHeaders[name] === undefined)
        say(`request without the required header ${parameter.name} was accepted`);
      if (parameter.in !== 'query') continue;
      const texts = parameters.getAll(parameter.name);
      if (!texts.length) {
        if (accepted && parameter.required) say(`request without the required parameter ${name} was accepted`);
        continue;
      }
      const validate = validatorAt(open, 'open', `${pointer}/parameters/${index}/schema`);
      const isValid = validate(valueOf(resolved(document, parameter.schema), texts));
      if (accepted && !isValid) say(`parameter ${parameter.name} was accepted: ${errorsOf(validate).join('; ')}`);
      for (const { pointer: at, detail } of refusedAt)
        if (at === `?${parameter.name}` && isValid && !SIGNED.includes(parameter.name))
          say(`valid parameter ${parameter.name} was refused: ${detail}`);
    }
    const names = (operation.parameters ?? []).map((/** @type {Json} */ one) => one.name);
    if (accepted && (operation.parameters ?? []).some((/** @type {Json} */ one) => one.in === 'query'))
      for (const name of parameters.keys())
        if (!names.includes(name) && !DROPPED.includes(name)) say(`the undeclared parameter ${name} was accepted`);
    const media = operation.requestBody?.content?.['application/json'];
    if (!media) return;
    if (sent === undefined) {
      if (accepted && operation.requestBody.required) say('request without the required body was accepted');
      return;
    }
    const validate = validatorAt(open, 'open', `${pointer}/requestBody/content/application~1json/schema`);
    const isValid = validate(sent);
    if (accepted && !isValid) for (const one of errorsOf(validate)) say(`an invalid request was accepted: ${one}`);
    if (isValid)
      for (const { pointer: at, detail } of refusedAt)
        if (
          at.startsWith('/') &&
          !BY_OTHER_VALUES.includes(at) &&
          !IS_WITHHELD.test(detail) &&
          !NOT_IN_A_SCHEMA.includes(detail)
        )
          say(`a valid request was refused: ${at.replaceAll(/\d+/g, '0')} ${detail}`);
  }

  /**
   * Returns whether a body is valid for an operation.
   * @param {string} method
   * @param {string} path
   */
  const bodyValidator = (method, path) => (/** @type {unknown} */ body) =>
    validatorAt(
      open,
      'open',
      `#/paths/${escaped(path)}/${method}/requestBody/content/application~1json/schema`,
    )(body) === true;

  return { contradictions, bodyValidator, document };
}

/** @typedef {{ path: string, operation: Json, pointer: string }} Route */

/** @param {Json} document */
function routesOf(document) {
  /** @type {Map<string, (Route & { pattern: RegExp })[]>} */
  const byShape = new Map();
  const shapeOf = (/** @type {string} */ method, /** @type {string} */ path) => `${method} ${path.split('/').length}`;
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      const shape = shapeOf(method, path);
      const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
      const pointer = `#/paths/${escaped(path)}/${method}`;
      byShape.set(shape, [...(byShape.get(shape) ?? []), { path, operation, pattern, pointer }]);
    }
  // a fixed segment precedes a parameter, as in the router
  for (const routes of byShape.values()) routes.sort((a, b) => count(a.path) - count(b.path));
  return {
    find: (/** @type {string} */ method, /** @type {string} */ path) =>
      byShape.get(shapeOf(method, path))?.find(({ pattern }) => pattern.test(path)),
  };
}

const count = (/** @type {string} */ path) => path.split('{').length;
const escaped = (/** @type {string} */ part) =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~');

/**
 * @param {Json} document
 * @param {string} name
 */
function ajvWith(document, name) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, allowUnionTypes: true });
  formats.default(ajv);
  ajv.addFormat('nhs-number', isNhsNumber);
  ajv.addFormat('one-script', isInOneScript);
  ajv.addFormat('int64', { type: 'number', validate: Number.isInteger });
  ajv.addFormat('int32', { type: 'number', validate: (value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31 });
  ajv.addSchema({ $id: name, ...document });
  return ajv;
}

/**
 * Copies a document with `additionalProperties: false` in each object that has properties.
 * @param {any} node
 * @returns {any}
 */
function closeObjects(node) {
  if (Array.isArray(node)) return node.map(closeObjects);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closeObjects(value)]));
  if ([copy.type].flat().includes('object') && copy.properties) copy.additionalProperties ??= false;
  return copy;
}

/**
 * @param {Json} document
 * @param {Json | undefined} node
 * @returns {Json | undefined}
 */
function resolved(document, node) {
  if (!node?.$ref) return node;
  return node.$ref
    .slice(2)
    .split('/')
    .reduce((/** @type {Json} */ at, /** @type {string} */ part) => at[part], document);
}

/**
 * Parses the texts of a query parameter as its schema types them.
 * @param {Json | undefined} schema
 * @param {string[]} texts
 */
function valueOf(schema, texts) {
  const types = [schema?.type].flat();
  const one = (/** @type {string} */ text) => {
    if (types.includes('integer') || types.includes('number'))
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
    return text;
  };
  return types.includes('array') ? texts.map(one) : texts.length === 1 ? one(texts[0] ?? '') : texts;
}

/** Check digit by modulus 11, as the NHS publishes it. @param {string} text */
function isNhsNumber(text) {
  if (!/^\d{10}$/.test(text)) return false;
  const sum = [...text].reduce((total, digit, at) => total + Number(digit) * (10 - at), 0);
  return sum % 11 === 0;
}

/** Letters of one of the scripts that look alike. @param {string} text */
const isInOneScript = (text) =>
  ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Georgian', 'Cherokee', 'Coptic', 'Lisu'].filter((script) =>
    new RegExp(`\\p{Script=${script}}`, 'u').test(text),
  ).length < 2;

/** @param {Validator} validate */
function errorsOf(validate) {
  return (validate.errors ?? []).slice(0, 8).map(({ instancePath, message = '', params, data }) => {
    const at = instancePath.replaceAll(/\/\d+/g, '/0');
    const value = data === undefined || typeof data === 'object' ? '' : ` (${JSON.stringify(data).slice(0, 40)})`;
    return `${at || '/'} ${message} ${JSON.stringify(params).slice(0, 120)}${value}`;
  });
}
