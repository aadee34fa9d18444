import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { Clock } from '../time/clock.js';
import { openDatabase } from '../database/data-source.js';
import { ExplanationsService } from './explanations.service.js';
import { PaperMaker } from '../documents/paper-maker.js';
import { PolicyController } from './policy.controller.js';
import { RefusalRecorder } from '../authorization/permission.guard.js';
import { Records, RefusalsInLog } from './records.js';

/** Closes the pool on shutdown, and refuses to start with a database role that bypasses row-level security. */
class DatabaseLifetime {
  constructor(private readonly source: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    const [{ free, role }] = await this.source.query<[{ free: boolean; role: string }]>(
      'SELECT rolsuper OR rolbypassrls AS free, rolname AS role FROM pg_roles WHERE rolname = current_user',
    );
    if (free)
      throw new Error(
        `the role "${role}" of DATABASE_URL bypasses row-level security. Give the service a role that is NOSUPERUSER and ` +
          'NOBYPASSRLS and owns nothing (see docker/roles.sh), and name the owner in MIGRATION_DATABASE_URL.',
      );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source.destroy();
  }
}

@Global()
@Module({})
export class RecordsModule {
  static on(options: DataSourceOptions): DynamicModule {
    return {
      module: RecordsModule,
      controllers: [PolicyController],
      providers: [
        { provide: DataSource, useFactory: () => openDatabase(options) },
        {
          provide: DatabaseLifetime,
          useFactory: (source: DataSource) => new DatabaseLifetime(source),
          inject: [DataSource],
        },
        Clock,
        { provide: PaperMaker, useFactory: () => new PaperMaker() },
        Records,
        { provide: RefusalRecorder, useClass: RefusalsInLog },
        ExplanationsService,
      ],
      exports: [Clock, DataSource, PaperMaker, Records, RefusalRecorder],
    };
  }
}
