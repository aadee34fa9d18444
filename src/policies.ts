/**
 * Policies of the areas. An area may extend subjects of the areas before it, and `docs/policy-matrix.txt` lists rules in
 * this order.
 */
import { policy as access } from './access/access.policy.js';
import { policy as agencies } from './agencies/agencies.policy.js';
import { policy as agendas } from './agendas/agenda.policy.js';
import { policy as audit } from './audit/audit.policy.js';
import { policy as bids } from './bids/bids.policy.js';
import { policy as assessments } from './cases/assessments.policy.js';
import { policy as cases } from './cases/cases.policy.js';
import { policy as handling } from './cases/handling.policy.js';
import { policy as recusalFacts } from './cases/recusal-facts.js';
import { policy as cycles } from './cycles/cycles.policy.js';
import { policy as disclosures } from './disclosures/disclosures.policy.js';
import { policy as escalations } from './escalations/escalations.policy.js';
import { policy as events } from './events/event.policy.js';
import { policy as instruments } from './instruments/instruments.policy.js';
import { policy as jobs } from './jobs/jobs.policy.js';
import { policy as meetings } from './meetings/meetings.policy.js';
import { policy as minutes } from './minutes/minutes.policy.js';
import { policy as circulationCheck } from './packs/circulation-check.policy.js';
import { policy as documentCopy } from './packs/document-copy.policy.js';
import { policy as packRecall } from './packs/pack-recall.policy.js';
import { policy as panels } from './panels/panels.policy.js';
import { policy as plans } from './plans/plans.policy.js';
import { policy as attendance } from './proceedings/attendance.policy.js';
import { policy as crime } from './proceedings/crime.policy.js';
import { policy as recusal } from './proceedings/recusal.policy.js';
import { policy as runningOrder } from './proceedings/running-order.policy.js';
import { policy as referrals } from './referrals/referrals.policy.js';
import { policy as itemsRead } from './research/items-read.js';
import { policy as research } from './research/research.policy.js';
import { policy as exclusions } from './sharing/access.policy.js';
import { policy as agreementFacts } from './sharing/agreement-facts.js';
import { policy as agreements } from './sharing/agreements.policy.js';
import { policy as subjects } from './subjects/subjects.policy.js';
import type { Policy } from './records/policy.js';

const policies: readonly Policy[] = [
  agencies,
  instruments,
  subjects,
  panels,
  exclusions,
  agreementFacts,
  agreements,
  cases,
  recusalFacts,
  assessments,
  handling,
  plans,
  meetings,
  attendance,
  crime,
  recusal,
  runningOrder,
  referrals,
  access,
  audit,
  cycles,
  bids,
  itemsRead,
  disclosures,
  escalations,
  minutes,
  events,
  jobs,
  agendas,
  documentCopy,
  packRecall,
  circulationCheck,
  research,
];

/** Registers all policies, once in each process. */
export function registerPolicies(): void {
  for (const policy of policies) policy.register();
}
