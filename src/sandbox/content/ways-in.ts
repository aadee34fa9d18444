/** Access requests, release requests and emergency accesses in the hand-written cases, one of each kind. */
import { TOLD_CASES } from './told-cases.js';

/** Open access request to the coordination of the MARAC. */
export const ACCESS_REQUEST = {
  key: 'ask-access-request-1',
  case: TOLD_CASES.twoChildren,
  asker: 'victim-support-worker',
  agency: 'victims-service',
  daysAgo: 1,
  purpose: 'VICTIM_SUPPORT',
  reason:
    'The grandmother asks us for support and gave us this reference. We need to know what must not be said to her.',
} as const;

/** Open release request to the police, who hold originator control. */
export const RELEASE_REQUEST = {
  key: 'ask-release-request-1',
  contribution: `${TOLD_CASES.twoChildren}-c2`,
  case: TOLD_CASES.twoChildren,
  asker: 'marac-coordinator',
  agency: 'askenby-community-safety',
  originator: 'police',
  daysAgo: 2,
  reason: 'Needed to decide with the school which exits are watched, before the meeting.',
} as const;

/** Reviewed emergency access to the first case of a panel without a seat of the person. */
export const EMERGENCY = {
  key: 'ask-emergency-1',
  panel: 'ask-cmarac',
  by: 'police-sergeant',
  agency: 'police',
  daysAgo: 21,
  reasonCode: 'missing_person',
  reason: 'A person reported missing tonight may be the one this panel knows; contacts and risks were needed at once.',
  reviewer: 'dpo',
  outcome: 'justified',
  note: 'Right to open and closed again within the hour. The team was told how to reach the coordinator at night.',
} as const;
