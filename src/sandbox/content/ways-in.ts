/** Who asked to see what they could not see, in the told cases: one of each way, for a newcomer to follow. */
import { TOLD_CASES } from './told-cases.js';

/** Waits for the MARAC's coordination. */
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

/** Waits for the police, who keep control of what they know. */
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

/** Long over, and found to be right: the first case of a panel on which he does not sit. */
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
