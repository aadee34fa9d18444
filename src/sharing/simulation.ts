/** What a proposed version changes, worked out by the very functions that enforce agreements. No clock, no database. */
import { createHash } from 'node:crypto';
import type { Actor } from '../authentication/actor.js';
import { isAtLeast, type SharingLevel } from '../authorization/data-categories.js';
import { grantedLevel } from '../authorization/sharing-levels.js';
import { inBatches } from '../records/batches.js';
import { factsOf, type Receiver, type VersionAtHand } from './agreement-facts.js';
import type { Holding } from './holdings.js';
import type { RowDifference, SimulatedChange } from './simulation.entity.js';

export interface Proposal {
  /** Every version that now opens anything on the panels concerned. */
  inForce: readonly VersionAtHand[];
  /** The version of the same agreement that the proposed one takes the place of. */
  replaced: VersionAtHand | null;
  proposed: VersionAtHand;
  /** Receiving agencies, and the coordination of panels. */
  receivers: readonly Receiver[];
  panelIds: readonly string[];
  holdings: readonly Holding[];
  /** A day in London. */
  today: string;
}

export interface Effects {
  changes: SimulatedChange[];
  sampleCaseIds: string[][];
}

/** As it would be once activated, when every party has signed and its first day has come. */
const asIfInForce = (version: VersionAtHand, today: string): VersionAtHand => ({
  ...version,
  status: 'active',
  effectiveFrom: version.effectiveFrom < today ? version.effectiveFrom : today,
  parties: version.parties.map(({ agencyId }) => ({ agencyId, signedOn: today })),
});

/** Somebody of the receiver, as far as the levels ask: an agency's own staff, or a panel's coordination. */
function reader(asker: Actor, receiver: Receiver, agreements: Actor['agreements'], panelIds: readonly string[]): Actor {
  return {
    ...asker,
    agencyId: receiver.agencyId ?? '',
    agencyType: receiver.type,
    agreements,
    coordinatedPanelIds: receiver.agencyId === null ? [...panelIds] : [],
  };
}

/** The changes over what is held, in a fixed order. `asker` lends the form of an actor; nothing of it is asked. */
export async function effectsOf(asker: Actor, proposal: Proposal): Promise<Effects> {
  const { inForce, replaced, proposed, receivers, panelIds, holdings, today } = proposal;
  const afterwards = [...inForce.filter((one) => one.versionId !== replaced?.versionId), asIfInForce(proposed, today)];
  const purposes = [...new Set([...inForce, proposed].flatMap(({ rows }) => rows.map((row) => row.purpose)))].sort();
  const found: [SimulatedChange, string[]][] = [];
  for (const purpose of purposes)
    await inBatches(receivers, (receiver) => {
      const before = reader(asker, receiver, factsOf(inForce, receiver, purpose, today), panelIds);
      const after = reader(asker, receiver, factsOf(afterwards, receiver, purpose, today), panelIds);
      for (const { panelId, category, contributingAgencyId, contributingType, cases, sampleCaseIds } of holdings) {
        // what an agency contributed is always its own
        if (contributingAgencyId !== null && contributingAgencyId === receiver.agencyId) continue;
        const from = contributingAgencyId ? { agencyId: contributingAgencyId, type: contributingType } : undefined;
        const was = grantedLevel(before, panelId, category, from).level;
        const will = grantedLevel(after, panelId, category, from).level;
        if (was === will) continue;
        found.push([
          {
            purpose,
            panelId,
            agencyId: receiver.agencyId,
            receivingType: receiver.type,
            category,
            contributingAgencyId,
            contributingType,
            before: was,
            after: will,
            cases,
          },
          sampleCaseIds,
        ]);
      }
    });
  const keyed = await inBatches(found, (one) => ({ key: canonical(one[0]), one }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { changes: keyed.map(({ one }) => one[0]), sampleCaseIds: keyed.map(({ one }) => one[1]) };
}

/** Rows of two versions that say otherwise. A row that is there on one side only has no level on the other. */
export function rowDifferences(before: VersionAtHand | null, after: VersionAtHand): RowDifference[] {
  const byKey = (version: VersionAtHand | null): Map<string, VersionAtHand['rows'][number]> =>
    new Map(
      version?.rows.map((row) => [[row.purpose, row.category, row.contributingType, row.receivingType].join(' '), row]),
    );
  const [old, fresh] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((key) => {
    const row = fresh.get(key) ?? old.get(key);
    const levels: { before: SharingLevel | null; after: SharingLevel | null } = {
      before: old.get(key)?.level ?? null,
      after: fresh.get(key)?.level ?? null,
    };
    if (!row || levels.before === levels.after) return [];
    const { purpose, category, contributingType, receivingType } = row;
    return [{ purpose, category, contributingType, receivingType, ...levels }];
  });
}

export const gains = ({ before, after }: Pick<SimulatedChange, 'before' | 'after'>): boolean =>
  isAtLeast(after, before);

/** JSON with its keys in order: one text for one meaning. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null);
}

/** SHA-256, in hex, over the canonical form. */
export const digestOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
