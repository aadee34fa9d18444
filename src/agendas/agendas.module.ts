import { Module } from '@nestjs/common';
import { MeetingsModule } from '../meetings/meetings.module.js';
import { CasesModule } from '../cases/cases.module.js';
import { ProceedingsModule } from '../proceedings/proceedings.module.js';
import { AgendaController } from './agenda.controller.js';
import { DecisionsController } from './decisions.controller.js';
import { ListingsController } from './listings.controller.js';
import { AgendaService } from './agenda.service.js';
import { DecisionsService } from './decisions.service.js';
import { ListingsService } from './listings.service.js';
import { InvitationCorrections } from './invitation-corrections.service.js';

@Module({
  imports: [MeetingsModule, CasesModule, ProceedingsModule],
  controllers: [AgendaController, ListingsController, DecisionsController],
  providers: [AgendaService, ListingsService, DecisionsService, InvitationCorrections],
})
export class AgendasModule {}
