/** OpenAPI schemas of the policy responses that are not views of a record. */
import { STEPS } from '../authorization/subject.types.js';

const text = { type: 'string' as const, maxLength: 1000 };
const texts = { type: 'array' as const, maxItems: 200, items: text };
const rows = (properties: Record<string, object>): object => ({
  type: 'array',
  maxItems: 2000,
  items: { type: 'object', required: Object.keys(properties), properties },
});

export const matrixSchema = {
  type: 'object',
  required: ['rules', 'subjects', 'withheld'],
  properties: {
    rules: rows({
      subject: text,
      action: text,
      ground: text,
      who: text,
      within: { ...text, nullable: true },
      fields: { ...texts, nullable: true },
    }),
    subjects: rows({
      subject: text,
      bars: rows({ step: text, who: text }),
      caps: rows({ level: text, rule: text }),
      fields: rows({ field: text, category: text, from: text }),
    }),
    withheld: texts,
  },
} as object;

export const explanationSchema = {
  type: 'object',
  required: ['outcome', 'steps', 'decidedBy', 'agreementRowId', 'wouldChange', 'withheld'],
  properties: {
    outcome: { type: 'string', enum: ['permit', 'withhold', 'refuse'] },
    steps: rows({
      step: { type: 'string', enum: [...STEPS] },
      result: { type: 'string', enum: ['passed', 'stopped', 'opened', 'not-met', 'not-applicable'] },
      rule: text,
    }),
    decidedBy: {
      type: 'object',
      nullable: true,
      required: ['step', 'rule'],
      properties: { step: { type: 'string', enum: [...STEPS] }, rule: text },
    },
    agreementRowId: { type: 'string', format: 'uuid', maxLength: 36, nullable: true },
    wouldChange: texts,
    withheld: texts,
  },
} as object;

const uuid = { type: 'string' as const, format: 'uuid', maxLength: 36 };
const levels = Object.fromEntries(['full', 'summary', 'existence'].map((level) => [level, texts]));

export const accessSchema = {
  type: 'object',
  required: ['caseId', 'people', 'agencies', 'complete', 'withheld'],
  properties: {
    caseId: uuid,
    people: rows({
      practitionerId: uuid,
      name: text,
      agencyId: uuid,
      outcome: { type: 'string', enum: ['permit', 'refuse'] },
      because: texts,
      receives: {
        type: 'object',
        description:
          'Categories by the level at which the person receives them for the usual purpose: of agencies in general, and in `exceptions` of types of agencies of which the agreement gives another level.',
        properties: {
          ...levels,
          exceptions: rows({
            category: text,
            contributingType: text,
            level: { type: 'string', enum: ['full', 'summary', 'existence', 'none'] },
          }),
        },
      },
    }),
    agencies: rows({ agencyId: uuid, because: texts }),
    complete: { type: 'boolean', description: 'False where more people were possible than were examined.' },
    withheld: texts,
  },
} as object;
