import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import { Partnership } from '../agencies/agency.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { BodyLimit, AGREEMENT_BODY_BYTES } from '../http/body-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { SharingAgreement, SharingAgreementVersion, SharingParty, SharingRow } from './agreement.entity.js';
import {
  SharingAgreementRequest,
  SharingDraftChange,
  SharingDraftRequest,
  SharingStatusChange,
} from './agreement.dto.js';
import {
  SharingAgreementVersionView,
  SharingAgreementView,
  SharingPartyView,
  SharingRowView,
} from './agreement.response.js';
import { AgreementsService } from './agreements.service.js';

@Controller('v1/sharing-agreements')
export class AgreementsController {
  constructor(private readonly agreements: AgreementsService) {}

  /** List the sharing agreements of your partnerships */
  @Get()
  @RequirePermission('read', SharingAgreement)
  @ApiAnswer.page(SharingAgreementView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agreements.list(actor, query);
  }

  /** Create a sharing agreement (data protection officer) */
  @Post()
  @RequirePermission('agree-sharing', Partnership)
  @ApiAnswer.created(SharingAgreementView)
  begin(@CurrentActor() actor: Actor, @Body() body: SharingAgreementRequest): Promise<AuthorizedResponse> {
    return this.agreements.begin(actor, body);
  }

  /** Get a sharing agreement */
  @Get(':id')
  @RequirePermission('read', SharingAgreement)
  @ApiAnswer.one(SharingAgreementView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.agreements.get(actor, id);
  }

  /** List the versions of an agreement */
  @Get(':id/versions')
  @RequirePermission('read', SharingAgreementVersion)
  @ApiAnswer.page(SharingAgreementVersionView)
  versions(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.agreements.versions(actor, id, query);
  }

  /** Draft a version, complete or based on another (data protection officer) */
  @Post(':id/versions')
  @BodyLimit(AGREEMENT_BODY_BYTES)
  @RequirePermission('draft', SharingAgreement)
  @ApiAnswer.created(SharingAgreementVersionView)
  draft(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: SharingDraftRequest,
  ): Promise<AuthorizedResponse> {
    return this.agreements.draft(actor, id, body);
  }

  /** Get a version of an agreement */
  @Get(':id/versions/:versionId')
  @RequirePermission('read', SharingAgreementVersion)
  @ApiAnswer.one(SharingAgreementVersionView)
  version(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
  ): Promise<AuthorizedResponse> {
    return this.agreements.version(actor, id, versionId);
  }

  /** Change a draft, which removes its signatures (data protection officer) */
  @Patch(':id/versions/:versionId')
  @BodyLimit(AGREEMENT_BODY_BYTES)
  @RequirePermission('draft', SharingAgreementVersion)
  @ApiAnswer.updated(SharingAgreementVersionView)
  change(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingDraftChange,
  ): Promise<AuthorizedResponse> {
    return this.agreements.change(actor, id, versionId, body);
  }

  /** List the agencies that are party to a version, with the days of their signatures */
  @Get(':id/versions/:versionId/parties')
  @RequirePermission('read', SharingParty)
  @ApiAnswer.page(SharingPartyView)
  parties(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.agreements.parties(actor, id, versionId, query);
  }

  /** List the rows of a version: one per purpose, category, contributing and receiving type */
  @Get(':id/versions/:versionId/rows')
  @RequirePermission('read', SharingRow)
  @ApiAnswer.page(SharingRowView)
  rows(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Query() query: PageQuery,
  ): Promise<AuthorizedResponse> {
    return this.agreements.rows(actor, id, versionId, query);
  }

  /** Sign a version for your agency, as last read by you (data protection officer or administrator of a party) */
  @Post(':id/versions/:versionId/signatures')
  @RequirePermission('sign', SharingAgreementVersion)
  @ApiAnswer.updated(SharingPartyView)
  sign(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
  ): Promise<AuthorizedResponse> {
    return this.agreements.sign(actor, id, versionId);
  }

  /** Put a draft in force, replacing the previous version (data protection officer) */
  @Post(':id/versions/:versionId/activation')
  @RequirePermission('activate', SharingAgreementVersion)
  @ApiAnswer.updated(SharingAgreementVersionView)
  activate(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
  ): Promise<AuthorizedResponse> {
    return this.agreements.activate(actor, id, versionId);
  }

  /** Suspend a version: nothing is shared under it until it is resumed (data protection officer) */
  @Post(':id/versions/:versionId/suspension')
  @RequirePermission('suspend', SharingAgreementVersion)
  @ApiAnswer.updated(SharingAgreementVersionView)
  suspend(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingStatusChange,
  ): Promise<AuthorizedResponse> {
    return this.agreements.suspend(actor, id, versionId, body);
  }

  /** Resume a suspended version (data protection officer) */
  @Post(':id/versions/:versionId/resumption')
  @RequirePermission('suspend', SharingAgreementVersion)
  @ApiAnswer.updated(SharingAgreementVersionView)
  resume(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('versionId') versionId: string,
    @Body() body: SharingStatusChange,
  ): Promise<AuthorizedResponse> {
    return this.agreements.resume(actor, id, versionId, body);
  }
}
