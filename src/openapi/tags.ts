/** Tags of the OpenAPI document, in the order of a user's work. A route without a tag stops the build of the document. */

interface Tag {
  name: string;
  description: string;
  /** First segments of the paths, or `meetings/…` with the segment below a meeting. */
  segments: string[];
}

export const TAGS: Tag[] = [
  {
    name: 'Directory',
    description: 'See who you are, and the agencies, staff and systems of your partnerships.',
    segments: ['me', 'partnerships', 'agencies', 'clients'],
  },
  {
    name: 'Panels',
    description: 'Find the panels, appoint their members and set their rules.',
    segments: ['panels'],
  },
  {
    name: 'Sharing agreements',
    description: 'Draft, compare, sign and suspend what agencies share with each other.',
    segments: ['sharing-agreements'],
  },
  {
    name: 'People and places',
    description: 'Find and record the people, places and groups that a referral or a case is about.',
    segments: ['person-searches', 'persons', 'protected-addresses', 'places', 'groups'],
  },
  {
    name: 'Referrals',
    description: 'Refer a matter to a panel and follow it; triage what was referred.',
    segments: ['referrals'],
  },
  {
    name: 'Cases',
    description: 'Read and change a case, name people in it, contribute information and control how far it travels.',
    segments: ['cases', 'case-counts', 'contributions', 'release-requests'],
  },
  {
    name: 'Risk assessments',
    description: 'Assess a risk with an instrument.',
    segments: ['instruments', 'assessments'],
  },
  {
    name: 'Plans and actions',
    description: 'Agree a plan, propose actions to agencies, report on them and escalate what is not done.',
    segments: ['plans', 'actions', 'action-ledger', 'escalations'],
  },
  {
    name: 'Cycles and meetings',
    description: 'Plan cycles and convene, move or cancel meetings.',
    segments: [
      ...['cycle-templates', 'cycles', 'feeds', 'calendar', 'meetings', 'meetings/calendar', 'meetings/chairs'],
      ...['meetings/cancellation', 'meetings/postponement', 'meetings/justification', 'meetings/priorities'],
    ],
  },
  {
    name: 'Agendas',
    description: 'List cases at a meeting, invite agencies to an item, and draw up the agenda.',
    segments: ['meetings/listings', 'meetings/agenda', 'meetings/running-order'],
  },
  {
    name: 'Research',
    description: 'Ask agencies what they know, and answer as an agency.',
    segments: ['meetings/research-requests', 'research-requests', 'research-points'],
  },
  {
    name: 'Papers',
    description: 'Check, circulate, read and recall the papers of a meeting.',
    segments: ['meetings/circulation-checks', 'meetings/pack', 'meetings/pack-recall', 'meetings/pack-recalls'],
  },
  {
    name: 'Hearing',
    description: 'Open a meeting, record attendance, conflicts, decisions and disclosed crimes, and close it.',
    segments: [
      ...['meetings/opening', 'meetings/opening-reversal', 'meetings/attendances', 'meetings/recusals'],
      ...['meetings/decisions', 'meetings/crimes', 'meetings/closure'],
    ],
  },
  {
    name: 'Minutes',
    description: 'Write, approve and confirm the minutes, item by item.',
    segments: ['meetings/minutes'],
  },
  {
    name: 'Bids and resources',
    description: 'Bid for resources, decide bids and report results.',
    segments: ['resources', 'bids'],
  },
  {
    name: 'Access',
    description: 'Exclude somebody from a case, request access, open a case in an emergency, and ask why.',
    segments: ['exclusions', 'access-requests', 'emergency-accesses', 'policy'],
  },
  {
    name: 'Disclosures',
    description: 'See who received what, and tell recipients of corrections.',
    segments: ['disclosures'],
  },
  {
    name: 'Notices',
    description: 'Read what became due, and the runs of the jobs that found it.',
    segments: ['notices', 'job-runs'],
  },
  {
    name: 'Audit',
    description: 'Read, export and verify the audit log.',
    segments: ['audit-entries', 'audit-checkpoints'],
  },
  {
    name: 'Service',
    description: 'Check whether the service is alive and ready.',
    segments: ['health'],
  },
];

/** Returns the place of a path among the tags. */
export function tagIndexOf(path: string): number {
  const [first = '', , below] = path.replace(/^\/(v1\/)?/, '').split('/');
  const segment = first === 'meetings' && below ? `meetings/${below}` : first;
  const index = TAGS.findIndex(({ segments }) => segments.includes(segment));
  if (index < 0) throw new Error(`${path} has no tag: name ${segment} in src/openapi/tags.ts`);
  return index;
}
