/**
 * The synthetic people, places and groups of a borough.
 *
 * Names are drawn from several heritages and given to every role alike, so that nothing can be learned from the data about
 * who "is" a victim or a harm-causer. Surnames are invented, telephone numbers come from Ofcom's range for drama, e-mail
 * stays at example.org, NHS numbers come from the test range, postcodes from an area that does not exist.
 */
import type { Address, SandboxGroup, SandboxPerson, SandboxPlace } from './caseload.js';
import { agencyOfType, BOROUGH_CODES, BOROUGH_MAPS, type BoroughCode } from './places-and-agencies.js';
import { addDays, dateFrom, seededChance, testNhsNumber, type Chance, type IsoDate } from './seeded.js';

interface Heritage {
  ethnicities: string[];
  languages: string[];
  given: { F: string[]; M: string[] };
  family: string[];
}

const HERITAGES: Heritage[] = [
  {
    ethnicities: ['W1', 'W1', 'W2', 'B1', 'M1', 'W3'],
    languages: ['eng'],
    given: {
      F: ['Hazel', 'Joanne', 'Ellie', 'Maureen', 'Keisha', 'Siobhan', 'Paige', 'Donna'],
      M: ['Callum', 'Derek', 'Jerome', 'Kieran', 'Lewis', 'Norman', 'Tyrell', 'Sean'],
    },
    family: [
      'Fenwarren',
      'Brackwater',
      'Holmshaw-Pike',
      'Rushmarsh',
      'Tilbrooke',
      'Cawthrell',
      'Penmarrow',
      'Gaskarth',
    ],
  },
  {
    ethnicities: ['A1', 'A2', 'A3', 'M3'],
    languages: ['eng', 'urd', 'ben', 'pan'],
    given: { F: ['Anika', 'Nasreen', 'Shabnam', 'Meera'], M: ['Imran', 'Arjun', 'Faisal', 'Tariq'] },
    family: ['Chowdrani', 'Malhotar', 'Rehmandi', 'Bhattesh'],
  },
  {
    ethnicities: ['B2', 'B9', 'M2'],
    languages: ['eng', 'som', 'yor', 'fra'],
    given: { F: ['Amara', 'Hodan', 'Abena', 'Folake'], M: ['Kofi', 'Abdi', 'Emeka', 'Sekou'] },
    family: ['Adeyanbo', 'Warsanfe', 'Boatengu', 'Diallomi'],
  },
  {
    ethnicities: ['W9', 'W5'],
    languages: ['pol', 'ron', 'por'],
    given: { F: ['Agnieszka', 'Ioana', 'Ines', 'Katya'], M: ['Marek', 'Andrei', 'Rui', 'Bogdan'] },
    family: ['Wisnieczak', 'Popescar', 'Ferreirinho', 'Lewandek'],
  },
  {
    ethnicities: ['O2', 'A9', 'O9', 'A4', 'NS'],
    languages: ['ara', 'fas', 'kur', 'eng'],
    given: { F: ['Layla', 'Shirin', 'Rojin', 'Mei'], M: ['Karim', 'Dara', 'Hamid', 'Wei'] },
    family: ['Al-Serraf', 'Tehrandi', 'Barzanpour', 'Lingzhao'],
  },
];

/** Unique numbers of people over all boroughs: hand-written people take those below 100. */
const firstSerial = (borough: BoroughCode): number => 100 + 100 * BOROUGH_CODES.indexOf(borough);

export const dramaPhone = (serial: number): string => `07700 900${String(serial).padStart(3, '0')}`;

const uprn = (borough: BoroughCode, serial: number): string =>
  `9990${BOROUGH_CODES.indexOf(borough)}${String(serial).padStart(7, '0')}`;

export function addressIn(borough: BoroughCode, serial: number, street: string): Address {
  const letters = 'ABDEFGHJLNPQRSTUWXYZ';
  return {
    text: `${3 + ((serial * 7) % 88)} ${street}`,
    postcode: `${BOROUGH_MAPS[borough].outwardCode} ${1 + (serial % 9)}${letters[serial % 20]}${letters[(serial * 7) % 20]}`,
    uprn: uprn(borough, serial),
  };
}

interface Household {
  heritage: Heritage;
  family: string;
  ethnicity: string;
  home: Address;
}

/** People and places available to the cases of a borough. */
export interface Neighbourhood {
  persons: SandboxPerson[];
  places: SandboxPlace[];
  groups: SandboxGroup[];
  /** Keys, by the part people may play. */
  families: { adults: [string, string]; children: [string, string] }[];
  youngPeople: { young: string; carer: string }[];
  adults: string[];
}

function birthDate(now: Date, age: number, chance: Chance): Pick<SandboxPerson, 'dateOfBirth' | 'datePrecision'> {
  const born: IsoDate = addDays(dateFrom(now, 0), -Math.round(age * 365.25) - chance.between(3, 360));
  if (!chance.onceIn(9)) return { dateOfBirth: born, datePrecision: 'day' };
  const datePrecision = chance.pick(['month', 'year', 'estimated'] as const);
  return {
    dateOfBirth: datePrecision === 'month' ? `${born.slice(0, 7)}-01` : `${born.slice(0, 4)}-01-01`,
    datePrecision,
  };
}

export function neighbourhoodOf(borough: BoroughCode, now: Date): Neighbourhood {
  const chance = seededChance(`people ${borough}`);
  const map = BOROUGH_MAPS[borough];
  const prefix = borough.toLowerCase();
  const persons: SandboxPerson[] = [];
  let serial = firstSerial(borough);

  const person = ({ heritage, family, ethnicity, home }: Household, sex: 'F' | 'M', age: number): string => {
    const givenName = chance.pick(heritage.given[sex]);
    const language = age < 20 ? 'eng' : chance.pick(heritage.languages);
    const key = `${prefix}-person-${String(persons.length + 1).padStart(2, '0')}`;
    persons.push({
      key,
      borough,
      givenName,
      familyName: family,
      aliases: chance.onceIn(5) ? [`${givenName.slice(0, 3)} ${family}`] : [],
      ...birthDate(now, age, chance),
      sex,
      ethnicity,
      ethnicitySource: chance.pick(['self_defined', 'self_defined', 'record', 'officer_observed'] as const),
      nhsNumber: testNhsNumber(serial),
      phone: age < 12 ? null : dramaPhone(serial),
      email: age < 16 || chance.onceIn(3) ? null : `${givenName}.${family}${serial}@example.org`.toLowerCase(),
      safeContact: null,
      currentAddress: home,
      protectedAddress: null,
      firstLanguage: language,
      interpreterNeeded: language !== 'eng' && chance.onceIn(2),
    });
    serial += 1;
    return key;
  };
  const household = (): Household => {
    const heritage = chance.pick([HERITAGES[0]!, ...HERITAGES]);
    return {
      heritage,
      family: chance.pick(heritage.family),
      ethnicity: chance.pick(heritage.ethnicities),
      home: addressIn(borough, serial, chance.pick(map.streets)),
    };
  };

  const families = Array.from({ length: 6 }, () => {
    const family = household();
    const partner = { ...household(), home: family.home };
    return {
      adults: [person(family, 'F', chance.between(24, 43)), person(partner, 'M', chance.between(24, 48))] as [
        string,
        string,
      ],
      children: [person(family, 'F', chance.between(6, 14)), person(family, 'M', chance.between(1, 9))] as [
        string,
        string,
      ],
    };
  });
  const youngPeople = [14, 16, 15, 21].map((age, at) => {
    const family = household();
    return {
      young: person(family, at === 2 ? 'F' : 'M', age),
      carer: person(family, chance.pick(['F', 'M'] as const), chance.between(40, 58)),
    };
  });
  const adults = Array.from({ length: 8 }, (_, at) =>
    person(household(), chance.pick(['F', 'M'] as const), at < 3 ? chance.between(66, 84) : chance.between(20, 60)),
  );

  const places = map.places.map(({ name, kind }, at): SandboxPlace => ({
    key: `${prefix}-place-${at + 1}`,
    borough,
    name,
    kind,
    ward: map.wards[at % map.wards.length]!,
    postcode: `${map.outwardCode} ${at + 1}ZZ`,
    uprn: kind === 'estate' || kind === 'premises' || kind === 'school' ? uprn(borough, 9000 + at) : null,
    precision: kind === 'street' ? 'street' : kind === 'open_space' || kind === 'park' ? 'area' : 'exact',
    description: `Known to the panel as ${kind === 'transport' ? 'a meeting point in the evening' : 'a place where people feel unsafe'}.`,
    managedBy:
      agencyOfType(
        borough,
        kind === 'estate' ? 'housing_local_authority' : kind === 'school' ? 'education' : 'community_safety',
      )?.code ?? null,
  }));
  const group = (at: number, name: string, kind: SandboxGroup['kind'], description: string): SandboxGroup => ({
    key: `${prefix}-group-${at}`,
    borough,
    name,
    kind,
    description,
  });
  const groups = [
    group(
      1,
      `Peers around ${places[1]!.name}`,
      'peer_group',
      'Young people who spend time together; being named here says nothing about any of them.',
    ),
    group(2, `Evening gathering at ${places[2]!.name}`, 'youth_group', 'A changing group seen most evenings.'),
    group(
      3,
      `Street population near ${places[4]!.name}`,
      'street_population',
      'Adults who sleep or spend the day outside.',
    ),
  ];
  return { persons, places, groups, families, youngPeople, adults };
}
