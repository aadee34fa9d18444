/** Sections of an agenda, in the order of the JAG note, section 1.7 "Agenda order". */
import type { MeetingKind } from '../meetings/meeting.entity.js';
import { hasItems, SECTIONS, type Section } from '../meetings/order-of-hearing.js';

const TITLES: Record<Section, string> = {
  opening: 'Welcome, declarations of interest, confidentiality, apologies',
  quorum: 'Quorum',
  matters_arising: 'Minutes and matters arising: overdue and unfinished actions',
  tasking_feedback: 'Feedback from the last Tasking and TTCG',
  urgent: 'Urgent cases',
  cases: 'New and repeat cases',
  reviews: 'Reviews',
  themes: 'Hotspots and emerging themes',
  resources: 'Resource needs',
  closures: 'Closures',
  case_reviews: 'ASB case reviews and community concerns',
  learning: 'Learning and escalation',
  dates: 'Dates of next meetings',
};

const EMERGENCY_SECTIONS: Section[] = ['opening', 'quorum', 'urgent', 'dates'];

/**
 * Returns the sections for one meeting. Sections that hear cases are always included. The panel's rules may select
 * others (`agendaSections`); an emergency meeting has a fixed minimum.
 */
export function sectionsOf(kind: MeetingKind, rules: Record<string, unknown> = {}): { code: Section; title: string }[] {
  const { agendaSections } = rules;
  const wanted: readonly unknown[] =
    kind === 'emergency' ? EMERGENCY_SECTIONS : Array.isArray(agendaSections) ? agendaSections : SECTIONS;
  return SECTIONS.filter((code) => hasItems(code) || wanted.includes(code)).map((code) => ({
    code,
    title: TITLES[code],
  }));
}
