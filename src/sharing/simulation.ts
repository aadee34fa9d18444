/** Effects of a proposed version, computed by the functions that enforce agreements. Uses no clock and no database. */
import { createHash } from 'node:crypto';
import type { Actor } from '../authentication/actor.js';
import { type SharingLevel } from '../authorization/data-categories.js';
import { isAtLeast, grantedLevel } from '../authorization/sharing-levels.js';
import { inBatches } from '../records/batches.js';
import { factsOf, type Receiver, type VersionAtHand } from './agreement-facts.js';
import type { Holding } from './holdings.js';
import type { RowDifference, SimulatedChange } from './simulation.entity.js';

export interface Proposal {
  /** Versions that now permit sharing on the panels concerned. */
  inForce: readonly VersionAtHand[];
  /** Version of the same agreement that the proposed one replaces; null if there is none. */
  replaced: VersionAtHand | null;
  proposed: VersionAtHand;
  /** Receiving agencies, and the coordination of panels. */
  receivers: readonly Receiver[];
  panelIds: readonly string[];
  holdings: readonly Holding[];
  /** Day in London. */
  today: string;
}

export interface Effects {
  changes: SimulatedChange[];
  sampleCaseIds: string[][];
}

/** Returns the version as it would be after activation: signed by every party and in effect. */
const asIfInForce = (version: VersionAtHand, today: string): VersionAtHand => ({
  ...version,
  status: 'active',
  effectiveFrom: version.effectiveFrom < today ? version.effectiveFrom : today,
  parties: version.parties.map(({ agencyId }) => ({ agencyId, signedOn: today })),
});

/** Returns an actor with the attributes that levels depend on: an agency's own staff, or a panel's coordination. */
function reader(asker: Actor, receiver: Receiver, agreements: Actor['agreements'], panelIds: readonly string[]): Actor {
  return {
    ...asker,
    agencyId: receiver.agencyId ?? '',
    agencyType: receiver.type,
    agreements,
    coordinatedPanelIds: receiver.agencyId === null ? [...panelIds] : [],
  };
}

/**
 * Computes the changes over the holdings, in a fixed order. `asker` only supplies the other properties of an actor
 * object; no permission of that actor is used.
 */
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
        // an agency always has access to its own contributions
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
  const keyed = await inBatches(found, (one) => ({ key: canonicalSimulationJson(one[0]), one }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { changes: keyed.map(({ one }) => one[0]), sampleCaseIds: keyed.map(({ one }) => one[1]) };
}

/**
 * Returns rows that differ between two versions. A row that exists in one version only has a null level in the other.
 */
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

/** Serialises JSON with sorted keys, so that equal values give equal text. */
export function canonicalSimulationJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalSimulationJson).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonicalSimulationJson(one)}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null);
}

/** Returns the SHA-256, in hex, of the canonical form. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(canonicalSimulationJson(value)).digest('hex');
