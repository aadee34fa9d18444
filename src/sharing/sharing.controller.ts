import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './sharing.entity.js';
import { SharingService } from './sharing.service.js';
import {
  SharingAgreementVersionView,
  SharingAgreementView,
  SharingPartyView,
  SharingRowView,
} from './sharing.views.js';

@Controller('v1/sharing-agreements')
export class SharingController {
  constructor(private readonly sharing: SharingService) {}

  /** Sharing agreements of your partnerships */
  @Get()
  @Can('read', SharingAgreement)
  @Answers.page(SharingAgreementView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.sharing.list(actor, query);
  }

  /** One sharing agreement */
  @Get(':id')
  @Can('read', SharingAgreement)
  @Answers.one(SharingAgreementView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.sharing.get(actor, id);
  }

  /** Versions of an agreement */
  @Get(':id/versions')
  @Can('read', SharingAgreementVersion)
  @Answers.page(SharingAgreementVersionView)
  versions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.sharing.versions(actor, id, query);
  }

  /** Agencies that signed a version */
  @Get(':id/versions/:versionId/parties')
  @Can('read', SharingParty)
  @Answers.page(SharingPartyView)
  parties(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.sharing.parties(actor, id, versionId, query);
  }

  /** What a version shares: one row per purpose, category, contributing and receiving type */
  @Get(':id/versions/:versionId/rows')
  @Can('read', SharingRow)
  @Answers.page(SharingRowView)
  rows(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.sharing.rows(actor, id, versionId, query);
  }
}
