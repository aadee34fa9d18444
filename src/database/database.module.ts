import { Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';

/** Connects to the database; refuses to start with a database role that bypasses row-level security. */
@Module({})
export class DatabaseModule implements OnApplicationBootstrap {
  static forRoot(options: DataSourceOptions): DynamicModule {
    // a database that cannot be reached is reported at once, not after retries
    return { module: DatabaseModule, imports: [TypeOrmModule.forRoot({ ...options, retryAttempts: 0 })] };
  }

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
}
