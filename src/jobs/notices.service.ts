import { Injectable } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { conflict } from '../http/problems.js';
import type { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { NoticeQuery } from './jobs.dto.js';
import { JobRunView, NoticeView } from './jobs.response.js';
import { Notice } from './notice.entity.js';

/** Notices to agencies, and runs of the jobs that create them. */
@Injectable()
export class NoticesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { panelId, kind, read, ...query }: NoticeQuery): Promise<AuthorizedResponse> {
    const filter = {
      ...(panelId ? { panelId } : {}),
      ...(kind ? { kind } : {}),
      ...(read ? { readAt: read === 'true' ? { $ne: null } : null } : {}),
    };
    // a filter by panel reveals that the panel has a case, which the owner of an action may not know; it needs `locate`
    return this.records.read(actor, (work) =>
      work.respond.page(NoticeView, filter, query, { action: panelId ? 'locate' : 'read' }),
    );
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(NoticeView, await work.records.find('read', Notice, id)),
    );
  }

  markRead(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('mark-read', Notice, NoticeView, id);
      if (found.readAt) throw conflict('read-already', 'This notice has already been marked as read by your agency.');
      await work.write.update(Notice, found, { readAt: work.now, readById: actor.id });
      return work.respond.found(NoticeView, id);
    });
  }

  runs(actor: Actor, query: PageQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(JobRunView, {}, query));
  }
}
