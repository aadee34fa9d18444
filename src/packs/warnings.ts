/** Warnings before circulation, derived from what each recipient would receive. */
import type { NamedIn, Recipient } from './circulation-check.entity.js';

export const WARNINGS = [
  'outside-agreement',
  'unequal-copies',
  'receives-nothing',
  'received-by-nobody',
  'many-named',
] as const;
export type WarningCode = (typeof WARNINGS)[number];

const DETAILS: Record<WarningCode, string> = {
  'outside-agreement': 'The agency of these people signed no agreement for this panel that shares anything with it.',
  'unequal-copies': 'Colleagues of one agency would receive copies of the item that are redacted to different extents.',
  'receives-nothing': 'These people would receive papers without any item.',
  'received-by-nobody': 'Nobody but the coordination of the panel would receive the item.',
  'many-named': 'So many people are named that a person other than the maker must approve the check.',
};

export interface Warning {
  code: WarningCode;
  detail: string;
  practitionerIds: string[];
  listingIds: string[];
}

/** Returns the number of different people named in the items. */
export const countPeople = (named: NamedIn[]): number => new Set(named.flatMap(({ personIds }) => personIds)).size;

export function findWarnings(recipients: Recipient[], listingIds: string[], manyNamed: boolean): Warning[] {
  const warn = (code: WarningCode, people: Recipient[], items: string[]): Warning => ({
    code,
    detail: DETAILS[code],
    practitionerIds: people.map(({ practitionerId }) => practitionerId),
    listingIds: items,
  });
  const some = (code: WarningCode, people: Recipient[]): Warning[] => (people.length ? [warn(code, people, [])] : []);
  const copies = recipients.flatMap((recipient) =>
    recipient.items.map(({ listingId, copy }) => ({ recipient, listingId, copy })),
  );
  const byListing = Map.groupBy(copies, ({ listingId }) => listingId);
  const unequal = listingIds.flatMap((listingId) =>
    [...Map.groupBy(byListing.get(listingId) ?? [], ({ recipient }) => recipient.agencyId).values()]
      .filter((colleagues) => new Set(colleagues.map(({ copy }) => copy)).size > 1)
      .map((colleagues) =>
        warn(
          'unequal-copies',
          colleagues.map(({ recipient }) => recipient),
          [listingId],
        ),
      ),
  );
  const unreceived = listingIds.filter((listingId) =>
    (byListing.get(listingId) ?? []).every(({ recipient }) => recipient.coordinates),
  );
  return [
    ...some(
      'outside-agreement',
      recipients.filter(({ withinAgreement }) => !withinAgreement),
    ),
    ...unequal,
    ...some(
      'receives-nothing',
      recipients.filter(({ items }) => !items.length),
    ),
    ...(unreceived.length ? [warn('received-by-nobody', [], unreceived)] : []),
    ...(manyNamed ? [warn('many-named', [], [])] : []),
  ];
}
