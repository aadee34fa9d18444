import { createHash } from 'node:crypto';

/** Time in the identifier of every seeded record. Examples of the OpenAPI document name seeded records. */
const SEEDED = Date.UTC(2025, 0, 6);

/** Returns the UUIDv7 of a seeded record, the same at every seeding: a fixed time, the rest from its kind and key. */
export function seedId(kind: string, key: string): string {
  const time = SEEDED.toString(16).padStart(12, '0');
  const hash = createHash('sha256').update(`${kind}:${key}`).digest('hex');
  const variant = ((parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
