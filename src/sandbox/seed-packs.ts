/** Seeds circulation checks of meetings and recalls of packs. */
import { PackRecall } from '../packs/pack-recall.entity.js';
import { CirculationCheck } from '../packs/circulation-check.entity.js';
import { digestOf } from '../sharing/simulation.js';
import { CAST } from './content/cast.js';
import type { Seeding } from './seeding.js';

export async function packs(seeding: Seeding): Promise<void> {
  const { meetings, listings } = seeding.caseload;
  const agendas = meetings.flatMap((meeting) => {
    const chair = CAST.find(({ id }) => id === meeting.chair);
    const items = listings.filter((one) => one.meeting === meeting.key);
    return meeting.status === 'held' && chair ? [{ meeting, chair, items }] : [];
  });
  const inside = ({ meeting }: (typeof agendas)[number]) => ({
    at: meeting.caseListDue,
    meetingId: seeding.id('meeting', meeting.key),
    panelId: seeding.id('panel', meeting.panel),
    partnershipId: seeding.id('partnership', meeting.borough),
    edition: 1,
  });
  await seeding.put(
    CirculationCheck,
    agendas.map((agenda) => {
      const { meeting, chair } = agenda;
      const chairId = seeding.id('practitioner', chair.id);
      const items = agenda.items.map(({ key }) => seeding.id('listing', key));
      return {
        ...inside(agenda),
        id: seeding.id('circulation-check', meeting.key),
        recipients: [
          {
            practitionerId: chairId,
            agencyId: seeding.id('agency', chair.agency),
            coordinates: true,
            withinAgreement: true,
            items: items.map((listingId) => ({ listingId, receives: [], copy: digestOf([]) })),
          },
        ],
        named: items.map((listingId) => ({ listingId, personIds: [] })),
        basis: { seats: digestOf([]), items: items.map((listingId) => ({ listingId, digest: digestOf([]) })) },
        needsSecondApproval: false,
        madeById: chairId,
        approvedById: chairId,
        approvedAt: seeding.at(meeting.caseListDue),
      };
    }),
  );
  // of every panel the papers of its first meeting, and one item of those of its second
  const recalled = [...Map.groupBy(agendas, ({ meeting }) => meeting.panel).values()].flatMap(([first, second]) => [
    ...(first ? [{ agenda: first, item: null, reason: 'The list of another meeting was attached.' }] : []),
    ...(second?.items[0] ? [{ agenda: second, item: second.items[0], reason: 'It was circulated too early.' }] : []),
  ]);
  await seeding.put(
    PackRecall,
    recalled.map(({ agenda, item, reason }) => ({
      ...inside(agenda),
      id: seeding.id('pack-recall', agenda.meeting.key),
      listingId: item && seeding.id('listing', item.key),
      caseId: item && seeding.id('case', item.case),
      circulatedAt: seeding.at(agenda.meeting.caseListDue),
      reason,
      madeById: seeding.id('practitioner', agenda.chair.id),
    })),
  );
}
