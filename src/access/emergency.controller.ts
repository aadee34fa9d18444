import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { EmergencyAccess } from '../sharing/access.entity.js';
import { EmergencyAccessView } from './access.response.js';
import { EmergencyOpening, EmergencyReview } from './emergency.dto.js';
import { EmergencyService } from './emergency.service.js';

@Controller('v1/emergency-accesses')
export class EmergencyController {
  constructor(private readonly emergencies: EmergencyService) {}

  /** List emergency accesses: your own, those that you review, and by reference those to cases of your panels and agency */
  @Get()
  @RequirePermission('read', EmergencyAccess)
  @ApiAnswer.page(EmergencyAccessView)
  list(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.emergencies.list(actor, query);
  }

  /**
   * Open one case in an emergency, read-only, for 60 minutes. Send `Purpose: EMERGENCY_BTG` with each read meanwhile
   */
  @Post()
  @RequirePermission('open-in-emergency', Case)
  @ApiAnswer.created(EmergencyAccessView)
  open(@CurrentActor() actor: Actor, @Body() body: EmergencyOpening): Promise<AuthorizedResponse> {
    return this.emergencies.open(actor, body);
  }

  /** Get an emergency access */
  @Get(':id')
  @RequirePermission('read', EmergencyAccess)
  @ApiAnswer.one(EmergencyAccessView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.emergencies.get(actor, id);
  }

  /** End your emergency access early */
  @Post(':id/ending')
  @RequirePermission('end', EmergencyAccess)
  @ApiAnswer.updated(EmergencyAccessView)
  end(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.emergencies.end(actor, id);
  }

  /** Review an emergency access (data protection officer; not one's own) */
  @Post(':id/review')
  @RequirePermission('review', EmergencyAccess)
  @ApiAnswer.updated(EmergencyAccessView)
  review(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: EmergencyReview): Promise<AuthorizedResponse> {
    return this.emergencies.review(actor, id, body);
  }
}
