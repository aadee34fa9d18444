import { withoutScopes } from '../authorization/actor-permissions.js';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import type { Where } from '../authorization/conditions.js';
import { conflict } from '../http/problems.js';
import { subjectOf } from '../authorization/subjects.js';
import type { RecordClass } from '../database/columns.js';
import { authorizeFilter } from '../records/filter-authorization.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import { Case, CasePerson } from '../cases/case.entity.js';
import { Person } from '../subjects/subject.entity.js';
import { DisclosureRevision } from './disclosure-revision.entity.js';
import { Disclosure } from './disclosure.entity.js';
import type { DisclosureQuery } from './disclosures.dto.js';
import { DisclosureRevisionView, DisclosureView } from './disclosures.response.js';
import { permittedRows } from '../authorization/applicable-rules.js';

/** Disclosures: recipient, record, time and purpose, and pending notifications of corrections and recalls. */
@Injectable()
export class DisclosuresService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { limit, cursor, personId, toBeTold, ...asked }: DisclosureQuery): Promise<AuthorizedResponse> {
    const query: PageQuery = { limit, cursor };
    return this.records.read(actor, async (work) => {
      // a requester who may not know of the person must learn nothing from the list
      const isAccountable =
        personId !== undefined && (await work.records.findOrNull('account-for', Person, personId)) !== null;
      if (personId && !isAccountable) await work.records.find('read', Person, personId);
      if (asked.caseId && !(await work.records.findOrNull('explain', Case, asked.caseId)))
        await work.records.find('read', Case, asked.caseId);
      const parts: Where[] = [
        ...Object.entries(asked).flatMap(([field, value]) => (value === undefined ? [] : [{ [field]: value }])),
        ...(toBeTold === 'true' ? [{ pending: { $exists: true }, notifiedAt: null, inErrorSince: null }] : []),
      ];
      const within = (about: Where[]): Where => (parts.length + about.length ? { $and: [...parts, ...about] } : {});
      const about = personId ? concerning(actor, personId, isAccountable) : [];
      return work.respond.page(DisclosureView, within(about), query, {
        asked: { ...asked, personId, toBeTold },
        // rows found by their case are on a panel that the reader coordinates, where the reader may read all rows
        restsOn: isAccountable ? undefined : within(personId ? [{ personId }] : []),
      });
    });
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(DisclosureView, await work.records.find('read', Disclosure, id)),
    );
  }

  revisions(actor: Actor, id: string, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) => {
      await work.records.find('read', Disclosure, id);
      return work.respond.page(DisclosureRevisionView, { disclosureId: id }, query);
    });
  }

  /** Records that the recipient was notified of every correction and recall still pending. */
  told(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('tell', Disclosure, DisclosureView, id);
      if (!found.pending || found.notifiedAt || found.inErrorSince)
        throw conflict(
          'nothing-to-tell',
          'The recipient has nothing to be told of this record, or was told. See `pending`, `notifiedAt` and `inErrorSince`.',
        );
      const told = { notifiedAt: work.now, notifiedById: actor.kind === 'practitioner' ? actor.id : null };
      for (const one of await work.records.findMany('read', DisclosureRevision, { disclosureId: id, notifiedAt: null }))
        await work.write.update(DisclosureRevision, one, told);
      return work.respond.one(DisclosureView, await work.write.update(Disclosure, found, { notifiedAt: work.now }));
    });
  }
}

/**
 * Returns the condition for rows that concern a person: rows that name the person, or rows of a case that names the
 * person. A case counts if the reader may read the people named in it or, for an officer who accounts for the person,
 * may account for the case.
 */
function concerning(actor: Actor, personId: string, isAccountable: boolean): Where[] {
  const panels = isAccountable ? {} : { panelId: { $in: actor.coordinatedPanelIds } };
  if (!isAccountable && !actor.coordinatedPanelIds.length) return [{ personId }];
  const reader = withoutScopes(actor);
  const shown = <T extends object>(type: RecordClass<T>): Where[] => {
    const readable = permittedRows(reader, subjectOf(type), 'read');
    return readable ? [{ $and: [readable, authorizeFilter(reader, subjectOf(type), { personId }).filter] }] : [];
  };
  const explained = isAccountable ? permittedRows(reader, subjectOf(Case), 'explain') : null;
  const cases = [...shown(Case), ...(explained ? [{ $and: [explained, { personId }] }] : [])];
  const roles = [...shown(CasePerson), ...(explained ? [{ personId, case: { $elemMatch: explained } }] : [])];
  return [
    {
      $or: [
        { personId },
        ...roles.map((where) => ({ ...panels, roles: { $elemMatch: where } })),
        ...cases.map((where) => ({ ...panels, case: { $elemMatch: where } })),
      ],
    },
  ];
}
