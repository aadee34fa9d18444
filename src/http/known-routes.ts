/** Registry of HTTP methods by route pattern, for 405 responses and their `Allow` header. */
import type { RouteOptions } from 'fastify';

const routes: { method: string; pattern: RegExp }[] = [];

export function registerRoute({ method, url }: Pick<RouteOptions, 'method' | 'url'>): void {
  const pattern = url
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[^/]+/g, '[^/]+')
    .replace(/\\\*$/, '.*');
  for (const one of [method].flat()) routes.push({ method: one, pattern: new RegExp(`^${pattern}$`) });
}

export function methodsOf(url: string): string[] {
  const path = url.split('?')[0] ?? '';
  return [...new Set(routes.filter((route) => route.pattern.test(path)).map((route) => route.method))].sort();
}
