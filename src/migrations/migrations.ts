import type { MigrationInterface } from 'typeorm';
import { First20261122000000 } from './20261122000000-first.js';
import { Audit20261122100000 } from './20261122100000-audit.js';

/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => MigrationInterface)[] = [First20261122000000, Audit20261122100000];
