import type { MigrationInterface } from 'typeorm';
import { First20261122000000 } from './20261122000000-first.js';
import { WaysIn20261122120000 } from './20261122120000-ways-in.js';

/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => MigrationInterface)[] = [First20261122000000, WaysIn20261122120000];
