/**
 * Private notes of agencies about research requests. Each open request has one point, which only the agency reads.
 */
import type { ContributionKind } from '../../cases/case.entity.js';
import type { DataCategory } from '../../authorization/data-categories.js';

/** Number of returned requests of each panel whose shared content is listed. */
export const SHARED_PER_PANEL = 3;

interface Noted {
  category: DataCategory;
  kind: ContributionKind;
  text: string;
  /** Why it stays in the agency; without one it is a draft. */
  withheldReason?: string;
}

export const NOTED: Noted[] = [
  {
    category: 'professional_opinion',
    kind: 'opinion',
    text: 'Two colleagues remember a visit last winter. Neither wrote it down; ask both before the meeting.',
  },
  {
    category: 'third_party',
    kind: 'allegation',
    text: 'A neighbour told us about money owed. She asked us not to pass it on, and nobody else has said it.',
    withheldReason: 'Not needed for the risk in this case, and it would point to who told us.',
  },
  {
    category: 'employment',
    kind: 'fact',
    text: 'On our books from March to September under an earlier surname; file closed, nothing since.',
    withheldReason: 'Closed long ago and about employment only: not proportionate.',
  },
];

/** Facts about people that decide which agencies are asked, for the first case with the role. */
export const KNOWN_OF_PEOPLE = [
  { panel: 'ask-marac', role: 'victim', pregnant: true, inCustody: false },
  { panel: 'ask-marac', role: 'perpetrator', pregnant: null, inCustody: true },
  { panel: 'ask-jag', role: 'complainant', pregnant: false, inCustody: null },
  { panel: 'ask-syv', role: 'at_risk', pregnant: null, inCustody: false },
] as const;
