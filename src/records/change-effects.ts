/** Effects that commit with a change: stored response, events, notices to recipients, audit entries. */
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { relationOf, subjectNamed } from '../authorization/subjects.js';
import { AuditLog, Disclosures, Outbox, type EventDraft } from './audit-recording.js';
import type { AuthorizedResponse } from './authorized-response.js';
import { storeReply } from './idempotency.js';
import type { UnitOfWork } from './unit-of-work.js';

@Injectable()
export class ChangeEffects {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly outbox: Outbox,
    private readonly disclosures: Disclosures,
  ) {}

  /** Writes the effects of a change, or only the audit entry of a repeated response. */
  async write(work: UnitOfWork, client: PoolClient, response: AuthorizedResponse, isRepeated: boolean): Promise<void> {
    const link = this.disclosures.linkFor(work.actor, shownChanges(work.write, response));
    if (link) response.headers['link'] = link;
    if (!isRepeated) await storeReply(work, response);
    await this.writeEvents(work);
    await this.notifyRecipients(work, client);
    // late, because the lock on the log blocks all other writers of the log until commit
    if (work.audit.drafts.length) await this.auditLog.append(client, work.actor, work.audit.drafts);
  }

  private async writeEvents(work: UnitOfWork): Promise<void> {
    const write = (events: EventDraft[]) => (): Promise<void> => this.outbox.write(work.manager, work.actor, events);
    if (work.events.length)
      await (work.actedAcrossPartnerships ? work.acrossPartnerships(write(work.events)) : write(work.events)());
    if (work.systemEvents.length) await work.asSystem(write(work.systemEvents));
  }

  /** Notes corrections and withdrawals for the agencies that received the data. */
  private async notifyRecipients(work: UnitOfWork, client: PoolClient): Promise<void> {
    const { revisedRecords, withdrawnCases, endedRecalls, withdrawnPeople, correctedReceipts } = work.write;
    const effects = [revisedRecords, withdrawnCases, endedRecalls, withdrawnPeople, correctedReceipts];
    if (!effects.some(({ length }) => length)) return;
    // recipients include agencies that the actor may not know
    await work.asSystem(async () => {
      for (const one of revisedRecords) await this.disclosures.revised(client, one);
      for (const one of withdrawnPeople) await this.disclosures.takenBack(client, one);
      for (const one of correctedReceipts) await this.disclosures.receiptCorrected(client, one);
    });
    // a bid that was escalated, and what came of it, is a record of another partnership
    if (withdrawnCases.length || endedRecalls.length)
      await work.acrossPartnerships(async () => {
        for (const one of withdrawnCases) await this.disclosures.caseWithdrawn(client, one);
        for (const one of endedRecalls) await this.disclosures.recallEnded(client, one);
      });
  }
}

/**
 * Returns the identifiers of changed records that appear in the response. A link for any other record would reveal a
 * hidden identifier. Records that share the identifier of their parent, such as the screening of a referral, do not
 * count as shown by that identifier.
 */
function shownChanges(
  { revisedRecords, withdrawnPeople }: UnitOfWork['write'],
  { identifiers }: AuthorizedResponse,
): string[] {
  const ownIdentifier = revisedRecords.filter(({ recordType }) => !sharesIdentifier(recordType));
  const changed = [...ownIdentifier.map((one) => one.recordId), ...withdrawnPeople.map((one) => one.personId)];
  return changed.filter((id) => identifiers.has(id));
}

function sharesIdentifier(recordType: string): boolean {
  const subject = subjectNamed(recordType);
  return subject?.parent !== undefined && relationOf(subject, subject.parent).local === 'id';
}
