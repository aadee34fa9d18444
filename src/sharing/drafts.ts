/** Conversion of a request into the rows and parties of a draft. */
import { In } from 'typeorm';
import { Agency, AgencyPartnership } from '../agencies/agency.entity.js';
import type { DataCategory, LegalGateway, SharingLevel } from '../authorization/data-categories.js';
import type { Purpose } from '../authentication/purposes.js';
import { unacceptable, type FieldError } from '../http/problems.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { isSame } from '../records/written-values.js';
import { SharingParty, SharingRow, type OnwardSharing, type SharingAgreementVersion } from './agreement.entity.js';
import { unlawful, type WrittenRow } from './agreement-law.js';
import type { SharingDraftChange, SharingPartyRequest, SharingRowRequest } from './agreement.dto.js';

/** Complete content of a version, as it is saved. */
export interface Draft {
  purposes: Purpose[];
  parties: SharingPartyRequest[];
  rows: WrittenRow[];
  effectiveFrom: string;
  reviewDue: string;
  expiresOn: string;
}

const MOST_ERRORS = 1000;

export const rowsOf = (work: UnitOfWork, agreementVersionId: string): Promise<SharingRow[]> =>
  work.manager.find(SharingRow, { where: { agreementVersionId }, order: { id: 'ASC' } });

export const partiesOf = (work: UnitOfWork, agreementVersionId: string): Promise<SharingParty[]> =>
  work.manager.find(SharingParty, { where: { agreementVersionId }, order: { id: 'ASC' } });

const written = (row: SharingRowRequest | SharingRow, at: string): WrittenRow => ({
  at,
  purpose: row.purpose,
  category: row.category,
  contributingType: row.contributingType,
  receivingType: row.receivingType,
  level: row.level,
  gateway: row.gateway ?? '',
  lawfulBasis: row.lawfulBasis ?? '',
  condition: row.condition ?? '',
  onward: row.onward,
  retentionClass: row.retentionClass ?? '',
});

const keyOf = (row: { purpose: string; category: string; contributingType: string; receivingType: string }): string =>
  [row.purpose, row.category, row.contributingType, row.receivingType].join(' ');

/** Merges the request into the base version. `from` is the pointer in the request reported for errors in the base. */
export async function draftOf(
  work: UnitOfWork,
  request: SharingDraftChange,
  base: SharingAgreementVersion | null,
  from: string,
): Promise<Draft> {
  const rows = request.rows
    ? request.rows.map((row, index) => written(row, `/rows/${String(index)}`))
    : base
      ? (await rowsOf(work, base.id)).map((row) => written(row, from))
      : [];
  const changes = (request.rowChanges ?? []).map((row, index) => written(row, `/rowChanges/${String(index)}`));
  const changed = new Set(changes.map(keyOf));
  const parties =
    request.parties ?? (base ? (await partiesOf(work, base.id)).map(({ agencyId, role }) => ({ agencyId, role })) : []);
  const dates = {
    effectiveFrom: request.effectiveFrom ?? base?.effectiveFrom,
    reviewDue: request.reviewDue ?? base?.reviewDue,
    expiresOn: request.expiresOn ?? base?.expiresOn,
  };
  const missing = Object.entries(dates).filter(([, date]) => !date);
  if (missing.length)
    throw unacceptable(
      'dates-missing',
      'Say from when the agreement applies, when it is reviewed and when it ends.',
      missing.map(([name]) => ({ pointer: `/${name}`, detail: 'name the day' })),
    );
  return {
    purposes: (request.purposes ?? base?.purposes ?? []) as Purpose[],
    parties,
    rows: [...rows.filter((row) => !changed.has(keyOf(row))), ...changes],
    ...(dates as Pick<Draft, 'effectiveFrom' | 'reviewDue' | 'expiresOn'>),
  };
}

/**
 * Returns whether the draft equals the stored version, so that its signatures remain valid. The order of parties and
 * rows is irrelevant.
 */
export async function isAsDrafted(work: UnitOfWork, version: SharingAgreementVersion, draft: Draft): Promise<boolean> {
  const { parties, rows, ...values } = await draftOf(work, {}, version, '');
  const { parties: newParties, rows: newRows, ...newValues } = draft;
  const inOrder = (all: Draft['parties']): string[] =>
    all.map(({ agencyId, role }) => `${agencyId.toLowerCase()} ${role}`).sort();
  const byKey = (all: WrittenRow[]): object[] =>
    all.map((row) => ({ ...row, at: '' })).sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return (
    isSame(values, newValues) && isSame(inOrder(parties), inOrder(newParties)) && isSame(byKey(rows), byKey(newRows))
  );
}

/** Throws 422 for violations of the legal rules and for unknown or duplicate parties, all together. */
const errorsOfParties = (ids: string[], types: ReadonlyMap<string, string>): FieldError[] =>
  ids.flatMap((id, index): FieldError[] => {
    const at = `/parties/${String(index)}/agencyId`;
    if (!types.has(id)) return [{ pointer: at, detail: 'no agency of this partnership', code: 'unknown-party' }];
    return ids.indexOf(id) < index ? [{ pointer: at, detail: 'named already', code: 'duplicate-party' }] : [];
  });

export async function mustBeLawful(work: UnitOfWork, partnershipId: string, draft: Draft): Promise<void> {
  const ids = draft.parties.map((one) => one.agencyId.toLowerCase());
  const present = await work.manager.findBy(AgencyPartnership, { partnershipId, agencyId: In(ids) });
  const agencies = await work.manager.findBy(Agency, { id: In(present.map((one) => one.agencyId)), active: true });
  const types = new Map(agencies.map(({ id, type }) => [id, type]));
  const errors = [
    ...errorsOfParties(ids, types),
    ...unlawful({ ...draft, partyTypes: ids.flatMap((id) => types.get(id) ?? []) }),
  ];
  if (errors.length)
    throw unacceptable(
      'agreement-unlawful',
      `The agreement says what it may not, in ${String(errors.length)} places; see errors.`,
      errors.slice(0, MOST_ERRORS),
    );
}

/** Inserts the parties and rows of a version that has none. */
export async function write(work: UnitOfWork, agreementVersionId: string, { parties, rows }: Draft): Promise<void> {
  await work.write.insertMany(
    SharingParty,
    parties.map(({ agencyId, role }) => ({
      agreementVersionId,
      agencyId: agencyId.toLowerCase(),
      role,
      signedOn: null,
      signedById: null,
    })),
  );
  await work.write.insertMany(
    SharingRow,
    rows.map((row) => ({
      agreementVersionId,
      purpose: row.purpose as Purpose,
      category: row.category as DataCategory,
      contributingType: row.contributingType,
      receivingType: row.receivingType,
      level: row.level as SharingLevel,
      gateway: row.gateway as LegalGateway,
      lawfulBasis: row.lawfulBasis,
      condition: row.condition,
      onward: row.onward as OnwardSharing,
      retentionClass: row.retentionClass,
    })),
  );
}
