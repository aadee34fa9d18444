/**
 * Generated cases: twenty in every borough and a few more in the first.
 *
 * The outlines are fixed rather than drawn, so that each borough shows every stage of every panel; only the scenario, the
 * people and the place rotate.
 */
import type { CasePanelType, CasePersonRole, CaseStage, CaseStory, Scenario } from './caseload.js';
import { SCENARIOS } from './narratives.js';
import { panelCode } from './panels.js';
import type { Neighbourhood } from './people.js';
import { BOROUGH_CODES, type BoroughCode } from './places-and-agencies.js';
import { KNOWN_IN_BOTH } from './told-cases.js';

/** Panel, stage and the cycle in which it was first heard; the scenarios of a panel are taken in turn. */
type Outline = [type: CasePanelType, stage: CaseStage, firstHeard: number, lastHeard?: number];

const EVERY_BOROUGH: Outline[] = [
  ['jag', 'monitoring', 4],
  ['jag', 'closed', 6, 3],
  ['jag', 'listed', 0],
  ['jag', 'plan_agreed', 1],
  ['jag', 'monitoring', 3],
  ['jag', 'open', 0],
  ['jag', 'closed', 5, 2],
  ['jag', 'plan_agreed', 2],
  ['marac', 'monitoring', 4],
  ['marac', 'plan_agreed', 1],
  ['marac', 'closed', 6, 4],
  ['marac', 'listed', 0],
  ['marac', 'monitoring', 3],
  ['community_marac', 'monitoring', 3],
  ['community_marac', 'listed', 0],
  ['community_marac', 'closed', 5, 2],
  ['syv', 'plan_agreed', 1],
  ['syv', 'monitoring', 3],
  ['syv', 'closed', 6, 3],
  ['syv', 'listed', 0],
];
const FIRST_BOROUGH_TOO: Outline[] = [
  ['jag', 'listed', 0],
  ['marac', 'open', 0],
  ['community_marac', 'plan_agreed', 1],
  ['syv', 'open', 0],
];

export function generatedStories(borough: BoroughCode, neighbourhood: Neighbourhood): CaseStory[] {
  const outlines = borough === 'ASK' ? [...EVERY_BOROUGH, ...FIRST_BOROUGH_TOO] : EVERY_BOROUGH;
  const turn = new Map<CasePanelType, number>();
  // Boroughs begin at different scenarios, so that the same stage does not tell the same story three times.
  const shift = BOROUGH_CODES.indexOf(borough);
  return outlines.map(([type, stage, firstHeard, lastHeard = 0]) => {
    const at = turn.get(type) ?? 0;
    turn.set(type, at + 1);
    const scenario = SCENARIOS[type][(at + shift) % SCENARIOS[type].length]!;
    const people = peopleFor(type, scenario, neighbourhood, at);
    const group = neighbourhood.groups[at % 2]!.key;
    return {
      key: `${panelCode(borough, type).replace('-', '-case-')}-${String(at + 1).padStart(2, '0')}`,
      borough,
      type,
      stage,
      scenario,
      people: borough === 'PEL' && type === 'jag' && at === 0 ? [...people, knownInPellworth] : people,
      places: type === 'marac' ? [] : [neighbourhood.places[(at + shift) % neighbourhood.places.length]!.key],
      groups: scenario.subjectKind === 'group' ? [group] : [],
      firstHeard,
      lastHeard,
      firstDeferred: stage === 'plan_agreed' && firstHeard === 2,
      ...(borough === 'ASK' && scenario.subjectKind === 'group' && { invited: ['youth-justice-worker'] }),
    };
  });
}

const knownInPellworth = {
  person: KNOWN_IN_BOTH.pellworth,
  role: 'witness' as const,
  rationale: 'Gave an account of one incident while staying in the borough.',
};

/** Assigns people to roles. A person may appear in several cases, because a role belongs to a case. */
export function peopleFor(
  type: CasePanelType,
  scenario: Scenario,
  from: Neighbourhood,
  at: number,
): CaseStory['people'] {
  const adult = (offset: number): string => from.adults[(at * 2 + offset) % from.adults.length]!;
  const part = (person: string, role: CasePersonRole, rationale: string) => ({ person, role, rationale });
  const pair = from.youngPeople[at % from.youngPeople.length]!;
  const peer = from.youngPeople[(at + 1) % from.youngPeople.length]!;

  if (type === 'marac') {
    const { adults, children } = from.families[at % from.families.length]!;
    const [victim, other] = at === 4 ? [adults[1], adults[0]] : adults;
    return [
      part(victim, 'victim', 'Named as the person harmed in the referral.'),
      part(other, 'perpetrator', 'Named as the person who causes harm; not told of the meeting.'),
      ...children.map((child) => part(child, 'child', 'Lives in the household.')),
    ];
  }
  if (type === 'syv') {
    const isBoth = scenario.criteria.includes('violence_harm_causer');
    return [
      part(pair.young, isBoth ? 'both_victim_and_harm_causer' : 'at_risk', 'Subject of the referral.'),
      part(pair.carer, 'carer', 'Holds parental responsibility.'),
      part(peer.young, 'linked_peer', 'Seen together; no concern recorded by this link alone.'),
    ];
  }
  if (type === 'community_marac') {
    return [
      part(adult(0), 'victim', 'Adult at risk of harm.'),
      part(adult(3), 'family', 'Visits weekly; trusted by the adult.'),
      ...(scenario.criteria.includes('exploitation')
        ? [part(adult(5), 'suspected_harm_causer', 'Named by neighbours; not proved.')]
        : []),
    ];
  }
  switch (scenario.subjectKind) {
    case 'person_victim':
      return [
        part(adult(0), 'victim', 'Person harmed.'),
        part(adult(1), 'suspected_harm_causer', 'Named in reports; not proved.'),
      ];
    case 'person_perpetrator':
      return [
        part(adult(1), 'suspected_harm_causer', 'Subject of the referral.'),
        part(adult(4), 'complainant', 'Made most of the reports.'),
      ];
    case 'group':
      return [
        part(pair.young, 'linked_peer', 'Seen with the group.'),
        part(peer.young, 'linked_peer', 'Seen with the group.'),
        part(adult(2), 'complainant', 'Reported intimidation.'),
      ];
    default:
      return [
        part(adult(0), 'complainant', 'Reports on behalf of neighbours.'),
        part(adult(5), 'witness', 'Kept a diary of what was seen.'),
      ];
  }
}
