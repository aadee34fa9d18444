import { Injectable } from '@nestjs/common';
import { Actors, type Actor } from '../authentication/actor.js';
import {
  DATA_CATEGORIES,
  SEALED_CATEGORIES,
  type SharingLevel,
  type DataCategory,
} from '../authorization/data-categories.js';
import { columnOf, columnsOf, tableOf } from '../database/columns.js';
import { explain, type Explanation } from '../authorization/explanation.js';
import { type Row, asRow } from '../authorization/conditions.js';
import { grantedLevel } from '../authorization/sharing-levels.js';
import { subjectOf } from '../authorization/subjects.js';
import { rowsWithRelationsOfAll } from '../records/rows-with-relations.js';
import { asKnownToAsker } from '../records/known-attributes.js';
import { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { inBatches } from '../records/batches.js';
import type { UnitOfWork } from '../records/unit-of-work.js';
import { Case } from './case.entity.js';
import { typesApart } from '../authorization/withheld-categories.js';
import { noteExplanation } from '../records/explanations.service.js';

const MOST_CANDIDATES = 1000;

interface ExplainedPerson {
  actor: Actor;
  read: Explanation;
  track: Explanation;
  /** Whether the person could read the case but for a conflict of interest. */
  isDeniedOnlyByConflict: boolean;
}

/**
 * Lists the people who can see a case, with reasons. Uses the rules of enforcement for each person whom a rule could
 * concern. Serves the panel's coordination and the data protection officer, who receive only reasons that rest on
 * records they may know.
 */
@Injectable()
export class CaseAccess {
  constructor(
    private readonly records: Records,
    private readonly actors: Actors,
  ) {}

  listPeople(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      const asked = await work.records.find('explain', Case, id);
      const candidateIds = await findCandidates(work, asked);
      const ids = candidateIds.slice(0, MOST_CANDIDATES);
      const found = await this.actors.practitioners(ids, { now: actor.now, call: actor.call });
      const about = ids.flatMap((one) => found.get(one) ?? []);
      const [row = {}] = await rowsWithRelationsOfAll(work.manager, about, Case, ['read', 'track'], [id]);
      const known = await asKnownToAsker(work, about);
      const seen = await inBatches(known, (one) => explainPerson(one, found.get(one.id)?.roles ?? [], row));
      noteExplanation(work, subjectOf(Case), asRow(asked));
      const readers = seen.filter(
        ({ read, isDeniedOnlyByConflict }) => read.outcome === 'permit' || isDeniedOnlyByConflict,
      );
      const followers = seen.filter(({ read, track }) => read.outcome !== 'permit' && track.outcome === 'permit');
      return new AuthorizedResponse({
        caseId: id,
        people: await inBatches(readers, (one) => ({
          practitionerId: one.actor.id,
          name: one.actor.name,
          agencyId: one.actor.agencyId,
          outcome: one.read.outcome,
          because: reasonsOf(one.read),
          receives: one.read.outcome === 'permit' ? receivedLevels(one.actor, asked) : {},
        })),
        agencies: [...Map.groupBy(followers, (one) => one.actor.agencyId)].map(([agencyId, following]) => ({
          agencyId,
          because: [...new Set(following.flatMap((one) => reasonsOf(one.track)))],
        })),
        complete: candidateIds.length <= MOST_CANDIDATES,
        withheld: [],
      });
    });
  }
}

const isDeniedByConflict = ({ decidedBy }: Explanation): boolean => decidedBy?.step === 'conflict';

const reasonsOf = ({ outcome, steps, decidedBy }: Explanation): string[] =>
  outcome === 'permit'
    ? steps.filter((one) => one.result === 'opened').map((one) => one.rule)
    : decidedBy
      ? [decidedBy.rule]
      : [];

/**
 * Explains the access of one person. Access by `track` is shown per agency, because the role that grants it should not
 * identify a person.
 */
function explainPerson(actor: Actor, roles: string[], row: Row): ExplainedPerson {
  const subject = subjectOf(Case);
  const read = explain(actor, subject, 'read', row);
  const isDeniedOnlyByConflict =
    isDeniedByConflict(read) && explain(actor, { ...subject, denyRules: [] }, 'read', row).outcome === 'permit';
  return { actor, read, isDeniedOnlyByConflict, track: explain({ ...actor, roles }, subject, 'track', row) };
}

interface ReceivedLevels extends Partial<Record<SharingLevel, string[]>> {
  exceptions: { category: string; contributingType: string; level: SharingLevel }[];
}

/**
 * Returns the sharing level of each data category, in general and for the contributing agency types that differ. The
 * level comes from the agreements or from emergency access.
 */
function receivedLevels(actor: Actor, { id, panelId }: Case): ReceivedLevels {
  const isOpened = actor.emergencyCaseIds.includes(id);
  const opened = isOpened ? DATA_CATEGORIES.filter((category) => !SEALED_CATEGORIES.includes(category)) : [];
  const shared = DATA_CATEGORIES.filter((category) => !opened.includes(category));
  const at = (level: SharingLevel): string[] =>
    shared.filter((category) => grantedLevel(actor, panelId, category).level === level);
  return {
    full: [...opened, ...at('full')],
    summary: at('summary'),
    existence: at('existence'),
    exceptions: shared.flatMap((category) => exceptionsIn(actor, panelId, category)),
  };
}

/** Returns the levels of agency types whose contributions of the category are shared at another level. */
const exceptionsIn = (actor: Actor, panelId: string, category: DataCategory): ReceivedLevels['exceptions'] =>
  typesApart(actor, panelId, category).map((contributingType) => {
    const { level } = grantedLevel(actor, panelId, category, { type: contributingType });
    return { category, contributingType, level };
  });

/**
 * Returns all active practitioners whom an allow rule could concern: members of the panel, and people whom a related
 * record names, in person or through their agency. Rules compare the actor only with columns of these names.
 */
async function findCandidates(work: UnitOfWork, { id, panelId }: Case): Promise<string[]> {
  const named = Object.values(subjectOf(Case).relations).flatMap(({ to, local, foreign }) => {
    if (local !== 'id') return [];
    const columns = columnsOf(to);
    const ofCase = `FROM ${tableOf(to)} r WHERE r.${columnOf(to, foreign).name} = $1`;
    const by = (property: string): string[] => {
      const column = columns.get(property);
      return column ? [`SELECT r.${column.name} ${ofCase}`] : [];
    };
    return [
      ...by('practitionerId').map((people) => `p.id IN (${people})`),
      ...[...by('agencyId'), ...by('ownerAgencyId')].map((agencies) => `p.agency_id IN (${agencies})`),
    ];
  });
  const rows = await work.manager.query<{ id: string }[]>(
    `SELECT p.id FROM practitioners p WHERE p.active AND (p.id IN (SELECT m.practitioner_id FROM memberships m WHERE m.panel_id = $2)
       OR ${named.join(' OR ')}) ORDER BY p.agency_id, p.id LIMIT ${String(MOST_CANDIDATES + 1)}`,
    [id, panelId],
  );
  return rows.map((one) => one.id);
}
