/**
 * Generated worlds: for a random actor, a few rows of every table, drawn so that rules come out both ways. Values are
 * taken from what the rules themselves compare with, from shared pools of identifiers where relations join, and from
 * null; relations may be empty, grants expired, lists empty. Constraints are taken off the database first: the two
 * readings of a rule must agree on rows that no constraint would admit, too. In half of the worlds rows are drawn together
 * as the database holds them together, as far as they can be.
 *
 * Each world has a wall before it (`records/database-session.ts`): a third of them what their actor's facts make of it, the others drawn at
 * random. `Worlds.behind` says what stands behind it; that reading shares nothing with the statements that raise the wall.
 */
import type { CompoundCondition, Condition, FieldCondition } from '@ucast/mongo2js';
import type { Actor } from '../../src/authentication/actor.ts';
import type { SharingLevel } from '../../src/authorization/data-categories.ts';
import type { RecordClass } from '../../src/database/columns.ts';
import { chance, type Chance } from './chance.ts';
import type { Subject } from '../../src/authorization/subject.types.ts';
import type { SecurityContext } from '../../src/records/security-context.ts';

export interface Policy {
  subjects: typeof import('../../src/authorization/subjects.ts') &
    typeof import('../../src/authorization/applicable-rules.ts');
  conditions: typeof import('../../src/authorization/conditions.ts');
  columns: typeof import('../../src/database/columns.ts');
}

type Row = Record<string | symbol, unknown>;
type Rows = Map<RecordClass, Row[]>;

/** What the worlds must know of the schema, read off it before its constraints are taken away. Names are those of SQL. */
export interface Schema {
  /** Columns that are never null, as `table.column`. */
  neverNull: ReadonlySet<string>;
  /** Foreign keys of several columns: the first finds the other row, the rest are that row's own. */
  heldTogether: { table: string; columns: string[]; to: string; foreign: string[] }[];
}

export interface World {
  actor: Actor;
  rows: Rows;
  wall: DrawnWall;
}

export interface DrawnWall {
  /** As the facts of the actor make it; the others are drawn at random. */
  isOwn: boolean;
  /** Nobody said who acts. */
  isSilent: boolean;
  actor: string;
  agency: string;
  partnerships: string[];
  hiddenCases: string[];
  hiddenPeople: string[];
  hiddenPanels: string[];
  hiddenListings: string[];
}

const SILENCE = { actor: '', agency: '', partnerships: '', hidden: '' };
const literal = (ids: string[]): string => `{${ids.join(',')}}`;

/** The settings that say so to the database. */
export const settingsOf = (wall: DrawnWall): SecurityContext =>
  wall.isSilent
    ? SILENCE
    : {
        actor: wall.actor,
        agency: wall.agency,
        partnerships: literal(wall.partnerships),
        hidden: literal([...wall.hiddenCases, ...wall.hiddenPeople, ...wall.hiddenPanels, ...wall.hiddenListings]),
      };

const CATEGORIES = ['asb_incident', 'health_mental', 'plan_action', 'risk_assessment', 'professional_opinion'];
const AGENCY_TYPES = ['police', 'housing_local_authority', 'idva_service'];
const LEVELS: SharingLevel[] = ['none', 'existence', 'summary', 'full'];
const ROWS_PER_TABLE = 3;

/** Under which a row knows the world whose rows its relations lead to. */
const WORLD = Symbol('rows of the world');

/** One foreign key of several columns: pairs of what this row calls it and what the other does. */
interface Bond {
  to: RecordClass;
  by: [string, string];
  held: [string, string][];
  /** None of its columns may be null. */
  isNeeded: boolean;
}

interface Pools {
  /** Columns that relations join draw from one pool of identifiers. */
  of: (type: RecordClass, column: string) => string;
  /** A column that refers to records of several types draws from the pools of all of them. */
  drawnBy: (type: RecordClass, column: string) => string[];
}

function poolsOf(all: readonly Subject[]): Pools {
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    const up = parent.get(key);
    return up === undefined || up === key ? key : find(up);
  };
  const several = new Map<string, { to: RecordClass; foreign: string }[]>();
  for (const subject of all) {
    for (const { to, also = {} } of Object.values(subject.relations))
      for (const [own, theirs] of Object.entries(also))
        parent.set(find(`${subject.type.name}.${own}`), find(`${to.name}.${theirs}`));
    for (const [local, relations] of Map.groupBy(Object.values(subject.relations), (one) => one.local)) {
      const isOneType = local === 'id' || new Set(relations.map(({ to }) => to)).size === 1;
      if (!isOneType) several.set(`${subject.type.name}.${local}`, relations);
      else
        for (const { to, foreign } of relations)
          parent.set(find(`${subject.type.name}.${local}`), find(`${to.name}.${foreign}`));
    }
  }
  return {
    of: (type, column) => find(`${type.name}.${column}`),
    drawnBy: (type, column) => {
      const key = `${type.name}.${column}`;
      return several.get(key)?.map(({ to, foreign }) => find(`${to.name}.${foreign}`)) ?? [find(key)];
    },
  };
}

/** How often columns are empty on which few rules rest that ask for the empty value: of other columns, seldom. */
const EMPTY: Record<string, number> = {
  'Notice.exclusionId': 0.7,
  'Disclosure.keptOutByIds': 0.7,
  'Disclosure.throughListingIds': 0.7,
  'Exclusion.panelId': 0.25,
};

/** Values that a column has in many rows: a rule asks for one of these of very many. */
const FREQUENT: Record<string, unknown[]> = {
  'Event.subjectType': ['Contribution'],
  'Notice.kind': ['recipient_to_tell', 'no_chair_left'],
};

export class Worlds {
  private readonly all: readonly Subject[];
  private readonly pools: Pools;

  private readonly policy: Policy;
  private readonly schema: Schema;

  constructor(policy: Policy, schema: Schema) {
    this.policy = policy;
    this.schema = schema;
    this.all = policy.subjects.declaredSubjects();
    this.pools = poolsOf(this.all);
  }

  /**
   * A world in which the rules of `about` come out both ways. Worlds of one `kind` have actors alike, down to how many
   * panels and agreements they have, over identifiers of their own: their statements differ in values alone.
   */
  make(seed: number, about: readonly Subject[], kind = seed): World {
    const c = chance(Math.imul(seed, 0x9e3779b1));
    const pools = new Map<string, string[]>();
    const pool = (key: string): string[] => {
      let ids = pools.get(key);
      if (!ids) pools.set(key, (ids = Array.from({ length: ROWS_PER_TABLE }, () => c.uuid())));
      return ids;
    };
    const poolFor = (name: string, column: string): string[] => pool(this.pools.of(this.named(name), column));
    const actor = this.actor(chance(kind), poolFor);
    const constants = this.constantsFor(actor, about);
    const rows: Rows = new Map();
    for (const { type } of this.all) {
      const ids = pool(this.pools.of(type, 'id'));
      rows.set(
        type,
        ids.map((id) => this.row(c, type, id, pool, constants, rows)),
      );
    }
    if (c.happens(0.5)) this.holdTogether(rows);
    return { actor, rows, wall: this.wall(c, actor, poolFor) };
  }

  private readonly bonds = new Map<RecordClass, Bond[]>();

  private bondsOf(type: RecordClass): Bond[] {
    let known = this.bonds.get(type);
    if (!known) {
      const tables = new Map(this.all.map((one) => [this.nameOf(one.type), one.type]));
      const propertyOf = (of: RecordClass, column: string): string => this.propertiesOf(of).get(column) as string;
      known = this.schema.heldTogether.flatMap(({ table, columns, to, foreign }): Bond[] => {
        const other = tables.get(to);
        if (table !== this.nameOf(type) || !other) return [];
        const pairs = columns.map((column, n) => [propertyOf(type, column), propertyOf(other, foreign[n] as string)]);
        const [by, ...held] = pairs as [[string, string], ...[string, string][]];
        const isNeeded = columns.every((column) => this.schema.neverNull.has(`${table}.${column}`));
        return [{ to: other, by, held, isNeeded }];
      });
      this.bonds.set(type, known);
    }
    return known;
  }

  /** Gives rows what the rows to which they are bound have. Bonds may pull two ways: then the last one wins. */
  private holdTogether(rows: Rows): void {
    const longestChain = 4;
    for (let turn = 0; turn < longestChain; turn += 1)
      for (const [type, these] of rows)
        for (const row of these)
          for (const { to, by, held } of this.bondsOf(type)) {
            const other = rows.get(to)?.find((one) => one[by[1]] === row[by[0]]);
            if (other) for (const [mine, its] of held) row[mine] = other[its];
          }
  }

  /** Could the database hold the row, and those that rules reach from it, as far as foreign keys of several columns say? */
  isHeld(type: RecordClass, row: Row, depth = 2): boolean {
    const bound = this.bondsOf(type).every(({ to, by, held, isNeeded }) => {
      const pairs = [by, ...held];
      if (pairs.some(([mine]) => row[mine] === null)) return !isNeeded;
      return (row[WORLD] as Rows).get(to)?.some((one) => pairs.every(([mine, its]) => row[mine] === one[its]));
    });
    if (!bound || depth === 0) return bound;
    const relations = Object.entries(this.policy.subjects.subjectOf(type).relations);
    return relations.every(([name, { to }]) => (row[name] as Row[]).every((one) => this.isHeld(to, one, depth - 1)));
  }

  private nameOf(type: RecordClass): string {
    return this.policy.columns.tableOf(type).slice(1, -1);
  }

  /** Properties by the names of their columns. */
  private propertiesOf(type: RecordClass): Map<string, string> {
    return new Map([...this.policy.columns.columnsOf(type)].map(([p, { name }]) => [name.slice(1, -1), p]));
  }

  private wall(c: Chance, actor: Actor, pool: (subject: string, column: string) => string[]): DrawnWall {
    const isOwn = c.happens(0.35);
    const isSilent = !isOwn && c.happens(0.04);
    if (isOwn)
      return {
        isOwn,
        isSilent,
        actor: actor.id,
        agency: actor.agencyId,
        partnerships: actor.partnershipIds,
        hiddenCases: actor.excludedCaseIds,
        hiddenPeople: actor.excludedPersonIds,
        hiddenPanels: actor.compartmentPanelIds.filter(
          (id) => !actor.memberships.some(({ panelId }) => panelId === id),
        ),
        hiddenListings: actor.recusedListingIds,
      };
    return {
      isOwn,
      isSilent,
      actor: c.happens(0.6) ? actor.id : c.pick(pool('Practitioner', 'id')),
      agency: c.happens(0.6) ? actor.agencyId : c.pick(pool('Agency', 'id')),
      partnerships: c.some(pool('Partnership', 'id'), 0.9),
      hiddenCases: c.some(pool('Case', 'id'), 0.25),
      hiddenPeople: c.some(pool('Person', 'id'), 0.25),
      hiddenPanels: c.some(pool('Panel', 'id'), 0.15),
      hiddenListings: c.some(pool('Listing', 'id'), 0.15),
    };
  }

  /** The rows that the world's wall leaves standing, related rows too. */
  behind({ rows, wall }: World): Rows {
    const standing: Rows = new Map();
    for (const { type } of this.all) {
      const stands = this.readingOf(type);
      const left = wall.isSilent ? [] : (rows.get(type) ?? []).filter((row) => stands(row, wall));
      standing.set(
        type,
        left.map((row) => Object.create(row, { [WORLD]: { value: standing } }) as Row),
      );
    }
    return standing;
  }

  private readonly readings = new Map<RecordClass, (row: Row, wall: DrawnWall) => boolean>();

  /** What the wall says of a table, by the names of its columns; nothing here is read off the database's own policies. */
  private readingOf(type: RecordClass): (row: Row, wall: DrawnWall) => boolean {
    const known = this.readings.get(type);
    if (known) return known;
    const table = this.nameOf(type);
    const properties = this.propertiesOf(type);
    const rules: ((row: Row, wall: DrawnWall) => boolean)[] = [];
    const rule = (column: string, says: (value: unknown, wall: DrawnWall, row: Row) => boolean): void => {
      const property = properties.get(column);
      if (property) rules.push((row, wall) => says(row[property], wall, row));
    };
    const hides = (
      table_: string,
      column: string,
      list: 'hiddenCases' | 'hiddenPanels' | 'hiddenPeople' | 'hiddenListings',
    ): void =>
      rule(table === table_ ? 'id' : column, (id, wall, row) => {
        // whoever asked for access, or declared a conflict, goes on seeing that they did
        if (table === 'recusals' && list === 'hiddenListings' && row['declared'] === true)
          if (row['practitionerId'] === wall.actor) return true;
        if (table === 'access_requests' && list === 'hiddenCases' && row['practitionerId'] === wall.actor) return true;
        return !wall[list].includes(id as string);
      });
    // where an agency acts is no secret
    if (table !== 'agency_partnerships')
      rule('partnership_id', (id, { partnerships }) =>
        id === null ? !this.schema.neverNull.has(`${table}.partnership_id`) : partnerships.includes(id as string),
      );
    hides('cases', 'case_id', 'hiddenCases');
    // before which panel it stands, and from which it comes
    for (const column of ['panel_id', 'plan_panel_id', 'from_panel_id']) hides('panels', column, 'hiddenPanels');
    hides('listings', 'listing_id', 'hiddenListings');
    // whom a referral names stays known to the bar that hides the referral
    if (table !== 'referral_people') hides('persons', 'person_id', 'hiddenPeople');
    rule('agency_only', (only, { agency }, row) => only !== true || row[properties.get('agency_id') ?? ''] === agency);
    rule('principal_id', (id, { actor }) => id === actor);
    const reading = (row: Row, wall: DrawnWall): boolean => rules.every((one) => one(row, wall));
    this.readings.set(type, reading);
    return reading;
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
          partnershipId: c.pick(pool('Partnership', 'id')),
          panelType: c.pick(['jag', 'jag', 'steering_group'] as const),
          compartment: c.happens(0.2),
          tier: c.pick(['core', 'core', 'flexible', 'observer'] as const),
          role: c.pick(['member', 'chair', 'coordinator'] as const),
        }));
    const scopes = this.all.flatMap((one) => one.allowRules.flatMap((g) => g.actions.map((a) => `${a}:${one.name}`)));
    const roles = c.some(
      ['auditor', 'data_protection_officer', 'agency_administrator', 'safeguarding_lead', 'emergency_access'],
      0.3,
    );
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
      securityContext: {},
      partnershipIds: c.some(pool('Partnership', 'id')),
      workingPartnershipIds: c.some(pool('Partnership', 'id')),
      memberships,
      compartmentPanelIds: c.some(panels, 0.3),
      auditedPanelIds: c.some(panels, 0.2),
      excludedFromAuditIds: c.happens(0.5) ? [] : c.some(pool('Referral', 'id'), 0.3),
      namedInExcluded: c.happens(0.5) ? [] : [{ ids: c.some(pool('Person', 'id'), 0.4), within: c.some(panels, 0.6) }],
      grantedCaseIds: c.happens(0.4) ? [] : c.some(pool('Case', 'id'), 0.4),
      invitations: c.some(pool('Invitation', 'id'), 0.4).map((id) => ({
        id,
        caseId: c.pick(pool('Case', 'id')),
        listingId: c.pick(pool('Listing', 'id')),
        meetingId: c.pick(pool('Meeting', 'id')),
      })),
      coordinatedPanelIds: memberships.filter((m) => m.role !== 'member').map((m) => m.panelId),
      nameKeys: isClient ? [] : c.some(['edithbrannockley', 'colmgarrowbeg'], 0.7),
      registrationIds: c.some(pool('Practitioner', 'id'), 0.4),
      loginRegistrationIds: c.some(pool('Practitioner', 'id'), 0.3),
      recusedListingIds: c.happens(0.5) ? [] : c.some(pool('Listing', 'id'), 0.3),
      recusedCaseIds: c.happens(0.5) ? [] : c.some(pool('Case', 'id'), 0.3),
      excludedCaseIds: c.happens(0.5) ? [] : c.some(pool('Case', 'id'), 0.3),
      namedExcludedCaseIds: c.happens(0.5) ? [] : c.some(pool('Case', 'id'), 0.3),
      excludedReferralIds: c.happens(0.5) ? [] : c.some(pool('Referral', 'id'), 0.3),
      emergencyCaseIds: c.happens(0.8) ? [] : c.some(pool('Case', 'id'), 0.5),
      emergencyRoleIdsAsShared: c.happens(0.5) ? [] : c.some(pool('CasePerson', 'id'), 0.5),
      emergencyPersonIdsAsShared: c.happens(0.5) ? [] : c.some(pool('Person', 'id'), 0.5),
      excludedPersonIds: c.happens(0.5) ? [] : c.some(pool('Person', 'id'), 0.3),
      panelExclusions: c.happens(0.5)
        ? []
        : c.some(panels, 0.4).map((panelId) => ({ panelId, personIds: c.some(pool('Person', 'id'), 0.4) })),
      peopleOfHiddenMatters: c.happens(0.5)
        ? []
        : c.some(panels, 0.4).map((panelId) => ({
            panelId,
            personId: c.pick(pool('Person', 'id')),
            caseIds: [],
            excludedPersonIds: [],
          })),
      agreements: c.some(['one', 'two'], 0.8).map(() => ({
        versionId: c.uuid(),
        panelIds: c.some(panels, 0.8),
        signedAgencyIds: c.some(pool('Agency', 'id'), 0.7),
        ownPanelIds: c.some(panels, 0.4),
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
    const { applicableRules: openings, relationOf, subjectOf } = this.policy.subjects;
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
      for (const { where } of subject.sharingLimits) {
        const held = where(actor);
        if (held) walk(this.policy.conditions.parseCondition(held), subject.type);
      }
      for (const action of new Set(subject.allowRules.flatMap((ground) => ground.actions)))
        for (const { where } of openings(actor, subject, action))
          walk(this.policy.conditions.parseCondition(where), subject.type);
      for (const { where } of [...subject.denyRules, ...subject.sharingLimits]) {
        const compared = where(actor);
        if (compared) walk(this.policy.conditions.parseCondition(compared), subject.type);
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
    rows: Rows,
  ): Row {
    // assigned: an object that is created with descriptors is slow at every later access
    const row = Object.create(this.relationsOf(type)) as Row;
    row[WORLD] = rows;
    for (const { column, sqlType, key, poolKeys } of this.columnsOf(type))
      row[column] =
        column === 'id'
          ? id
          : key in EMPTY && c.happens(EMPTY[key] as number)
            ? null
            : key in FREQUENT && c.happens(0.4)
              ? c.pick(FREQUENT[key] as unknown[])
              : this.value(c, sqlType, constants.get(key) ?? [], () => pool(c.pick(poolKeys)));
    row['updatedAt'] ??= new Date(Date.UTC(2026, 0, 1 + c.int(100)));
    return row;
  }

  private readonly columns = new Map<
    RecordClass,
    { column: string; sqlType: string; key: string; poolKeys: string[] }[]
  >();

  private columnsOf(type: RecordClass) {
    let known = this.columns.get(type);
    if (!known) {
      known = [...this.policy.columns.columnsOf(type)].map(([column, { type: sqlType }]) => ({
        column,
        sqlType,
        key: `${type.name}.${column}`,
        poolKeys: this.pools.drawnBy(type, column),
      }));
      this.columns.set(type, known);
    }
    return known;
  }

  private value(c: Chance, sqlType: string, compared: unknown[], pool: () => string[]): unknown {
    if (c.happens(0.06)) return null;
    const constant = compared.length && c.happens(0.75) ? c.pick(compared) : undefined;
    switch (sqlType) {
      case 'uuid':
        return constant ?? (c.happens(0.85) ? c.pick(pool()) : c.uuid());
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
      case 'uuid[]':
        return c.some(
          [...compared.filter((one) => typeof one === 'string').slice(0, 6), ...pool().slice(0, 2), c.uuid()],
          0.4,
        );
      case 'jsonb':
        return {};
      case 'text':
        return constant ?? c.pick([...CATEGORIES, ...AGENCY_TYPES, 'draft', 'open', 'submitted']);
      default:
        return [];
    }
  }

  private readonly prototypes = new Map<RecordClass, object>();

  /** In memory, a relation is read where a rule asks for it, among the rows of the row's own world. */
  private relationsOf(type: RecordClass): object {
    let prototype = this.prototypes.get(type);
    if (!prototype) {
      const relations = this.policy.subjects.subjectOf(type).relations;
      prototype = Object.create(
        null,
        Object.fromEntries(
          Object.entries(relations).map(([name, { to, local, foreign, also = {} }]) => [
            name,
            {
              get(this: Row): Row[] {
                const key = this[local];
                const keys = [key].flat();
                const belongs = (one: Row): boolean =>
                  keys.includes(one[foreign]) &&
                  Object.entries(also).every(([own, theirs]) => this[own] !== null && one[theirs] === this[own]);
                return key === null ? [] : ((this[WORLD] as Rows).get(to) ?? []).filter(belongs);
              },
            },
          ]),
        ),
      ) as object;
      this.prototypes.set(type, prototype);
    }
    return prototype;
  }
}
