import { londonDay } from '../records/london-day.js';
import type { Work } from '../records/work.js';

/** The next human reference: `JAG-2026-00042`. Numbers are given out in the transaction that uses them. */
export async function nextReference(work: Work, prefix: string): Promise<string> {
  const year = Number(londonDay(work.now).slice(0, 4));
  const rows = await work.manager.query<{ last: number }[]>(
    `INSERT INTO reference_numbers (prefix, year, last) VALUES ($1, $2, 1)
     ON CONFLICT (prefix, year) DO UPDATE SET last = reference_numbers.last + 1 RETURNING last`,
    [prefix, year],
  );
  return `${prefix}-${String(year)}-${String(rows[0]?.last).padStart(5, '0')}`;
}
