import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../authentication/actor.js';
import { subjectOf } from '../authorization/subjects.js';
import {
  Disclosures,
  SPOKEN,
  type CorrectedReceipt,
  type EndedRecall,
  type DisclosureBatch,
  type RevisedRecord,
  type WithdrawnCase,
  type WithdrawnPerson,
} from '../records/audit-recording.js';
import { londonDay } from '../time/clock.js';
import { Disclosure } from './disclosure.entity.js';
import { hasApplicableRule } from '../authorization/applicable-rules.js';

/**
 * Maximum number of remembered keys. They prevent repeated inserts for a record that is read all day; a forgotten key
 * costs one statement.
 */
const MOST_REMEMBERED = 50_000;

/**
 * Maximum number of links in a header, whose size is limited. A client that changes more records at once finds the
 * others by the case.
 */
const MOST_LINKS = 10;

const INSERT = `INSERT INTO disclosures (id, version, created_at, updated_at, partnership_id, panel_id, case_id, referral_id, person_id, listing_id,
    record_type, record_id, record_version, origin_agency_id, recipient_agency_id, purpose, day, at, fields, agreement_version_ids,
    kept_out_by_ids, through_listing_ids)
  SELECT d.id, 1, d.at, d.at, d."partnershipId", d."panelId", d."caseId", d."referralId", d."personId", d."listingId",
    d."recordType", d."recordId", d."recordVersion", d."originAgencyId", d."recipientAgencyId", d.purpose, d.day, d.at, d.fields, d."agreementVersionIds",
    d."keptOutByIds", d."throughListingIds"
  FROM jsonb_to_recordset($1::jsonb) AS d(id uuid, "partnershipId" uuid, "panelId" uuid, "caseId" uuid, "referralId" uuid, "personId" uuid,
    "listingId" uuid, "recordType" text, "recordId" uuid, "recordVersion" integer, "originAgencyId" uuid, "recipientAgencyId" uuid, purpose text,
    day date, at timestamptz, fields text[], "agreementVersionIds" uuid[], "keptOutByIds" uuid[],
    "throughListingIds" uuid[])
  ON CONFLICT DO NOTHING`;

const COPY = `INSERT INTO document_copies (id, version, created_at, updated_at, partnership_id, panel_id, meeting_id, document, reader_id,
    agency_id, opened_at, listing_ids, kept_listing_ids, kept_out_by_ids)
  SELECT c.serial, 1, c.at, c.at, c."partnershipId", c."panelId", c."meetingId", c.document, c."readerId", c."agencyId", c.at, c."listingIds", c."keptListingIds",
    c."keptOutByIds"
  FROM jsonb_to_recordset($1::jsonb) AS c(serial uuid, "partnershipId" uuid, "panelId" uuid, "meetingId" uuid, document text,
    "readerId" uuid, "agencyId" uuid, at timestamptz, "listingIds" uuid[], "keptListingIds" uuid[], "keptOutByIds" uuid[])
  ON CONFLICT DO NOTHING`;

/** Inserts a row for each correction and recall, so that the notification of an earlier one stays recorded. */
const REVISION = `INSERT INTO disclosure_revisions (id, version, created_at, updated_at, partnership_id, disclosure_id, pending, since, fields)
  SELECT gen_random_uuid(), 1, pending_since, pending_since, partnership_id, id, pending, pending_since, `;

/**
 * Updates the disclosures of a corrected or recalled record. A later correction never replaces a recall. Recipients
 * already notified must be notified again.
 */
const REVISE = `WITH revised AS (
    UPDATE disclosures SET pending = CASE WHEN $2 THEN 'recall' ELSE 'correction' END,
      pending_since = $3, notified_at = NULL, version = version + 1, updated_at = $3
    WHERE record_id = $1 AND record_type = $4 AND (pending IS DISTINCT FROM 'recall' OR $2) RETURNING *)
  ${REVISION} ARRAY(SELECT f FROM unnest(fields) f WHERE f = ANY ($5)) FROM revised ON CONFLICT DO NOTHING`;

/** Recalls what was received of a case, and of the referrals that led to it. The case of a row is derived from the policy. */
const WITHDRAW_CASE = `WITH revised AS (UPDATE disclosures SET pending = 'recall', pending_since = $2, notified_at = NULL, version = version + 1, updated_at = $2
  WHERE (case_id = $1 OR referral_id IN (SELECT id FROM referrals WHERE case_id = $1)) AND (pending, pending_since) IS DISTINCT FROM ('recall', $2::timestamptz)
  RETURNING *)
  ${REVISION} '{}' FROM revised ON CONFLICT DO NOTHING`;

/**
 * Ends a recall of a case, of its referrals or of one referral, and of people withdrawn with it. Agencies already notified
 * of the recall must be notified that the data is valid. $1 the case or null, $2 the time of the recall, $3 now, $4 the
 * referral or null, $5 the panel.
 */
const END_RECALL = `WITH revised AS (UPDATE disclosures SET version = version + 1, updated_at = $3, notified_at = NULL,
    pending = CASE WHEN notified_at IS NULL THEN NULL ELSE 'correction' END,
    pending_since = CASE WHEN notified_at IS NULL THEN NULL ELSE $3::timestamptz END
  WHERE pending = 'recall' AND pending_since = $2 AND (case_id = $1 OR referral_id = $4 OR referral_id IN (SELECT id FROM referrals WHERE case_id = $1)
    OR case_id IS NULL AND referral_id IS NULL AND panel_id = $5)
  RETURNING *)
  ${REVISION} fields FROM revised WHERE pending IS NOT NULL ON CONFLICT DO NOTHING`;

/**
 * Recalls the record of a person and their addresses, as received through one matter: one referral or case, and the
 * referrals that led to it. Other records that name the person make no difference, because the result would reveal
 * them. An agency with a core seat can read the case without its research request, so nothing is recalled from that
 * agency alone. Older rows name only the panel: those since the matter began are included.
 */
const TAKE_BACK = `WITH matter AS (
    SELECT id, created_at FROM referrals WHERE id = $3 OR case_id = $4),
  revised AS (UPDATE disclosures d SET pending = 'recall', pending_since = $5, notified_at = NULL, version = version + 1, updated_at = $5
  WHERE d.person_id = $1 AND d.panel_id = $2 AND d.record_type IN ('Person', 'ProtectedAddress')
    AND (d.case_id = $4 OR d.referral_id IN (SELECT id FROM matter)
      OR d.case_id IS NULL AND d.referral_id IS NULL
        AND d.at >= (SELECT min(created_at) FROM (SELECT created_at FROM matter UNION ALL SELECT created_at FROM cases WHERE id = $4) began))
    AND ($6::uuid IS NULL OR d.recipient_agency_id = $6 AND NOT EXISTS (
      SELECT FROM memberships m WHERE m.panel_id = $2 AND m.agency_id = $6 AND m.tier = 'core' AND m.valid_from <= $7
        AND (m.valid_to IS NULL OR m.valid_to >= $7))) RETURNING d.*)
  ${REVISION} '{}' FROM revised ON CONFLICT DO NOTHING`;

/** Condition for the verbal disclosures `d` of a record to an agency. $1 type, $2 record, $3 agency, $4 their field. */
const SPOKEN_ROWS = `d.record_type = $1 AND d.record_id = $2 AND d.recipient_agency_id = $3 AND d.fields = ARRAY[$4]`;

/** Marks verbal disclosures as recorded in error. $5 now. */
const MARK_IN_ERROR = `UPDATE disclosures d SET in_error_since = $5, version = version + 1, updated_at = $5
  WHERE ${SPOKEN_ROWS} AND d.in_error_since IS NULL`;

/** Ends the latest mark of each verbal disclosure, unless the same was disclosed again meanwhile. $5 now. */
const END_ERROR = `UPDATE disclosures d SET in_error_since = NULL, version = version + 1, updated_at = $5
  WHERE ${SPOKEN_ROWS} AND d.in_error_since IS NOT NULL AND NOT EXISTS (SELECT FROM disclosures o
    WHERE o.id <> d.id AND (o.record_type, o.record_id, o.record_version, o.recipient_agency_id, o.purpose, o.day, o.fields)
        = (d.record_type, d.record_id, d.record_version, d.recipient_agency_id, d.purpose, d.day, d.fields)
      AND o.kept_out_by_ids IS NOT DISTINCT FROM d.kept_out_by_ids
      AND (o.in_error_since IS NULL OR o.in_error_since > d.in_error_since))`;

const texts = new WeakMap<string[], string>();

/** Joins field names to one text, cached by list: rows with the same mask share the same list. */
function joined(fields: string[]): string {
  let text = texts.get(fields);
  if (text === undefined) texts.set(fields, (text = fields.join()));
  return text;
}

/** Stores which agency received which record, and which copies, in the transaction of the log entry. */
@Injectable()
export class DisclosureRows extends Disclosures {
  private readonly known = new Set<string>();

  async write(client: PoolClient, received: DisclosureBatch[]): Promise<() => void> {
    const fresh = new Map<string, object>();
    for (const { who, what } of received) {
      const day = londonDay(who.now);
      for (const one of what) {
        const recipientAgencyId = one.recipientAgencyId ?? who.agencyId;
        const purpose = one.purpose ?? who.purpose;
        const through = `${one.panelId ?? ''} ${one.caseId ?? ''} ${one.referralId ?? ''}`;
        const key = `${recipientAgencyId ?? ''} ${one.recordType} ${one.recordId} ${String(one.recordVersion)} ${through} ${purpose ?? ''} ${day} ${joined(one.fields)} ${one.keptOutByIds?.join() ?? ''} ${one.throughListingIds?.join() ?? ''}`;
        if (this.known.has(key) || fresh.has(key)) continue;
        fresh.set(key, {
          ...one,
          id: uuidv7(),
          recipientAgencyId,
          purpose,
          day,
          at: who.now,
        });
      }
    }
    const copies = received.flatMap(({ who, copied }) =>
      copied.map((one) => ({ ...one, readerId: who.id, agencyId: who.agencyId, at: who.now })),
    );
    // sent together, because the log may have sent its commit behind them
    await Promise.all(
      [
        { name: 'disclose', text: INSERT, rows: [...fresh.values()] },
        { name: 'copy', text: COPY, rows: copies },
      ]
        .filter(({ rows }) => rows.length)
        .map(({ rows, ...query }) => client.query({ ...query, values: [JSON.stringify(rows)] })),
    );
    return () => {
      if (this.known.size > MOST_REMEMBERED) this.known.clear();
      for (const key of fresh.keys()) this.known.add(key);
    };
  }

  async revised(client: PoolClient, { recordType, recordId, isRecall, fields = [], at }: RevisedRecord): Promise<void> {
    const values = [recordId, isRecall, at, recordType, fields];
    await client.query({ name: 'revise-disclosures', text: REVISE, values });
  }

  /**
   * Returns a link to the disclosures of the records. The lists follow the policy when they are read. The link is sent
   * even if nobody received the record.
   */
  linkFor(actor: Actor, recordIds: string[]): string | null {
    if (!recordIds.length || !hasApplicableRule(actor, subjectOf(Disclosure), 'read')) return null;
    return [...new Set(recordIds)]
      .slice(0, MOST_LINKS)
      .map((id) => `</v1/disclosures?recordId=${id}&toBeTold=true>; rel="related"; title="Agencies to be told of this"`)
      .join(', ');
  }

  async caseWithdrawn(client: PoolClient, { caseId, at }: WithdrawnCase): Promise<void> {
    await client.query({ name: 'withdraw-case-disclosures', text: WITHDRAW_CASE, values: [caseId, at] });
  }

  async recallEnded(client: PoolClient, { panelId, caseId, referralId, since, at }: EndedRecall): Promise<void> {
    const values = [caseId, since, at, referralId, panelId];
    await client.query({ name: 'end-recall-of-disclosures', text: END_RECALL, values });
  }

  async takenBack(client: PoolClient, taken: WithdrawnPerson): Promise<void> {
    const { personId, panelId, referralId = null, caseId = null, agencyId = null, at } = taken;
    const values = [personId, panelId, referralId, caseId, at, agencyId, londonDay(at)];
    await client.query({ name: 'take-back-disclosures', text: TAKE_BACK, values });
  }

  async receiptCorrected(
    client: PoolClient,
    { recordType, recordId, recipientAgencyId, isInError, at }: CorrectedReceipt,
  ): Promise<void> {
    const values = [recordType, recordId, recipientAgencyId, SPOKEN, at];
    await client.query(
      isInError
        ? { name: 'mark-disclosures-in-error', text: MARK_IN_ERROR, values }
        : { name: 'end-error-of-disclosures', text: END_ERROR, values },
    );
  }
}
