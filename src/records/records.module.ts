import { Global, Module, type DynamicModule } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { openDatabase } from './database.js';
import { ExplanationsService } from './explanations.service.js';
import { PolicyController } from './policy.controller.js';
import { Refusals } from '../policy/guard.js';
import { Records, RefusalsInLog } from './records.js';

/** Closes the pool when the service stops. */
class DatabaseLifetime {
  constructor(private readonly source: DataSource) {}
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
        Records,
        { provide: Refusals, useClass: RefusalsInLog },
        ExplanationsService,
      ],
      exports: [DataSource, Records, Refusals],
    };
  }
}
