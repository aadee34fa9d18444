/**
 * Legal limits on the content of agreements, in one table: each rule with its code, sentence and source. Saving a draft
 * checks all rules together; a test checks them for every agreement of the sandbox. Rules about a single row are also
 * database constraints (`agreement.entity.ts`).
 */
import { AGENCY_TYPES, ANY_CONTRIBUTOR, PANEL_COORDINATION } from '../agencies/agency-types.js';
import {
  CATEGORY_PARENTS,
  DATA_CATEGORIES,
  LEGAL_GATEWAYS,
  SHARING_LEVELS,
  type DataCategory,
  type SharingLevel,
} from '../authorization/data-categories.js';
import { isAtLeast } from '../authorization/sharing-levels.js';
import { PURPOSES } from '../authentication/purposes.js';
import type { FieldError } from '../http/problems.js';
import { ONWARD_SHARING } from './agreement.entity.js';

/** Row as sent, before validation of its values, with its position in the request. */
export interface WrittenRow {
  /** JSON Pointer of the row, e.g. `/rows/12`. */
  at: string;
  purpose: string;
  category: string;
  contributingType: string;
  receivingType: string;
  level: string;
  gateway: string;
  lawfulBasis: string;
  condition: string;
  onward: string;
  retentionClass: string;
}

export interface WrittenAgreement {
  purposes: string[];
  /** Types of the parties, in the order of the request. */
  partyTypes: string[];
  rows: WrittenRow[];
  effectiveFrom: string;
  reviewDue: string;
  expiresOn: string;
}

export interface LegalRule {
  /** Stable code, lower-case and hyphenated. */
  code: string;
  /** Prohibition with its reason, as shown to users. */
  sentence: string;
  source: string;
  /** Finds the places where the agreement violates the rule. */
  breaches: (agreement: WrittenAgreement) => FieldError[];
}

const NOTE = 'note on law and standards';

/** Information about patients or care, which the serious-violence duty does not cover. */
const HEALTH_AND_CARE = [
  'health_physical',
  'health_mental',
  'substance_use',
  'sexual_health',
  'social_care_child',
  'social_care_adult',
];
const isHealthOrCare = (type: string): boolean =>
  type.startsWith('health') || type.endsWith('social_care') || type === 'substance_misuse';

/** Purposes for which no agreement in advance is allowed. */
const NEVER_AGREED: Record<string, string> = {
  EMERGENCY_BTG: 'emergency access is decided at the moment, for one case, and reviewed',
  SYSTEM_ADMIN: 'whoever keeps the service running reads no case',
  STATISTICS_DEPERSONALISED: 'what is depersonalised does not come from a case as it stands',
};

const keyOf = (row: WrittenRow, category = row.category, contributor = row.contributingType): string =>
  [row.purpose, category, contributor, row.receivingType].join(' ');

const levelOf = (row: WrittenRow): SharingLevel => row.level as SharingLevel;

/** Builds a rule about single rows: returns a pointer within the row and a message for each violation. */
const eachRow =
  (broken: (row: WrittenRow, agreement: WrittenAgreement) => [pointer: string, detail: string][]) =>
  (agreement: WrittenAgreement): FieldError[] =>
    agreement.rows.flatMap((row) =>
      broken(row, agreement).map(([pointer, detail]) => ({ pointer: row.at + pointer, detail })),
    );

const oneOf = (
  row: WrittenRow,
  field: keyof WrittenRow,
  known: readonly string[],
  what: string,
): [pointer: string, detail: string][] => (known.includes(row[field]) ? [] : [[`/${field}`, `no such ${what}`]]);

/** Row for a more sensitive category, with the row of its parent category that applies to the same contributor. */
interface Kinship {
  child: WrittenRow;
  parentCategory: DataCategory;
  contributor: string;
  parent: WrittenRow | undefined;
}

/**
 * Returns every pair of child and parent rows that applies to some contributor. The more specific row applies, so each
 * contributor named for either category is checked, with `any` as the fallback for the other category.
 */
function kinships({ rows }: WrittenAgreement): Kinship[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  const decides = (row: WrittenRow, category: string, contributor: string): WrittenRow | undefined =>
    byKey.get(keyOf(row, category, contributor)) ?? byKey.get(keyOf(row, category, ANY_CONTRIBUTOR));
  const contributorsTo = new Map<string, Set<string>>();
  const place = (row: WrittenRow, category: string): string => [row.purpose, category, row.receivingType].join(' ');
  for (const row of rows) {
    const key = place(row, row.category);
    contributorsTo.set(key, (contributorsTo.get(key) ?? new Set()).add(row.contributingType));
  }
  // of rows with one key the last applies: the others have no pair, and are refused as duplicates
  return [...byKey.values()].flatMap((child): Kinship[] => {
    const parentCategory = CATEGORY_PARENTS[child.category as DataCategory];
    if (!parentCategory) return [];
    const named = contributorsTo.get(place(child, parentCategory)) ?? new Set<string>();
    const asked =
      child.contributingType === ANY_CONTRIBUTOR ? new Set([ANY_CONTRIBUTOR, ...named]) : [child.contributingType];
    return [...asked]
      .filter((contributor) => decides(child, child.category, contributor) === child)
      .map((contributor) => ({
        child,
        parentCategory,
        contributor,
        parent: decides(child, parentCategory, contributor),
      }));
  });
}

export const AGREEMENT_LAW: readonly LegalRule[] = [
  {
    code: 'unknown-term',
    sentence: 'A row is written in the terms of the agreement: purposes, categories, types, levels and gateways.',
    source: `${NOTE}, sections 3 and 5.1; MARAC note, section 3.2`,
    breaches: eachRow((row) => [
      ...oneOf(row, 'purpose', PURPOSES, 'purpose'),
      ...oneOf(row, 'category', DATA_CATEGORIES, 'data category'),
      ...oneOf(row, 'contributingType', [...AGENCY_TYPES, ANY_CONTRIBUTOR], 'type of agency'),
      ...oneOf(row, 'receivingType', [...AGENCY_TYPES, PANEL_COORDINATION], 'type of agency'),
      ...oneOf(row, 'level', SHARING_LEVELS, 'level'),
      ...oneOf(row, 'onward', ONWARD_SHARING, 'limit of onward sharing'),
      ...(row.gateway ? oneOf(row, 'gateway', LEGAL_GATEWAYS, 'legal gateway') : []),
    ]),
  },
  {
    code: 'no-gateway',
    sentence: 'Every row names the legal power that carries it.',
    source: `${NOTE}, section 3, REQ-LAW-01`,
    breaches: eachRow((row) => (row.gateway ? [] : [['/gateway', 'name the legal power that carries this']])),
  },
  {
    code: 'no-lawful-basis',
    sentence:
      'Every row names its basis, and its condition: of Article 9, Schedule 1 or Article 10, or that none is needed.',
    source: `${NOTE}, section 3, REQ-LAW-03`,
    breaches: eachRow((row) => [
      ...blank(row, 'lawfulBasis', 'name the UK GDPR Article 6 basis'),
      ...blank(row, 'condition', 'name the Article 9, Schedule 1 or Article 10 route, or say that none is needed'),
    ]),
  },
  {
    code: 'no-retention',
    sentence: 'Every row says how long what it shares is kept.',
    source: `${NOTE}, section 5.1, REQ-ISA-02`,
    breaches: eachRow((row) => blank(row, 'retentionClass', 'name the retention class')),
  },
  {
    code: 'gateway-carries-no-health-or-care',
    sentence:
      'The serious-violence duty carries no patient information and nothing from a health or social-care authority; a row for any contributor would reach those too.',
    source: `Police, Crime, Sentencing and Courts Act 2022 s.16; ${NOTE}, sections 0 (fact 4) and 2.4`,
    breaches: eachRow((row) =>
      row.gateway === 'PCSC_S16' &&
      (HEALTH_AND_CARE.includes(row.category) ||
        isHealthOrCare(row.contributingType) ||
        row.contributingType === ANY_CONTRIBUTOR)
        ? [['/gateway', 'PCSC_S16 cannot carry this: name another power, or police or probation as contributor']]
        : [],
    ),
  },
  {
    code: 'gateway-carries-no-person',
    sentence: 'The duty to share prescribed sets carries depersonalised information only: never what stands in a case.',
    source: `Crime and Disorder Act 1998 s.17A; ${NOTE}, section 3, REQ-LAW-02`,
    breaches: eachRow((row) =>
      row.gateway === 'CDA_S17A' && row.level !== 'none'
        ? [['/gateway', 'CDA_S17A carries depersonalised information only: name another power']]
        : [],
    ),
  },
  {
    code: 'purpose-not-agreed',
    sentence: 'A row stands for a purpose of its agreement.',
    source: `${NOTE}, section 5.1, REQ-ISA-01`,
    breaches: eachRow((row, { purposes }) =>
      (PURPOSES as readonly string[]).includes(row.purpose) && !purposes.includes(row.purpose)
        ? [['/purpose', 'the agreement does not name this purpose']]
        : [],
    ),
  },
  {
    code: 'purpose-never-agreed',
    sentence:
      'Emergencies, administration and statistics are no purposes for which case information is agreed to travel.',
    source: `${NOTE}, sections 3 (REQ-LAW-02) and 5.4`,
    breaches: ({ purposes, rows }) => [
      ...purposes.flatMap((purpose, index) => {
        const why = NEVER_AGREED[purpose];
        return why ? [{ pointer: `/purposes/${String(index)}`, detail: why }] : [];
      }),
      ...rows.flatMap((row) => {
        const why = NEVER_AGREED[row.purpose];
        return why ? [{ pointer: `${row.at}/purpose`, detail: why }] : [];
      }),
    ],
  },
  {
    code: 'duplicate-row',
    sentence: 'One row decides: none says the same of the same twice.',
    source: `${NOTE}, section 5.1, REQ-ISA-02`,
    breaches: ({ rows }) => {
      const seen = new Set<string>();
      return rows.flatMap((row) => {
        const key = keyOf(row);
        if (seen.has(key))
          return [{ pointer: row.at, detail: 'an earlier row names the same purpose, category and types' }];
        seen.add(key);
        return [];
      });
    },
  },
  {
    code: 'nobody-receives',
    sentence:
      'Whoever receives is party to the agreement: a row to a type of agency that no party has is a gift to nobody.',
    source: `${NOTE}, section 5.1, REQ-ISA-04`,
    breaches: eachRow((row, { partyTypes }) =>
      row.receivingType === PANEL_COORDINATION ||
      partyTypes.includes(row.receivingType) ||
      !(AGENCY_TYPES as readonly string[]).includes(row.receivingType)
        ? []
        : [['/receivingType', 'no party is an agency of this type']],
    ),
  },
  {
    code: 'dangling-category',
    sentence:
      'A more sensitive kind of a category is shared only where a row says what is shared of the category itself.',
    source: `choice; see CATEGORY_PARENTS`,
    breaches: (agreement) =>
      kinships(agreement)
        .filter(({ child, parent }) => !parent && child.level !== 'none')
        .map(({ child, parentCategory, contributor }) => ({
          pointer: `${child.at}/category`,
          detail: `no row shares ${parentCategory} from ${contributor} with ${child.receivingType} for ${child.purpose}`,
        })),
  },
  {
    code: 'child-less-restricted',
    sentence: 'A more sensitive kind of a category never travels further than the category itself.',
    source: `choice; see CATEGORY_PARENTS`,
    breaches: (agreement) =>
      kinships(agreement)
        .filter(({ child, parent }) => parent && !isAtLeast(levelOf(parent), levelOf(child)))
        .map(({ child, parent, parentCategory, contributor }) => ({
          pointer: `${child.at}/level`,
          detail: `${child.category} at ${child.level}, but ${parentCategory} from ${contributor} at ${parent?.level ?? 'none'}`,
        })),
  },
  {
    code: 'nothing-agreed',
    sentence: 'An agreement has purposes, parties and rows.',
    source: `${NOTE}, section 5.1, REQ-ISA-01`,
    breaches: ({ purposes, partyTypes, rows }) => [
      ...(purposes.length ? [] : [{ pointer: '/purposes', detail: 'name at least one purpose' }]),
      ...(partyTypes.length > 1 ? [] : [{ pointer: '/parties', detail: 'name at least two parties' }]),
      ...(rows.length ? [] : [{ pointer: '/rows', detail: 'write at least one row' }]),
    ],
  },
  {
    code: 'dates-out-of-order',
    sentence: 'It takes effect, is reviewed and ends, in this order.',
    source: `${NOTE}, section 5.1, REQ-ISA-03`,
    breaches: ({ effectiveFrom, reviewDue, expiresOn }) => [
      ...(reviewDue >= effectiveFrom ? [] : [{ pointer: '/reviewDue', detail: 'not before it takes effect' }]),
      ...(expiresOn > effectiveFrom ? [] : [{ pointer: '/expiresOn', detail: 'after it takes effect' }]),
      ...(expiresOn >= reviewDue ? [] : [{ pointer: '/reviewDue', detail: 'not after it has ended' }]),
    ],
  },
];

function blank(row: WrittenRow, field: keyof WrittenRow, detail: string): [pointer: string, detail: string][] {
  return row[field].trim() ? [] : [[`/${field}`, detail]];
}

/**
 * Returns all violations of the rules in an agreement, each with the code of its rule and its pointer; empty if there
 * are none.
 */
export const unlawful = (agreement: WrittenAgreement): FieldError[] =>
  AGREEMENT_LAW.flatMap(({ code, breaches }) => breaches(agreement).map((error) => ({ ...error, code })));
