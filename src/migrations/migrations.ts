import type { MigrationInterface } from 'typeorm';
import { First20261122000000 } from './20261122000000-first.js';
import { Audit20261122100000 } from './20261122100000-audit.js';
import { ProtectedAddresses20261122101000 } from './20261122101000-protected-addresses.js';
import { Agreements20261122110000 } from './20261122110000-agreements.js';
import { WaysIn20261122120000 } from './20261122120000-ways-in.js';
import { Disclosures20261122125000 } from './20261122125000-disclosures.js';
import { FactStamp20261122140000 } from './20261122140000-fact-stamp.js';
import { FactsOfWaysIn20261122150000 } from './20261122150000-facts-of-ways-in.js';
import { GrantsThatOpen20261122160000 } from './20261122160000-grants-that-open.js';
import { OneHiddenList20261122170000 } from './20261122170000-one-hidden-list.js';
import { CourseOfMeetings20261122190000 } from './20261122190000-course-of-meetings.js';
import { CyclesAndBids20261122230000 } from './20261122230000-cycles-and-bids.js';
import { OnePartnership20261122180000, OnePartnershipHeld20261122181000 } from './20261122180000-one-partnership.js';
import { Agenda20261122200000 } from './20261122200000-agenda.js';
import { Research20261122210000 } from './20261122210000-research.js';
import { InTheRoom20261122220000 } from './20261122220000-in-the-room.js';
import { InWriting20261122270000 } from './20261122270000-in-writing.js';
import { Jobs20261122240000 } from './20261122240000-jobs.js';
import { Minutes20261122260000 } from './20261122260000-minutes.js';
import { CourseOfPlans20261122300000 } from './20261122300000-course-of-plans.js';
import { SteeringGroups20261122310000 } from './20261122310000-steering-groups.js';
import { DocumentCopies20261122330000 } from './20261122330000-document-copies.js';
import { AmendedCrimes20261122320000 } from './20261122320000-amended-crimes.js';
import { WhereItComesFrom20261122280000 } from './20261122280000-where-it-comes-from.js';
import { Walls20261122130000 } from './20261122130000-walls.js';
import { WaiversAreAskedFor20261122291000 } from './20261122291000-waivers-are-asked-for.js';
import { WhosePlanItIs20261122290000 } from './20261122290000-whose-plan-it-is.js';
import { NobodyWidensTheirReach20261128400000 } from './20261128400000-nobody-widens-their-reach.js';
import { EscalationsByTheDate20261128570000 } from './20261128570000-escalations-by-the-date.js';
import { OwnersNamedByTheirAgency20261128571000 } from './20261128571000-owners-named-by-their-agency.js';
import { ConfirmedAttendance20261128572000 } from './20261128572000-confirmed-attendance.js';
import { RewrittenReferrals20261128573000 } from './20261128573000-rewritten-referrals.js';
import { Packs20261122250000 } from './20261122250000-packs.js';
import { ExpiredReplies20261128100000 } from './20261128100000-expired-replies.js';
import { OneSeatAtATime20261128200000 } from './20261128200000-one-seat-at-a-time.js';
import { NamesOfStaff20261128201000 } from './20261128201000-names-of-staff.js';
import { ReachOfExclusions20261128202000 } from './20261128202000-reach-of-exclusions.js';
import { UsedReferences20261128203000 } from './20261128203000-used-references.js';
import { AuditCompartments20261128300000 } from './20261128300000-audit-compartments.js';
import { CorrectionsOfPeople20261128500000 } from './20261128500000-corrections-of-people.js';
import { NoDoubleEntries20261128510000 } from './20261128510000-no-double-entries.js';
import { SeatsThatEndAtOnce20261128520000 } from './20261128520000-seats-that-end-at-once.js';
import { Reopening20261128530000 } from './20261128530000-reopening.js';
import { NoticesOfRedirections20261128540000 } from './20261128540000-notices-of-redirections.js';
import { LoginsOfAnAgency20261128300100 } from './20261128300100-logins-of-an-agency.js';
import { ChairsLeft20261128550000 } from './20261128550000-chairs-left.js';
import { PanelOfProtectedAddresses20261128560000 } from './20261128560000-panel-of-protected-addresses.js';
import { EditionsOfADay20261128574000 } from './20261128574000-editions-of-a-day.js';
import { ActionsOfItems20261128575000 } from './20261128575000-actions-of-items.js';
import { NoticesOfItems20261128576000 } from './20261128576000-notices-of-items.js';
import { OverdueActionsOfItems20261128577000 } from './20261128577000-overdue-actions-of-items.js';
import { StampBeforeOwnChanges20261128578000 } from './20261128578000-stamp-before-own-changes.js';
import { EarlierCasesOfRepeats20261128579000 } from './20261128579000-earlier-cases-of-repeats.js';
import { CorrectedAttendance20261128580000 } from './20261128580000-corrected-attendance.js';
import { AttendancesOfGuests20261128581000 } from './20261128581000-attendances-of-guests.js';
import { Inviters20261128582000 } from './20261128582000-inviters.js';
import { RevisionsOfDisclosures20261128583000 } from './20261128583000-revisions-of-disclosures.js';
import { NoticesToTellRecipients20261128584000 } from './20261128584000-notices-to-tell-recipients.js';
import { FrozenRecalls20261128585000 } from './20261128585000-frozen-recalls.js';
import { Appointers20261128586000 } from './20261128586000-appointers.js';
import { CarriedExclusions20261128587000 } from './20261128587000-carried-exclusions.js';
import { ApologiesOfGuests20261128588000 } from './20261128588000-apologies-of-guests.js';
import { RepeatedCases20261128590000 } from './20261128590000-repeated-cases.js';
import { ReferralsOfDisclosures20261128591000 } from './20261128591000-referrals-of-disclosures.js';
import { DisclosuresByMatter20261129100000 } from './20261129100000-disclosures-by-matter.js';
import { NoDisclosuresOfProcess20261129101000 } from './20261129101000-no-disclosures-of-process.js';
import { PeopleOfUnreadCases20261129200000 } from './20261129200000-people-of-unread-cases.js';
import { EndedRepeats20261129300000 } from './20261129300000-ended-repeats.js';
import { WarningsForEachReader20261129400000 } from './20261129400000-warnings-for-each-reader.js';
import { Registrations20261129500000 } from './20261129500000-registrations.js';
import { PeopleOfHiddenMatters20261129600000 } from './20261129600000-people-of-hidden-matters.js';
import { OriginsOfCarriedExclusions20261129650000 } from './20261129650000-origins-of-carried-exclusions.js';
import { NoticesOfUnseenActions20261129660000 } from './20261129660000-notices-of-unseen-actions.js';
import { NoticesOfChangesByExcluded20261129690000 } from './20261129690000-notices-of-changes-by-excluded.js';
import { NoticesHiddenWithExclusions20261129740000 } from './20261129740000-notices-hidden-with-exclusions.js';
import { NamesTakenBack20261129750000 } from './20261129750000-names-taken-back.js';
import { ApparentRecipients20261129800000 } from './20261129800000-apparent-recipients.js';
import { ItemsReadThrough20261129810000 } from './20261129810000-items-read-through.js';

/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => MigrationInterface)[] = [
  First20261122000000,
  Audit20261122100000,
  ProtectedAddresses20261122101000,
  Agreements20261122110000,
  WaysIn20261122120000,
  Disclosures20261122125000,
  Walls20261122130000,
  FactStamp20261122140000,
  FactsOfWaysIn20261122150000,
  GrantsThatOpen20261122160000,
  OneHiddenList20261122170000,
  OnePartnership20261122180000,
  OnePartnershipHeld20261122181000,
  CourseOfMeetings20261122190000,
  CyclesAndBids20261122230000,
  Agenda20261122200000,
  Research20261122210000,
  InTheRoom20261122220000,
  InWriting20261122270000,
  Jobs20261122240000,
  Minutes20261122260000,
  Packs20261122250000,
  WhereItComesFrom20261122280000,
  WhosePlanItIs20261122290000,
  WaiversAreAskedFor20261122291000,
  CourseOfPlans20261122300000,
  SteeringGroups20261122310000,
  AmendedCrimes20261122320000,
  DocumentCopies20261122330000,
  ExpiredReplies20261128100000,
  OneSeatAtATime20261128200000,
  NamesOfStaff20261128201000,
  ReachOfExclusions20261128202000,
  UsedReferences20261128203000,
  AuditCompartments20261128300000,
  LoginsOfAnAgency20261128300100,
  NobodyWidensTheirReach20261128400000,
  CorrectionsOfPeople20261128500000,
  NoDoubleEntries20261128510000,
  SeatsThatEndAtOnce20261128520000,
  Reopening20261128530000,
  NoticesOfRedirections20261128540000,
  ChairsLeft20261128550000,
  PanelOfProtectedAddresses20261128560000,
  EscalationsByTheDate20261128570000,
  OwnersNamedByTheirAgency20261128571000,
  ConfirmedAttendance20261128572000,
  RewrittenReferrals20261128573000,
  EditionsOfADay20261128574000,
  ActionsOfItems20261128575000,
  NoticesOfItems20261128576000,
  OverdueActionsOfItems20261128577000,
  StampBeforeOwnChanges20261128578000,
  EarlierCasesOfRepeats20261128579000,
  CorrectedAttendance20261128580000,
  AttendancesOfGuests20261128581000,
  Inviters20261128582000,
  RevisionsOfDisclosures20261128583000,
  NoticesToTellRecipients20261128584000,
  FrozenRecalls20261128585000,
  Appointers20261128586000,
  CarriedExclusions20261128587000,
  ApologiesOfGuests20261128588000,
  RepeatedCases20261128590000,
  ReferralsOfDisclosures20261128591000,
  DisclosuresByMatter20261129100000,
  NoDisclosuresOfProcess20261129101000,
  PeopleOfUnreadCases20261129200000,
  EndedRepeats20261129300000,
  WarningsForEachReader20261129400000,
  Registrations20261129500000,
  PeopleOfHiddenMatters20261129600000,
  OriginsOfCarriedExclusions20261129650000,
  NoticesOfUnseenActions20261129660000,
  NoticesOfChangesByExcluded20261129690000,
  NoticesHiddenWithExclusions20261129740000,
  NamesTakenBack20261129750000,
  ApparentRecipients20261129800000,
  ItemsReadThrough20261129810000,
];
