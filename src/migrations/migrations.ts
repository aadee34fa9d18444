import type { MigrationInterface } from 'typeorm';
import { First20261122000000 } from './20261122000000-first.js';
import { Agreements20261122110000 } from './20261122110000-agreements.js';

/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => MigrationInterface)[] = [First20261122000000, Agreements20261122110000];
