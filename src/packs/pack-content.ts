/**
 * Content of a pack for one reader, item by item. Packs and circulation checks use it, each with its own function to
 * find the rows that the reader may read.
 */
import { Assessment } from '../cases/assessment.entity.js';
import { AssessmentView } from '../cases/assessment.response.js';
import { Case, CasePerson, Contribution } from '../cases/case.entity.js';
import { CasePersonView, CaseView, ContributionView } from '../cases/case.response.js';
import { Action } from '../plans/action.entity.js';
import { ActionView } from '../plans/action.response.js';
import { Plan } from '../plans/plan.entity.js';
import { PlanView } from '../plans/plan.response.js';
import type { Actor } from '../authentication/actor.js';
import type { Row } from '../authorization/conditions.js';
import type { RecordClass } from '../database/columns.js';
import { shapeOf, type ViewClass } from '../records/response-view.js';
import { Person } from '../subjects/subject.entity.js';
import { PersonView } from '../subjects/subject.response.js';
import { Decision, Listing } from '../meetings/meeting.entity.js';
import { DecisionView, ListingView } from '../meetings/meeting.response.js';
import { sortByAgendaOrder } from '../meetings/order-of-hearing.js';
import { ResearchRequest } from '../research/research.entity.js';
import { ResearchRequestView } from '../research/research.response.js';
import { fieldMask } from '../records/field-mask.js';

/** Views of the parts of an item. Shared findings of research are among the contributions. */
export const VIEWS = {
  listing: ListingView,
  case: CaseView,
  people: CasePersonView,
  persons: PersonView,
  contributions: ContributionView,
  assessments: AssessmentView,
  plans: PlanView,
  actions: ActionView,
  decisions: DecisionView,
  research: ResearchRequestView,
} satisfies Record<string, ViewClass>;

export type Part = keyof typeof VIEWS;
export const PARTS = Object.keys(VIEWS) as Part[];

/** Rows of an item that its reader may read. */
export type ItemContent = Record<Part, Row[]>;

/** Finds the rows of a type by the values of a column, as far as the reader may read them. */
export type RowFinder = (type: RecordClass, column: string, values: string[]) => Promise<Row[]>;

/** Returns the items that the reader may see, in the order of hearing, or only the item `only`. */
export async function findContent(
  reader: Actor,
  finds: RowFinder,
  meetingId: string,
  only?: string,
): Promise<ItemContent[]> {
  const found = (await finds(Listing, 'meetingId', [meetingId])) as (Row & Listing)[];
  const listings = sortByAgendaOrder(
    Listing,
    found.filter(({ id, removedAt }) => !removedAt && (only === undefined || id === only)),
  );
  const caseIds = listings.map(({ caseId }) => caseId);
  const ofCases = (type: RecordClass): Promise<Row[]> => finds(type, 'caseId', caseIds);
  const [cases, people, contributions, assessments, plans, actions, decisions, research] = await Promise.all([
    finds(Case, 'id', caseIds),
    ...[CasePerson, Contribution, Assessment, Plan, Action, Decision].map(ofCases),
    finds(
      ResearchRequest,
      'listingId',
      listings.map(({ id }) => id),
    ),
  ] as const);
  const named = (view: ViewClass, rows: Row[] = []): string[] =>
    rows
      .filter((row) => row['personId'] && fieldMask(reader, shapeOf(view), 'read', row).shown.includes('personId'))
      .map((row) => row['personId'] as string);
  const namedIn = (rows: Pick<ItemContent, 'case' | 'people'>): string[] => [
    ...new Set([...named(CaseView, rows.case), ...named(CasePersonView, rows.people)]),
  ];
  const persons = await finds(Person, 'id', namedIn({ case: cases, people: people ?? [] }));
  return listings.map((listing) => {
    const inCase = (rows: Row[] = []): Row[] => rows.filter((row) => row['caseId'] === listing.caseId);
    const around = { case: cases.filter(({ id }) => id === listing.caseId), people: inCase(people) };
    const here = namedIn(around);
    return {
      ...around,
      listing: [listing],
      persons: persons.filter(({ id }) => here.includes(id as string)),
      contributions: inCase(contributions),
      assessments: inCase(assessments),
      plans: inCase(plans),
      actions: inCase(actions),
      decisions: inCase(decisions).filter((row) => row['correctedAt'] === null),
      research: (research ?? []).filter((row) => row['listingId'] === listing.id),
    };
  });
}
