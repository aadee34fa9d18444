/**
 * Setting of the sandbox: one police Basic Command Unit with three boroughs, and the agencies that act in them.
 *
 * Every name is invented. Postcodes use an area that Royal Mail has not allocated (`YK`), GSS codes end in the 9999 range.
 * Three boroughs are the least that shows the shape of the field: an agency of one borough, an agency of all three
 * (police, NHS trusts, probation, IDVA service), and records that must not cross from one partnership to the next.
 */
import type { AgencyType } from '../../agencies/agency-types.js';

export const BOROUGH_CODES = ['ASK', 'PEL', 'DUN'] as const;
export type BoroughCode = (typeof BOROUGH_CODES)[number];
/** A partnership is a borough's community safety partnership, or the BCU for what is heard BCU-wide. */
export type PartnershipCode = BoroughCode | 'BCU';

export interface Partnership {
  code: PartnershipCode;
  name: string;
  /** Short name of the area, for titles. */
  area: string;
  gssCode: string;
}

export const PARTNERSHIPS: Partnership[] = [
  { code: 'ASK', name: 'Safer Askenby Partnership', area: 'Askenby', gssCode: 'E09999901' },
  { code: 'PEL', name: 'Safer Pellworth Partnership', area: 'Pellworth', gssCode: 'E09999902' },
  { code: 'DUN', name: 'Safer Dunmarrow Partnership', area: 'Dunmarrow', gssCode: 'E09999903' },
  { code: 'BCU', name: 'Marlwater BCU', area: 'Marlwater', gssCode: 'E23999901' },
];

export function areaOf(code: PartnershipCode): string {
  return PARTNERSHIPS.find((partnership) => partnership.code === code)!.area;
}

export interface BoroughMap {
  outwardCode: string;
  wards: string[];
  streets: string[];
  places: { name: string; kind: PlaceKind }[];
}
export const PLACE_KINDS = ['estate', 'premises', 'park', 'transport', 'street', 'school', 'open_space'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export const BOROUGH_MAPS: Record<BoroughCode, BoroughMap> = {
  ASK: {
    outwardCode: 'YK1',
    wards: ['Tanner Bank', 'Wherrygate', 'Candleford Hill', 'Osier Fields'],
    streets: ['Ropewalk Lane', 'Lampmaker Street', 'Weir View', 'Cooper Rise', 'Heronsgate Close', 'Tolling Road'],
    places: [
      { name: 'Bellfounder Court, east stairwell', kind: 'estate' },
      { name: 'Wherrygate canal path', kind: 'open_space' },
      { name: 'Tanner Bank shopping parade', kind: 'premises' },
      { name: 'Candleford Hill park', kind: 'park' },
      { name: 'Wherrygate interchange', kind: 'transport' },
      { name: 'Thistlemoor Academy', kind: 'school' },
    ],
  },
  PEL: {
    outwardCode: 'YK2',
    wards: ['Millrace', 'Saltersgate', 'Quarry Top'],
    streets: ['Fuller Lane', 'Saddler Walk', 'Quarry Steps', 'Larkmoor Avenue', 'Chandler Way'],
    places: [
      { name: 'Saltersgate garages', kind: 'estate' },
      { name: 'Millrace precinct', kind: 'premises' },
      { name: 'Quarry Top recreation ground', kind: 'park' },
      { name: 'Pellworth bus station', kind: 'transport' },
      { name: 'Fuller Lane underpass', kind: 'street' },
      { name: 'Larkmoor High School', kind: 'school' },
    ],
  },
  DUN: {
    outwardCode: 'YK3',
    wards: ['Dunmarrow Quay', 'Highbarrow', 'Stonepit'],
    streets: ['Cordwainer Road', 'Barrow Crescent', 'Netmaker Row', 'Stonepit Gardens', 'Ferryman Street'],
    places: [
      { name: 'Highbarrow flats, car park', kind: 'estate' },
      { name: 'Netmaker Row shops', kind: 'premises' },
      { name: 'Stonepit nature area', kind: 'open_space' },
      { name: 'Dunmarrow Quay station', kind: 'transport' },
      { name: 'Ferryman Street alleys', kind: 'street' },
      { name: 'Stonepit College', kind: 'school' },
    ],
  },
};

export interface Agency {
  code: string;
  name: string;
  type: AgencyType;
  /** The partnerships in which the agency acts. */
  partnerships: PartnershipCode[];
  /** Path of the agency's own identity provider under the sandbox's origin; without one, staff sign in with the sandbox's. */
  issuerPath?: string;
}

const everyBorough: PartnershipCode[] = [...BOROUGH_CODES];
const everywhere: PartnershipCode[] = [...everyBorough, 'BCU'];

/** The council services that each borough has, under the borough's own code. */
const councilServices: [suffix: string, title: string, type: AgencyType, alsoBcu?: boolean][] = [
  ['community-safety', 'Council Community Safety', 'community_safety', true],
  ['housing', 'Council Housing', 'housing_local_authority'],
  ['childrens', "Children's Social Care", 'childrens_social_care'],
  ['adults', 'Adult Social Care', 'adult_social_care'],
  ['youth-justice', 'Youth Justice Service', 'youth_justice'],
  ['education', 'Education Service', 'education'],
  ['environmental-health', 'Environmental Health', 'environmental_health'],
];

function councilOf(borough: BoroughCode): Agency[] {
  const area = areaOf(borough);
  return councilServices.map(([suffix, title, type, alsoBcu]) => ({
    code: `${area.toLowerCase()}-${suffix}`,
    name: `${area} ${title}`,
    type,
    partnerships: alsoBcu ? [borough, 'BCU'] : [borough],
  }));
}

// prettier-ignore
export const AGENCIES: Agency[] = [
  { code: 'police', name: 'Marlwater Police', type: 'police', partnerships: everywhere, issuerPath: '/sandbox/issuers/police' },
  { code: 'mental-health-trust', name: 'Marlwater Mental Health NHS Trust', type: 'health_mental_health', partnerships: everyBorough, issuerPath: '/sandbox/issuers/nhs' },
  { code: 'acute-trust', name: 'Marlwater Hospitals NHS Trust', type: 'health_acute_ae', partnerships: everyBorough, issuerPath: '/sandbox/issuers/nhs' },
  { code: 'probation', name: 'Probation, Marlwater delivery unit', type: 'probation', partnerships: everywhere },
  { code: 'candlewick-idva', name: 'Candlewick IDVA Service', type: 'idva_service', partnerships: everyBorough },
  { code: 'rowanstead-refuge', name: 'Rowanstead Refuge', type: 'refuge', partnerships: everyBorough },
  { code: 'fire', name: 'Marlwater Fire and Rescue', type: 'fire_service', partnerships: everyBorough },
  { code: 'mallowfield-recovery', name: 'Mallowfield Recovery', type: 'substance_misuse', partnerships: everyBorough },
  { code: 'victims-service', name: 'Marlwater Victims’ Service', type: 'victim_support', partnerships: everyBorough },
  { code: 'osierbank-homes', name: 'Osierbank Homes', type: 'registered_provider_housing', partnerships: ['ASK', 'PEL'] },
  { code: 'fernlight-youth', name: 'Fernlight Youth Outreach', type: 'youth_outreach', partnerships: everyBorough },
  ...BOROUGH_CODES.flatMap(councilOf),
  { code: 'askenby-legal', name: 'Askenby Council Legal Services', type: 'legal_adviser', partnerships: ['ASK'] },
  { code: 'thistlemoor-academy', name: 'Thistlemoor Academy', type: 'school', partnerships: ['ASK'] },
  { code: 'quayside-advice', name: 'Quayside Money Advice', type: 'voluntary_other', partnerships: ['ASK'] },
];

export function agencyByCode(code: string): Agency {
  const agency = AGENCIES.find((each) => each.code === code);
  if (!agency) throw new Error(`No agency has the code ${code}`);
  return agency;
}

/** The agency of one type that acts in a borough, where there is one. */
export function agencyOfType(borough: PartnershipCode, type: AgencyType): Agency | undefined {
  return AGENCIES.find((agency) => agency.type === type && agency.partnerships.includes(borough));
}
