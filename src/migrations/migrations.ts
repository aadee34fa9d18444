import type { MigrationInterface } from 'typeorm';
import { First20261122000000 } from './20261122000000-first.js';
import { ProtectedAddresses20261122101000 } from './20261122101000-protected-addresses.js';
import { Walls20261122130000 } from './20261122130000-walls.js';

/** The migrations in their order. A migration that was released is never edited; add another. */
export const migrations: (new () => MigrationInterface)[] = [
  First20261122000000,
  ProtectedAddresses20261122101000,
  Walls20261122130000,
];
