/**
 * Generated worlds: for a random actor, a few rows of every table, drawn so that rules come out both ways. Values are
 * taken from what the rules themselves compare with, from shared pools of identifiers where relations join, and from
 * null; relations may be empty, grants expired, lists empty. Constraints are taken off the database first: the two
 * readings of a rule must agree on rows that no constraint would admit, too.
 */
import type { CompoundCondition, Condition, FieldCondition } from '@ucast/mongo2js';
import type { Actor } from '../src/policy/actor.ts';
import type { SharingLevel } from '../src/policy/categories.ts';
import type { RecordClass, Subject } from '../src/policy/subjects.ts';

export interface Policy {
  subjects: typeof import('../src/policy/subjects.ts');
  conditions: typeof import('../src/policy/conditions.ts');
  columns: typeof import('../src/policy/columns.ts');
}

export interface World {
  actor: Actor;
  rows: Map<RecordClass, Record<string, unknown>[]>;
}

/** A small seeded generator (mulberry32). */
export function chance(seed: number) {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const hex = (digits: number): string =>
    Math.floor(next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return {
    next,
    int,
    happens: (probability: number): boolean => next() < probability,
    pick: <T>(list: readonly T[]): T => list[int(list.length)] as T,
    some: <T>(list: readonly T[], probability = 0.5): T[] => list.filter(() => next() < probability),
    uuid: (): string => `${hex(8)}-${hex(4)}-7${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`,
  };
}
type Chance = ReturnType<typeof chance>;

const CATEGORIES = ['asb_incident', 'health_mental', 'plan_action', 'risk_assessment', 'professional_opinion'];
const AGENCY_TYPES = ['police', 'housing_local_authority', 'idva_service'];
const LEVELS: SharingLevel[] = ['none', 'existence', 'summary', 'full'];
const ROWS_PER_TABLE = 3;

/** Columns that relations join draw from one pool of identifiers. */
function poolsOf(all: readonly Subject[]): (type: RecordClass, column: string) => string {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    const up = parent.get(key);
    return up === undefined || up === key ? key : find(up);
  };
  for (const subject of all)
    for (const { to, local, foreign } of Object.values(subject.relations)) {
      parent.set(find(`${subject.type.name}.${local}`), find(`${to.name}.${foreign}`));
    }
  return (type, column) => find(`${type.name}.${column}`);
}

export class Worlds {
  private readonly all: readonly Subject[];
  private readonly poolOf: (type: RecordClass, column: string) => string;

  constructor(private readonly policy: Policy) {
    this.all = policy.subjects.declaredSubjects();
    this.poolOf = poolsOf(this.all);
  }

  /** A world in which the rules of `about` come out both ways. */
  make(seed: number, about: readonly Subject[]): World {
    const c = chance(seed);
    const pools = new Map<string, string[]>();
    const pool = (key: string): string[] => {
      let ids = pools.get(key);
      if (!ids) pools.set(key, (ids = Array.from({ length: ROWS_PER_TABLE }, () => c.uuid())));
      return ids;
    };
    const actor = this.actor(c, (name, column) => pool(this.poolOf(this.named(name), column)));
    const constants = this.constantsFor(actor, about);
    const rows = new Map<RecordClass, Record<string, unknown>[]>();
    for (const { type } of this.all) {
      const ids = pool(this.poolOf(type, 'id'));
      rows.set(
        type,
        ids.map((id) => this.row(c, type, id, pool, constants)),
      );
    }
    this.relate(rows);
    return { actor, rows };
  }

  private named(name: string): RecordClass {
    const subject = this.policy.subjects.subjectNamed(name);
    if (!subject) throw new Error(`the worlds know no ${name}`);
    return subject.type;
  }

  private actor(c: Chance, pool: (subject: string, column: string) => string[]): Actor {
    const panels = pool('Panel', 'id');
    const isClient = c.happens(0.08);
    const memberships = isClient
      ? []
      : c.some(panels, 0.6).map((panelId) => ({
          panelId,
          panelType: 'jag' as const,
          compartment: c.happens(0.2),
          tier: c.pick(['core', 'core', 'flexible', 'observer'] as const),
          role: c.pick(['member', 'chair', 'coordinator'] as const),
        }));
    const scopes = this.all.flatMap((one) => one.grounds.flatMap((g) => g.actions.map((a) => `${a}:${one.name}`)));
    const roles = c.some(['auditor', 'data_protection_officer', 'agency_administrator', 'emergency_access'], 0.3);
    return {
      kind: isClient ? 'client' : 'practitioner',
      id: c.pick(pool('Practitioner', 'id')),
      name: 'Somebody',
      agencyId: c.pick(pool('Agency', 'id')),
      agencyType: c.pick(AGENCY_TYPES),
      roles,
      ...(isClient ? { scopes: c.some(scopes, 0.5) } : {}),
      purpose: roles.includes('auditor') && c.happens(0.8) ? 'LOG_LAWFULNESS' : 'PANEL_MEETING',
      now: new Date('2026-06-15T12:00:00.000Z'),
      call: { correlationId: 'world', route: 'TEST' },
      wall: {},
      partnershipIds: c.some(pool('Partnership', 'id')),
      workingPartnershipIds: c.some(pool('Partnership', 'id')),
      memberships,
      coordinatedPanelIds: memberships.filter((m) => m.role !== 'member').map((m) => m.panelId),
      nameKey: isClient ? null : c.pick(['edithbrannockley', 'colmgarrowbeg']),
      excludedCaseIds: c.happens(0.5) ? [] : c.some(pool('Case', 'id'), 0.3),
      emergencyCaseIds: c.happens(0.8) ? [] : c.some(pool('Case', 'id'), 0.5),
      excludedPersonIds: c.happens(0.5) ? [] : c.some(pool('Person', 'id'), 0.3),
      agreements: c.some(['one', 'two'], 0.8).map(() => ({
        versionId: c.uuid(),
        panelIds: c.some(panels, 0.8),
        rows: CATEGORIES.flatMap((category) =>
          c.some(['any', ...AGENCY_TYPES], 0.6).flatMap((contributingType) =>
            c.some([false, true], 0.7).map((toCoordination) => ({
              category,
              contributingType,
              level: c.pick(LEVELS),
              rowId: c.uuid(),
              toCoordination,
            })),
          ),
        ),
      })),
    };
  }

  /** What the rules compare each column with, for this actor. */
  private constantsFor(actor: Actor, about: readonly Subject[]): Map<string, unknown[]> {
    const constants = new Map<string, unknown[]>();
    const { openings, relationOf, subjectOf } = this.policy.subjects;
    const walk = (condition: Condition, type: RecordClass): void => {
      // by shape, not by class: the built modules load a copy of the library of their own
      if (!('field' in condition)) {
        for (const part of (condition as CompoundCondition<Condition>).value) walk(part, type);
        return;
      }
      const { field, value } = condition as FieldCondition;
      if (condition.operator === 'elemMatch') return walk(value as Condition, relationOf(subjectOf(type), field).to);
      const key = `${type.name}.${field}`;
      const known = constants.get(key) ?? [];
      if (known.length < 30)
        constants.set(key, [...known, ...(Array.isArray(value) ? (value as unknown[]).slice(0, 8) : [value])]);
    };
    for (const subject of about) {
      for (const { where } of subject.caps) {
        const held = where(actor);
        if (held) walk(this.policy.conditions.parse(held), subject.type);
      }
      for (const action of new Set(subject.grounds.flatMap((ground) => ground.actions)))
        for (const { where } of openings(actor, subject, action))
          walk(this.policy.conditions.parse(where), subject.type);
      for (const { where } of [...subject.bars, ...subject.caps]) {
        const compared = where(actor);
        if (compared) walk(this.policy.conditions.parse(compared), subject.type);
      }
    }
    return constants;
  }

  private row(
    c: Chance,
    type: RecordClass,
    id: string,
    pool: (key: string) => string[],
    constants: Map<string, unknown[]>,
  ): Record<string, unknown> {
    const row: Record<string, unknown> = {};
    for (const [column, { type: sqlType }] of this.policy.columns.columnsOf(type)) {
      const compared = constants.get(`${type.name}.${column}`) ?? [];
      row[column] = column === 'id' ? id : this.value(c, sqlType, compared, pool(this.poolOf(type, column)));
    }
    row['changedAt'] ??= new Date(Date.UTC(2026, 0, 1 + c.int(100)));
    return row;
  }

  private value(c: Chance, sqlType: string, compared: unknown[], pool: string[]): unknown {
    if (c.happens(0.06)) return null;
    const constant = compared.length && c.happens(0.75) ? c.pick(compared) : undefined;
    switch (sqlType) {
      case 'uuid':
        return constant ?? (c.happens(0.85) ? c.pick(pool) : c.uuid());
      case 'timestamptz': {
        const base = constant instanceof Date ? constant.getTime() : Date.UTC(2026, 5, 15, 12);
        const at = new Date(base + c.pick([-86_400_000, -1000, 0, 1000, 86_400_000, 86_400_000, -86_400_000]));
        return constant === null ? null : at;
      }
      case 'boolean':
        return typeof constant === 'boolean' ? constant : c.happens(0.4);
      case 'integer':
      case 'float8':
      case 'double precision':
      case 'numeric':
      case 'smallint':
      case 'bigint':
        return constant ?? c.int(5);
      case 'date':
        return constant ?? `2026-06-${String(10 + c.int(10))}`;
      case 'jsonb':
        return {};
      case 'text':
        return constant ?? c.pick([...CATEGORIES, ...AGENCY_TYPES, 'draft', 'open', 'submitted']);
      default:
        return [];
    }
  }

  /** In memory, a relation is read where a rule asks for it. */
  private relate(rows: Map<RecordClass, Record<string, unknown>[]>): void {
    for (const subject of this.all)
      for (const row of rows.get(subject.type) ?? [])
        for (const [name, { to, local, foreign }] of Object.entries(subject.relations))
          Object.defineProperty(row, name, {
            enumerable: false,
            get: () => (rows.get(to) ?? []).filter((one) => row[local] !== null && one[foreign] === row[local]),
          });
  }
}
