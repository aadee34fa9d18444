/** Serves `/openapi.json` (the committed document) and `/docs` (Swagger UI with its assets from this service). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}(T.*)?$/;
/** Distance from the week of the examples within which a date is of the present; a date of birth is not. */
const OF_THE_PRESENT_DAYS = 1_000;

/** Moves the dates of the examples by whole weeks. They then lie as far from the present as they were written. */
export function moveExamplesTo(document: OpenAPIObject, now: Date): OpenAPIObject {
  const week = Date.parse((document as unknown as { 'x-example-week': string })['x-example-week']);
  const monday = now.getTime() - ((now.getUTCDay() + 6) % 7) * DAY;
  const shift = Math.round((monday - week) / (7 * DAY)) * 7 * DAY;
  const moved = (text: string): string => {
    const date = Date.parse(text);
    if (!DATE.test(text) || Math.abs(date - week) > OF_THE_PRESENT_DAYS * DAY) return text;
    return `${new Date(Date.parse(text.slice(0, 10)) + shift).toISOString().slice(0, 10)}${text.slice(10)}`;
  };
  const visit = (node: unknown, isExample: boolean): unknown => {
    if (typeof node === 'string') return isExample ? moved(node) : node;
    if (Array.isArray(node)) return node.map((one) => visit(one, isExample));
    if (typeof node !== 'object' || node === null) return node;
    const isOfExample = (key: string): boolean => isExample || EXAMPLE_KEYS.includes(key);
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value, isOfExample(key))]));
  };
  return visit(document, false) as OpenAPIObject;
}
const EXAMPLE_KEYS = ['examples', 'x-sandbox'];

export const DOCUMENT_FILE = fileURLToPath(new URL('../openapi/openapi.json', import.meta.url));

export function serveDocs(app: NestFastifyApplication, fastify: FastifyInstance, port: number): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/docs')) return;
    route.onSend = async (_request, reply) => {
      void reply.header('content-security-policy', PAGE_POLICY);
      await Promise.resolve();
    };
  });
  const document = moveExamplesTo(JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as OpenAPIObject, new Date());
  const here = { url: `http://127.0.0.1:${String(port)}`, description: 'This process' };
  SwaggerModule.setup(
    'docs',
    app,
    { ...document, servers: [...(document.servers ?? []), here] },
    {
      jsonDocumentUrl: 'openapi.json',
      yamlDocumentUrl: 'openapi.yaml',
      customSiteTitle: 'Wardmote API',
      swaggerOptions: { persistAuthorization: false, validatorUrl: null, deepLinking: true },
    },
  );
}
