/** Text page of a simulation, for data protection officers to read, print and sign. */
import { gains } from './simulation.js';
import type { SharingSimulationView, ShownChange } from './simulation.response.js';

export interface Named {
  agreement: { code: string; title: string };
  edition: number;
  replacedEdition: number | null;
  panels: Map<string, string>;
  agencies: Map<string, string>;
  signedBy: string | null;
}

const words = (name: string): string => name.replaceAll('_', ' ');
const count = (cases: number): string => `${String(cases)} ${cases === 1 ? 'case' : 'cases'}`;

export function simulationPage(simulation: SharingSimulationView, named: Named): string {
  const { changes, rowDifferences } = simulation;
  const lines = [
    'WHAT WOULD CHANGE',
    '',
    `${named.agreement.title} (${named.agreement.code})`,
    `Proposed: edition ${String(named.edition)}. In force: ${named.replacedEdition ? `edition ${String(named.replacedEdition)}` : 'none'}.`,
    `Worked out for ${simulation.asOf}, as if every party had signed.`,
    ...(simulation.stale
      ? ['', 'STALE: the draft, or what is in force, changed since. Run the simulation again.']
      : []),
    '',
    'A number of cases is of those in which the agency contributed of the category. The level is that of the agreement: a',
    'handling condition may hold back more, and only those who may see a case receive of it at all.',
  ];
  for (const [title, part] of [
    ['WHO GAINS', changes.filter(gains)],
    ['WHO LOSES', changes.filter((one) => !gains(one))],
  ] as const) {
    lines.push('', title, '-'.repeat(title.length));
    if (!part.length) lines.push('Nobody.');
    let heading = '';
    for (const change of part) {
      const next = `${receiver(change, named)}, on ${named.panels.get(change.panelId) ?? change.panelId}, for ${change.purpose}`;
      if (next !== heading) lines.push('', next);
      heading = next;
      const { contributingAgencyId: by, contributingType } = change;
      const from = by ? ` from ${named.agencies.get(by) ?? by} (${words(contributingType ?? '')})` : '';
      const samples = change.samples.map(({ reference }) => reference).join(', ');
      lines.push(
        `  ${words(change.category)}${from}: ${change.before} -> ${change.after}, ${count(change.cases)}${samples ? ` (such as ${samples})` : ''}`,
      );
    }
  }
  const title = 'ROWS THAT SAY OTHERWISE';
  lines.push('', title, '-'.repeat(title.length));
  if (!rowDifferences.length) lines.push('None.');
  for (const row of rowDifferences)
    lines.push(
      `  ${row.purpose}: ${words(row.category)} from ${words(row.contributingType)} to ${words(row.receivingType)}: ${row.before ?? 'no row'} -> ${row.after ?? 'no row'}`,
    );
  lines.push(
    '',
    `SHA-256 of the changes: ${simulation.digest}`,
    simulation.signedAt
      ? `Signed by ${named.signedBy ?? 'somebody'}, ${new Date(simulation.signedAt).toISOString()}.`
      : 'Not signed.',
    '',
  );
  return lines.join('\n');
}

const receiver = ({ agencyId, receivingType }: ShownChange, { agencies }: Named): string =>
  agencyId ? `${agencies.get(agencyId) ?? agencyId} (${words(receivingType)})` : 'The coordination of the panel';
