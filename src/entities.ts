/** All entities, in any order. An entity missing here has no table and fails at the first start. */
import { AccessDecision, AccessRequest } from './access/access-request.entity.js';
import { Agency, AgencyPartnership, Client, Partnership, Practitioner } from './agencies/agency.entity.js';
import { PractitionerName } from './agencies/practitioner-name.entity.js';
import { AuditCheckpoint } from './audit/audit-checkpoint.entity.js';
import { AuditEntry } from './audit/audit-entry.entity.js';
import { CompartmentAuditor } from './audit/compartment-auditor.entity.js';
import { Assessment } from './cases/assessment.entity.js';
import { CasePersonCorrection } from './cases/case-person-correction.entity.js';
import { Case, CasePerson, Contribution, ReferenceNumber } from './cases/case.entity.js';
import { Bid, BidDecision, BidResult } from './bids/bid.entity.js';
import { Resource } from './bids/resource.entity.js';
import { CycleTemplate } from './cycles/cycle-template.entity.js';
import { Cycle, CycleMeeting, Feed } from './cycles/cycle.entity.js';
import { DisclosureRevision } from './disclosures/disclosure-revision.entity.js';
import { Disclosure } from './disclosures/disclosure.entity.js';
import { HandlingAcknowledgement, ReleaseRequest } from './cases/handling.entity.js';
import { Escalation } from './escalations/escalation.entity.js';
import { Event } from './events/event.entity.js';
import { JobRun } from './jobs/job-run.entity.js';
import { Notice } from './jobs/notice.entity.js';
import { Instrument } from './instruments/instrument.entity.js';
import { AgendaEdition, AgendaItem } from './agendas/agenda.entity.js';
import { ResearchPoint, ResearchRequest } from './research/research.entity.js';
import { Attendance } from './proceedings/attendance.entity.js';
import { DisclosedCrime } from './proceedings/crime.entity.js';
import { Decision, Invitation, Listing, Meeting } from './meetings/meeting.entity.js';
import { CapturedAction, Minute, MinutePoint } from './minutes/minutes.entity.js';
import { DocumentCopy } from './packs/document-copy.entity.js';
import { PackRecall } from './packs/pack-recall.entity.js';
import { CirculationCheck } from './packs/circulation-check.entity.js';
import { Recusal } from './proceedings/recusal.entity.js';
import { ItemPresence } from './proceedings/running-order.entity.js';
import { Membership, Panel, PanelRules } from './panels/panel.entity.js';
import { Action, ActionNote } from './plans/action.entity.js';
import { Plan } from './plans/plan.entity.js';
import { IdempotentReply } from './records/idempotent-reply.entity.js';
import { ReferralPersonCorrection } from './referrals/referral-person-correction.entity.js';
import {
  Referral,
  ReferralDecision,
  ReferralPerson,
  ReferralScreening,
  ReferralSubject,
  RepeatedCase,
} from './referrals/referral.entity.js';
import { AccessGrant, EmergencyAccess } from './sharing/access.entity.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './sharing/agreement.entity.js';
import { Exclusion } from './sharing/exclusion.entity.js';
import { SharingSimulation } from './sharing/simulation.entity.js';
import { Group, Person, Place, ProtectedAddress } from './subjects/subject.entity.js';

export const entities = [
  CycleTemplate,
  Cycle,
  CycleMeeting,
  Feed,
  Resource,
  Bid,
  BidDecision,
  BidResult,
  Escalation,
  JobRun,
  Notice,
  Partnership,
  Agency,
  AgencyPartnership,
  Practitioner,
  PractitionerName,
  Client,
  SharingAgreement,
  SharingAgreementVersion,
  SharingParty,
  SharingRow,
  SharingSimulation,
  Exclusion,
  AccessGrant,
  EmergencyAccess,
  AccessRequest,
  AccessDecision,
  Person,
  ProtectedAddress,
  Place,
  Group,
  Panel,
  PanelRules,
  Membership,
  Case,
  CasePerson,
  CasePersonCorrection,
  Contribution,
  HandlingAcknowledgement,
  ReleaseRequest,
  Instrument,
  Assessment,
  Referral,
  ReferralPerson,
  ReferralPersonCorrection,
  ReferralDecision,
  ReferralScreening,
  ReferralSubject,
  RepeatedCase,
  ReferenceNumber,
  Plan,
  Action,
  ActionNote,
  Meeting,
  Listing,
  AgendaEdition,
  AgendaItem,
  Invitation,
  Attendance,
  PackRecall,
  DocumentCopy,
  CirculationCheck,
  Recusal,
  ItemPresence,
  DisclosedCrime,
  Decision,
  Minute,
  MinutePoint,
  CapturedAction,
  ResearchRequest,
  ResearchPoint,
  Event,
  Disclosure,
  DisclosureRevision,
  AuditEntry,
  AuditCheckpoint,
  CompartmentAuditor,
  IdempotentReply,
];
