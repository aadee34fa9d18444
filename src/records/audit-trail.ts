/**
 * Audit entries of one unit of work. Content contributed by another agency is disclosed to the actor's agency; the
 * agency's own content and administrative data are consulted.
 *
 * Guests and agencies asked for research read a case only through items of meetings. Their disclosures and actions are
 * recorded with these items, and are thereby hidden from readers recused from all of them.
 */
import type { Actor } from '../authentication/actor.js';
import { EMERGENCY_PURPOSE, type Purpose } from '../authentication/purposes.js';
import type { Row, Where } from '../authorization/conditions.js';
import { isReadInEmergency } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import type { AuditDraft, DisclosureDraft } from './audit-recording.js';
import { auditDraft, auditScopeOf, concernOf } from './audit-drafts.js';
import type { MaskedRows } from './row-masks.js';
import { shapeOf, type ViewClass, type ViewShape } from './response-view.js';
import type { Subject } from '../authorization/subject.types.js';
import { READING_CONTEXT, type ReadingContext } from '../authorization/reading-context.js';
import type { KnownRecords } from './hidden-references.js';
import { type FieldMask, fieldMask } from './field-mask.js';

/** Rows shown together that share one audit entry. */
interface SharedEntry {
  operation: 'consult' | 'disclose';
  purpose?: Purpose;
  members: { row: Row; mask: FieldMask }[];
}

export class AuditTrail {
  readonly drafts: AuditDraft[] = [];

  constructor(private readonly work: Reading) {}

  /** Adds one entry for consulted and one for disclosed rows, per partnership, purpose and compartments. */
  async reading(
    how: string,
    action: string,
    view: ViewClass,
    { rows, masks }: MaskedRows,
    more: Partial<AuditDraft> = {},
  ): Promise<void> {
    const shape = shapeOf(view);
    const subject = subjectOf(shape.record);
    const items = await itemsReadThrough(this.work, action, () => rows.flatMap((row) => casesOf(subject, row)));
    if (!rows.length) this.add('consult', how, subject, [], { action, ...more });
    for (const { operation, purpose, members } of this.sharedEntries(subject, rows, masks)) {
      const union = (list: Exclude<keyof FieldMask, 'content'>): string[] => [
        ...new Set(members.flatMap(({ mask }) => mask[list])),
      ];
      const disclosed = members.flatMap(({ row, mask }) =>
        disclosuresOf(this.work.actor, shape, action, row, mask, purpose).map((one) => withItems(one, items)),
      );
      const shown = members.map(({ row }) => row);
      this.add(operation, how, subject, shown, {
        ...{ action, fields: union('shown'), withheld: union('withheld') },
        agreementVersionIds: union('agreementVersionIds'),
        ...(purpose ? { purpose } : {}),
        ...(disclosed.length ? { disclosed } : {}),
        ...more,
      });
    }
  }

  private sharedEntries(subject: Subject, rows: readonly Row[], masks: readonly FieldMask[]): SharedEntry[] {
    const { actor } = this.work;
    const entries = new Map<string, SharedEntry>();
    for (const [index, row] of rows.entries()) {
      const mask = masks[index] as FieldMask;
      const operation = isDisclosed(actor, subject, row, mask) ? 'disclose' : 'consult';
      const purpose = isReadInEmergency(actor, subject, row) ? EMERGENCY_PURPOSE : undefined;
      const { panelIds } = auditScopeOf(subject, [row]);
      const compartments = panelIds.filter((id) => actor.compartmentPanelIds.includes(id));
      const key = `${operation} ${String(row['partnershipId'])} ${purpose ?? ''} ${compartments.join()}`;
      const entry = entries.get(key) ?? { operation, purpose, members: [] };
      entry.members.push({ row, mask });
      entries.set(key, entry);
    }
    return [...entries.values()];
  }

  /** Adds an entry about rows of one partnership. */
  add(
    operation: AuditDraft['operation'],
    subOperation: string,
    subject: Subject,
    rows: readonly Row[],
    more: Partial<AuditDraft> = {},
  ): void {
    const recordIds = rows.map((row) => row['id'] as string);
    const what = { operation, subOperation, action: subOperation, subjectType: subject.name, recordIds };
    this.drafts.push(auditDraft({ ...what, ...concernOf(subject, ...rows), ...more }));
  }
}

/** Returns the cases to which the row belongs or through which the row was read. */
const casesOf = (subject: Subject, row: Row): (string | null | undefined)[] => [
  (subject.case ? row[subject.case] : row['caseId']) as string | null | undefined,
  ...((row[READING_CONTEXT] as ReadingContext | undefined)?.through ?? []).map(({ caseId }) => caseId),
];

/** Referrals, and record types that share the identifier of a referral. */
const REFERRALS = ['Referral', 'ReferralScreening'];

/** Returns whether the reader sees content contributed by another agency. */
export function isDisclosed(actor: Actor, { contributor }: Subject, row: Row, { content }: FieldMask): boolean {
  const from = contributor ? row[contributor.agency] : null;
  return from != null && from !== actor.agencyId && content.some((field) => row[field] != null);
}

/**
 * Returns what the reader's agency received of a record of another agency. There is one disclosure per case and
 * referral through which the record was read, each with the fields that the agreement of its panel permits,
 * independently of the others.
 */
function disclosuresOf(
  actor: Actor,
  shape: ViewShape,
  action: string,
  row: Row,
  masked: FieldMask,
  purpose: Purpose | undefined,
): DisclosureDraft[] {
  const subject = subjectOf(shape.record);
  if (subject.isAboutProcess) return [];
  const context = row[READING_CONTEXT] as ReadingContext | undefined;
  if (!context?.through?.length)
    return isDisclosed(actor, subject, row, masked) ? [{ ...disclosureDraft(subject, row, masked), purpose }] : [];
  const isMixed = context.panelIds.length > 1 || context.through.some((one) => one.inEmergency !== context.inEmergency);
  return context.through.flatMap(({ panelId, caseId, referralId, inEmergency }) => {
    const there = { ...row, [READING_CONTEXT]: { panelIds: [panelId], inEmergency } };
    const given = isMixed ? fieldMask(actor, shape, action, there) : masked;
    if (!isDisclosed(actor, subject, row, given)) return [];
    const purpose = actor.emergencyCaseIds.includes(caseId ?? '') ? EMERGENCY_PURPOSE : undefined;
    return [{ ...disclosureDraft(subject, row, given), panelId, caseId, referralId, purpose }];
  });
}

/** Returns the meeting item that the row is or belongs to. */
export function listingOf({ name }: Subject, row: object): string | null {
  const { id, listingId = null } = row as { id: string; listingId?: string | null };
  return name === 'Listing' ? id : listingId;
}

/** Creates the draft of a disclosure of the row. */
export function disclosureDraft(
  subject: Subject,
  row: Row,
  { content, agreementVersionIds }: Pick<FieldMask, 'content' | 'agreementVersionIds'>,
): DisclosureDraft {
  const id = (column: string | undefined): string | null => (column && (row[column] as string | null)) || null;
  return {
    partnershipId: row['partnershipId'] as string,
    panelId: id(subject.panel),
    caseId: id(subject.case) ?? id('caseId'),
    referralId: REFERRALS.includes(subject.name) ? id('id') : id('referralId'),
    personId: subject.name === 'Person' ? id('id') : id('personId'),
    listingId: listingOf(subject, row),
    recordType: subject.name,
    recordId: row['id'] as string,
    recordVersion: (row['version'] as number | undefined) ?? 1,
    originAgencyId: row[subject.contributor?.agency ?? 'agencyId'] as string,
    fields: content,
    agreementVersionIds,
  };
}

/** Part of a unit of work used by the finders. */
export interface Reading {
  readonly actor: Actor;
  readonly now: Date;
  readonly records: {
    findMany: <T extends object>(action: string, type: RecordClass<T>, filter: Where, limit?: number) => Promise<T[]>;
    known: (type: RecordClass, actions: readonly string[], ids: string[], reader?: Actor) => Promise<KnownRecords>;
  };
}

/** Items by case, for cases to which the current actor has no other access for the action. */
export type ItemsByCase = ReadonlyMap<string, string[]>;

interface Finder {
  /**
   * Returns whether the actor may have read something only through an item. Must be cheap, because every read calls it.
   */
  concerns: (work: Reading, action: string) => boolean;
  find: (work: Reading, action: string, caseIds: string[]) => Promise<ItemsByCase>;
}

const finders: Finder[] = [];

export function declareItemsRead(finder: Finder): void {
  finders.push(finder);
}

export async function itemsReadThrough(
  work: Reading,
  action: string,
  casesOf: () => (string | null | undefined)[],
): Promise<ItemsByCase> {
  const found = new Map<string, string[]>();
  for (const { concerns, find } of finders) {
    if (!concerns(work, action)) continue;
    const caseIds = [...new Set(casesOf().filter((id) => id != null))];
    if (!caseIds.length) continue;
    for (const [caseId, ids] of await find(work, action, caseIds)) found.set(caseId, [...new Set(ids)].sort());
  }
  return found;
}

/** Adds the meeting items that are the actor's only access to the case. */
export const withItems = (one: DisclosureDraft, items: ItemsByCase): DisclosureDraft => {
  const throughListingIds = items.get(one.caseId ?? '');
  return throughListingIds ? { ...one, throughListingIds } : one;
};
