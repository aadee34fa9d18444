import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { BodyLimit, AGREEMENT_BODY_BYTES } from '../records/body-limit.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './agreement.entity.js';
import {
  SharingAgreementRequest,
  SharingDraftChange,
  SharingDraftRequest,
  SharingStatusChange,
} from './agreement.requests.js';
import {
  SharingAgreementVersionView,
  SharingAgreementView,
  SharingPartyView,
  SharingRowView,
} from './agreement.views.js';
import { AgreementsService } from './agreements.service.js';

@Controller('v1/sharing-agreements')
export class AgreementsController {
  constructor(private readonly agreements: AgreementsService) {}

  /** Sharing agreements of your partnerships */
  @Get()
  @Can('read', SharingAgreement)
  @Answers.page(SharingAgreementView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.agreements.list(actor, query);
  }

  /** Begin a sharing agreement (data protection officer) */
  @Post()
  @Can('agree-sharing', Partnership)
  @Answers.made(SharingAgreementView)
  begin(@By() actor: Actor, @Body() body: SharingAgreementRequest): Promise<Presented> {
    return this.agreements.begin(actor, body);
  }

  /** One sharing agreement */
  @Get(':id')
  @Can('read', SharingAgreement)
  @Answers.one(SharingAgreementView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.agreements.get(actor, id);
  }

  /** Versions of an agreement */
  @Get(':id/versions')
  @Can('read', SharingAgreementVersion)
  @Answers.page(SharingAgreementVersionView)
  versions(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.agreements.versions(actor, id, query);
  }

  /** Draft a version, whole or based on another (data protection officer) */
  @Post(':id/versions')
  @BodyLimit(AGREEMENT_BODY_BYTES)
  @Can('draft', SharingAgreement)
  @Answers.made(SharingAgreementVersionView)
  draft(@By() actor: Actor, @Id() id: string, @Body() body: SharingDraftRequest): Promise<Presented> {
    return this.agreements.draft(actor, id, body);
  }

  /** One version of an agreement */
  @Get(':id/versions/:versionId')
  @Can('read', SharingAgreementVersion)
  @Answers.one(SharingAgreementVersionView)
  version(@By() actor: Actor, @Id() id: string, @Id('versionId') versionId: string): Promise<Presented> {
    return this.agreements.version(actor, id, versionId);
  }

  /** Change a draft; whoever had signed it has not signed what it then says (data protection officer) */
  @Patch(':id/versions/:versionId')
  @BodyLimit(AGREEMENT_BODY_BYTES)
  @Can('draft', SharingAgreementVersion)
  @Answers.changed(SharingAgreementVersionView)
  change(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingDraftChange,
  ): Promise<Presented> {
    return this.agreements.change(actor, id, versionId, body);
  }

  /** Agencies that are party to a version, and when they signed */
  @Get(':id/versions/:versionId/parties')
  @Can('read', SharingParty)
  @Answers.page(SharingPartyView)
  parties(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Query() query: PageQuery,
  ): Promise<Presented> {
    return this.agreements.parties(actor, id, versionId, query);
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
    return this.agreements.rows(actor, id, versionId, query);
  }

  /** Sign a version for your agency, as you last read it (data protection officer or administrator of a party) */
  @Post(':id/versions/:versionId/signatures')
  @Can('sign', SharingAgreementVersion)
  @Answers.changed(SharingPartyView)
  sign(@By() actor: Actor, @Id() id: string, @Id('versionId') versionId: string): Promise<Presented> {
    return this.agreements.sign(actor, id, versionId);
  }

  /** Put a draft in force, in the place of the version before it (data protection officer) */
  @Post(':id/versions/:versionId/activation')
  @Can('activate', SharingAgreementVersion)
  @Answers.changed(SharingAgreementVersionView)
  activate(@By() actor: Actor, @Id() id: string, @Id('versionId') versionId: string): Promise<Presented> {
    return this.agreements.activate(actor, id, versionId);
  }

  /** Suspend a version: nothing is shared under it until it is resumed (data protection officer) */
  @Post(':id/versions/:versionId/suspension')
  @Can('suspend', SharingAgreementVersion)
  @Answers.changed(SharingAgreementVersionView)
  suspend(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingStatusChange,
  ): Promise<Presented> {
    return this.agreements.suspend(actor, id, versionId, body);
  }

  /** Resume a suspended version (data protection officer) */
  @Post(':id/versions/:versionId/resumption')
  @Can('suspend', SharingAgreementVersion)
  @Answers.changed(SharingAgreementVersionView)
  resume(
    @By() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingStatusChange,
  ): Promise<Presented> {
    return this.agreements.resume(actor, id, versionId, body);
  }
}
