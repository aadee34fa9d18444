/**
 * Seeds an empty database with the synthetic BCU: `node dist/sandbox/seed.js`. Does nothing if the database is seeded already.
 * Equal days give equal rows; SANDBOX_NOW sets another day than today.
 */
import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { Partnership } from '../agencies/agency.entity.js';
import { config } from '../config.js';
import { entities } from '../entities.js';
import { databaseOptions, openDatabase } from '../database/data-source.js';
import { buildCaseload } from './content/subjects-and-cases.js';
import { assessments, instruments, meetings, plans, referrals } from './seed-casework.js';
import { bids, cycles } from './seed-cycles.js';
import { jobs } from './seed-jobs.js';
import { waysIn } from './seed-access.js';
import { minutes } from './seed-minutes.js';
import { packs } from './seed-packs.js';
import { research } from './seed-research.js';
import { agencies, agreements, panels } from './seed-partnerships.js';
import { cases, subjects } from './seed-subjects.js';
import { Seeding } from './seeding.js';

async function seed(source: Pick<DataSource, 'getRepository'>, now: Date): Promise<void> {
  const seeding = new Seeding(source, now, buildCaseload(now));
  const steps = [
    agencies,
    panels,
    agreements,
    instruments,
    subjects,
    cases,
    referrals,
    assessments,
    meetings,
    plans,
    minutes,
    cycles,
    bids,
    research,
    packs,
    waysIn,
    jobs,
  ];
  for (const step of steps) await step(seeding);
}

if (!config.sandbox || !config.ownerDatabaseUrl) {
  process.stderr.write('The seed needs SANDBOX=on, and MIGRATION_DATABASE_URL or DATABASE_URL.\n');
  process.exit(1);
}
const source = await openDatabase(databaseOptions(config.ownerDatabaseUrl, entities, { maintenance: true }));
try {
  if (await source.getRepository(Partnership).count()) {
    process.stdout.write('the sandbox is seeded already\n');
  } else {
    const day = config.sandboxNow;
    await source.transaction((manager) => seed(manager, day ? new Date(day) : new Date()));
    process.stdout.write('the sandbox is seeded\n');
  }
} finally {
  await source.destroy();
}
