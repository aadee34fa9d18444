import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Case } from '../cases/case.entity.js';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { EmergencyAccess } from '../sharing/access.entity.js';
import { EmergencyAccessView } from './access.views.js';
import { EmergencyOpening, EmergencyReview } from './emergency.requests.js';
import { EmergencyService } from './emergency.service.js';

@Controller('v1/emergency-accesses')
export class EmergencyController {
  constructor(private readonly emergencies: EmergencyService) {}

  /** Emergency accesses: your own, those that you review, and by reference those to cases of your panels and agency */
  @Get()
  @Can('read', EmergencyAccess)
  @Answers.page(EmergencyAccessView)
  list(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.emergencies.list(actor, query);
  }

  /** Open one case in an emergency, to read, for 60 minutes. Send `Purpose: EMERGENCY_BTG` with what you read while it is open */
  @Post()
  @Can('open-in-emergency', Case)
  @Answers.made(EmergencyAccessView)
  open(@By() actor: Actor, @Body() body: EmergencyOpening): Promise<Presented> {
    return this.emergencies.open(actor, body);
  }

  /** One emergency access */
  @Get(':id')
  @Can('read', EmergencyAccess)
  @Answers.one(EmergencyAccessView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.emergencies.get(actor, id);
  }

  /** End your emergency access before its time */
  @Post(':id/ending')
  @Can('end', EmergencyAccess)
  @Answers.changed(EmergencyAccessView)
  end(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.emergencies.end(actor, id);
  }

  /** Review an emergency access (data protection officer; not one's own) */
  @Post(':id/review')
  @Can('review', EmergencyAccess)
  @Answers.changed(EmergencyAccessView)
  review(@By() actor: Actor, @Id() id: string, @Body() body: EmergencyReview): Promise<Presented> {
    return this.emergencies.review(actor, id, body);
  }
}
