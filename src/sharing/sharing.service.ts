import { Injectable } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { notFound } from '../policy/problems.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { Work } from '../records/work.js';
import { SharingAgreement, SharingAgreementVersion } from './sharing.entity.js';
import {
  SharingAgreementVersionView,
  SharingAgreementView,
  SharingPartyView,
  SharingRowView,
} from './sharing.views.js';

/** Agreements, as their parties and everybody in the partnership may read them. */
@Injectable()
export class SharingService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(SharingAgreementView, {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) =>
      work.present(SharingAgreementView, await work.find('read', SharingAgreement, id)),
    );
  }

  versions(actor: Actor, agreementId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await work.find('read', SharingAgreement, agreementId);
      return work.page(SharingAgreementVersionView, { agreementId }, query);
    });
  }

  parties(actor: Actor, agreementId: string, agreementVersionId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await this.version(work, agreementId, agreementVersionId);
      return work.page(SharingPartyView, { agreementVersionId }, query);
    });
  }

  rows(actor: Actor, agreementId: string, agreementVersionId: string, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, async (work) => {
      await this.version(work, agreementId, agreementVersionId);
      return work.page(SharingRowView, { agreementVersionId }, query);
    });
  }

  private async version(work: Work, agreementId: string, id: string): Promise<void> {
    const version = await work.find('read', SharingAgreementVersion, id);
    if (version.agreementId !== agreementId) throw notFound();
  }
}
