/** Writer of the seed's rows, with deterministic identifiers and times. */
import type { DataSource, EntityTarget, FindOptionsWhere, ObjectLiteral, Repository } from 'typeorm';
import type { Caseload } from './content/caseload.js';
import { agencyByCode } from './content/places-and-agencies.js';
import { dateFrom } from './content/seeded.js';
import { seedId } from './seed-id.js';

const CHUNK = 500;

export class Seeding {
  constructor(
    private readonly source: Pick<DataSource, 'getRepository'>,
    readonly now: Date,
    readonly caseload: Caseload,
  ) {}

  /** Start of the partnerships, used for every row without a date of its own. */
  get founded(): Date {
    return new Date(this.now.getTime() - 400 * 86_400_000);
  }

  /** Returns the identifier of the record with this key in the content. */
  id(kind: string, key: string): string {
    return seedId(kind, key);
  }

  day(offset: number): string {
    return dateFrom(this.now, offset);
  }

  /** Morning of a date, as an instant. */
  at(date: string | null): Date {
    return date ? new Date(`${date}T09:00:00Z`) : this.founded;
  }

  agency(code: string): { agencyId: string; contributingType: string } {
    return { agencyId: this.id('agency', code), contributingType: agencyByCode(code).type };
  }

  async put<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    rows: (Partial<T> & { at?: string | null })[],
  ): Promise<void> {
    const whole = rows.map(({ at, ...row }) => ({
      createdAt: this.at(at ?? null),
      updatedAt: this.at(at ?? null),
      ...row,
    }));
    for (let start = 0; start < whole.length; start += CHUNK)
      await this.source.getRepository(entity).insert(whole.slice(start, start + CHUNK));
  }

  /** Updates a seeded row without changing its time of change. */
  async set<T extends ObjectLiteral>(
    entity: EntityTarget<T>,
    id: string,
    values: Parameters<Repository<T>['update']>[1],
  ): Promise<void> {
    const repository = this.source.getRepository(entity);
    const kept = repository.metadata.updateDateColumn?.propertyName;
    const row = await repository.findOneByOrFail({ id } as unknown as FindOptionsWhere<T>);
    await repository.update(id, { ...values, ...(kept ? { [kept]: row[kept as keyof T] } : {}) });
  }
}
