import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { AccessModule } from './access/access.module.js';
import { AgenciesModule } from './agencies/agencies.module.js';
import { AuditModule } from './audit/audit.module.js';
import { BidsModule } from './bids/bids.module.js';
import { CasesModule } from './cases/cases.module.js';
import { config } from './config.js';
import { CyclesModule } from './cycles/cycles.module.js';
import { DisclosuresModule } from './disclosures/disclosures.module.js';
import { entities } from './entities.js';
import { EscalationsModule } from './escalations/escalations.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthController } from './health.controller.js';
import { InstrumentsModule } from './instruments/instruments.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { AgendasModule } from './agendas/agendas.module.js';
import { MeetingsModule } from './meetings/meetings.module.js';
import { MinutesModule } from './minutes/minutes.module.js';
import { PacksModule } from './packs/packs.module.js';
import { ProceedingsModule } from './proceedings/proceedings.module.js';
import { ResearchModule } from './research/research.module.js';
import { PanelsModule } from './panels/panels.module.js';
import { PlansModule } from './plans/plans.module.js';
import { ReferralsModule } from './referrals/referrals.module.js';
import { SharingModule } from './sharing/sharing.module.js';
import { SubjectsModule } from './subjects/subjects.module.js';
import { JwtAuthGuard } from './authentication/jwt-auth.guard.js';
import { PermissionGuard } from './authorization/permission.guard.js';
import { registerPolicies } from './policies.js';
import { databaseOptions } from './database/data-source.js';
import { DatabaseModule } from './database/database.module.js';
import { DeferredValidationInterceptor } from './records/deferred-validation.js';
import { AuthorizedResponseInterceptor } from './records/authorized-response.js';
import { RefusedCommandsInterceptor } from './records/refused-commands.interceptor.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RecordsModule } from './records/records.module.js';

const AREAS: Type[] = [
  AgenciesModule,
  SubjectsModule,
  SharingModule,
  PanelsModule,
  InstrumentsModule,
  CasesModule,
  ReferralsModule,
  PlansModule,
  MeetingsModule,
  ResearchModule,
  ProceedingsModule,
  AgendasModule,
  PacksModule,
  MinutesModule,
  CyclesModule,
  BidsModule,
  EscalationsModule,
  JobsModule,
  AccessModule,
  EventsModule,
  DisclosuresModule,
  AuditModule,
];

/** Root module. */
@Module({})
export class AppModule {
  /** Composes the application of all areas and of further modules on top. */
  static compose(modules: Type[] = []): DynamicModule {
    registerPolicies();
    return {
      module: AppModule,
      imports: [
        DiscoveryModule,
        DatabaseModule.forRoot(databaseOptions(config.databaseUrl, entities)),
        RecordsModule,
        ...AREAS,
        ...modules,
      ],
      controllers: [HealthController],
      providers: [
        MetadataScanner,
        JwtAuthGuard,
        { provide: APP_GUARD, useClass: PermissionGuard },
        { provide: APP_INTERCEPTOR, useClass: RefusedCommandsInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AuthorizedResponseInterceptor },
        { provide: APP_INTERCEPTOR, useClass: DeferredValidationInterceptor },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
