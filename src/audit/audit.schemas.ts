/** The shapes of the answers that are not views of a record. */
const hash = { type: 'string' as const, maxLength: 44, description: 'SHA-256 in base64.' };
const size = { type: 'integer' as const, format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const path = { type: 'array' as const, maxItems: 128, items: hash };
const withheld = { type: 'array' as const, maxItems: 100, items: { type: 'string' as const, maxLength: 100 } };

const document = (properties: Record<string, object>): object => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

export const inclusionProofSchema = document({ index: size, leafHash: hash, size, root: hash, path, withheld });

export const consistencyProofSchema = document({ from: size, fromRoot: hash, to: size, toRoot: hash, path, withheld });

export const exportSchema = { type: 'string' as const, format: 'binary', maxLength: Number.MAX_SAFE_INTEGER };
