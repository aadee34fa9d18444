import type { Row } from '../policy/conditions.js';
import { Presented } from './presented.js';

/**
 * Fills in fields that follow from others and from the day. They are worked out from what the reader was shown, after the
 * mask, so that they can tell nothing that was withheld.
 */
export function derived(presented: Presented, derive: (shown: Row) => Row): Presented {
  const filled = (shown: Row): Row => ({
    ...shown,
    ...Object.fromEntries(Object.entries(derive(shown)).filter(([field]) => field in shown)),
  });
  const body = presented.body as Row;
  const rows = body['data'] as Row[] | undefined;
  return new Presented(rows ? { ...body, data: rows.map(filled) } : filled(body), presented.status, presented.headers);
}
