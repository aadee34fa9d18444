/** Plain audit log of the comparison server: one row for each response, committed in groups before the response. */

const CREATE = `CREATE TABLE IF NOT EXISTS bench_audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor_id uuid NOT NULL, agency_id uuid NOT NULL,
  route text NOT NULL, record_ids uuid[] NOT NULL, fields text[] NOT NULL, withheld text[] NOT NULL)`;

/** Statement that inserts rows. $1 a JSON array. */
export const INSERT_AUDIT = {
  name: 'audit',
  text: `INSERT INTO bench_audit (actor_id, agency_id, route, record_ids, fields, withheld)
    SELECT "actorId", "agencyId", route, "recordIds", fields, withheld FROM jsonb_to_recordset($1::jsonb)
      AS e("actorId" uuid, "agencyId" uuid, route text, "recordIds" uuid[], fields text[], withheld text[])`,
};

/**
 * Returns the audit row of a response that shows these records.
 * @param {import('./reader.mjs').Reader} reader
 * @param {string} route
 * @param {{ id: string, withheld: string[] }[]} shown
 */
export const entryOf = (reader, route, shown) => ({
  actorId: reader.id,
  agencyId: reader.agencyId,
  route,
  recordIds: shown.map(({ id }) => id),
  fields: [...new Set(shown.flatMap((row) => Object.keys(row)))],
  withheld: [...new Set(shown.flatMap((row) => row.withheld))],
});

/**
 * Returns a function that resolves when its row is committed. Rows that arrive during a commit share the next one.
 * @param {import('pg').Pool} pool
 */
export async function auditLog(pool) {
  await pool.query(CREATE);
  /** @type {{ entry: object, committed: () => void, failed: (reason: unknown) => void }[]} */
  let waiting = [];
  let isWriting = false;
  const writeAll = async () => {
    isWriting = true;
    while (waiting.length) {
      const batch = waiting;
      waiting = [];
      try {
        await pool.query({ ...INSERT_AUDIT, values: [JSON.stringify(batch.map(({ entry }) => entry))] });
        for (const { committed } of batch) committed();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    isWriting = false;
  };
  /** @param {object} entry @returns {Promise<void>} */
  return (entry) =>
    new Promise((committed, failed) => {
      waiting.push({ entry, committed, failed });
      if (!isWriting) void writeAll();
    });
}
