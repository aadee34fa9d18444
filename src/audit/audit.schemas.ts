/** OpenAPI schemas of the audit responses that are not views of a record. */
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

const text = { type: 'string' as const, maxLength: 1000 };
const anything = { type: 'object' as const, additionalProperties: true };

/** Schema of one line of the export; `type` determines which members the line has. */
export const exportSchema = {
  type: 'object' as const,
  required: ['type'],
  description:
    'One line: the header, then entries and checkpoints. A line `end` occurs only if access ended during the export.',
  properties: {
    type: { type: 'string' as const, enum: ['header', 'entry', 'checkpoint', 'end'] },
    format: text,
    keys: {
      type: 'array' as const,
      maxItems: 1000,
      items: { type: 'object' as const, properties: { id: text, publicKey: text } },
    },
    size,
    leafMembers: { type: 'array' as const, maxItems: 100, items: text },
    earlierLeafMembers: {
      type: 'array' as const,
      maxItems: 100,
      items: { type: 'array' as const, maxItems: 100, items: text },
    },
    personal: { type: 'array' as const, maxItems: 100, items: text },
    index: size,
    leafHash: hash,
    leaf: anything,
    values: anything,
    salts: anything,
    root: hash,
    time: { type: 'string' as const, format: 'date-time' },
    keyId: text,
    signature: text,
    complete: { type: 'boolean' as const },
    reason: text,
  },
};
