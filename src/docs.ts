/** Serves `/openapi.json` (the committed document) and `/docs` (Swagger UI with its assets from this service). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

export const DOCUMENT_FILE = fileURLToPath(new URL('../openapi/openapi.json', import.meta.url));

export function serveDocs(app: NestFastifyApplication, fastify: FastifyInstance, port: number): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/docs')) return;
    route.onSend = async (_request, reply) => {
      void reply.header('content-security-policy', PAGE_POLICY);
      await Promise.resolve();
    };
  });
  const document = JSON.parse(readFileSync(DOCUMENT_FILE, 'utf8')) as OpenAPIObject;
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
