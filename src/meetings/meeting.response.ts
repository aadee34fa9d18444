import { view } from '../records/response-view.js';
import { Decision, Invitation, Listing, Meeting } from './meeting.entity.js';

/** Meeting with its time, place, status and deadlines. */
export class MeetingView extends view(
  Meeting,
  'id',
  'version',
  'panelId',
  'scheduledAt',
  'endsAt',
  'kind',
  'emergencyReason',
  'venueOrMode',
  'status',
  'chairId',
  'quorate',
  'closedAt',
  'cancelReason',
  'openingReversalReason',
  'referralsDueOn',
  'papersDueOn',
  'bidsDueOn',
  'researchDueOn',
  'minutesDueOn',
  'agendaEdition',
  'circulatedAt',
) {}

/** Case on the list of a meeting. */
export class ListingView extends view(
  Listing,
  'id',
  'version',
  'meetingId',
  'caseId',
  'kind',
  'reason',
  'lateReason',
  'carriedFromId',
  'timeboxMinutes',
  'presentedByAgencyId',
  'outcome',
  'removedAt',
  'removalReason',
  'startedAt',
  'endedAt',
  'updatedAt',
) {}

/** Invitation to an item, with its period. */
export class InvitationView extends view(
  Invitation,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'practitionerId',
  'opensAt',
  'closesAt',
  'withdrawnAt',
  'withdrawnById',
  'withdrawalReason',
  'changeReason',
) {}

/** Decision on an item. */
export class DecisionView extends view(
  Decision,
  'id',
  'version',
  'meetingId',
  'listingId',
  'caseId',
  'agencyId',
  'category',
  'kind',
  'text',
  'rationale',
  'dissent',
  'quorate',
  'rulesEdition',
  'correctsId',
  'correctionReason',
  'correctedAt',
  'createdAt',
) {}
