/**
 * What agencies noted for their own file when they were asked about a case. Each request that waits has one point; nobody but
 * the agency ever reads them.
 */
import type { ContributionKind } from '../../cases/case.entity.js';
import type { DataCategory } from '../../authorization/data-categories.js';

/** Of the requests of each panel that were returned with something shared, so many tell what it was. */
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

/** What is known of people on which it depends who is asked: the first case of the panel that has somebody in the role. */
export const KNOWN_OF_PEOPLE = [
  { panel: 'ask-marac', role: 'victim', pregnant: true, inCustody: false },
  { panel: 'ask-marac', role: 'perpetrator', pregnant: null, inCustody: true },
  { panel: 'ask-jag', role: 'complainant', pregnant: false, inCustody: null },
  { panel: 'ask-syv', role: 'at_risk', pregnant: null, inCustody: false },
] as const;
