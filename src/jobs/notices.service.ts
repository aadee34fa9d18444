import { Injectable } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { conflict } from '../policy/problems.js';
import type { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { NoticeQuery } from './jobs.requests.js';
import { JobRunView, NoticeView } from './jobs.views.js';
import { Notice } from './notice.entity.js';

/** What agencies were told, and what the jobs did that told them. */
@Injectable()
export class NoticesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { panelId, kind, read, ...query }: NoticeQuery): Promise<Presented> {
    const filter = {
      ...(panelId ? { panelId } : {}),
      ...(kind ? { kind } : {}),
      ...(read ? { readAt: read === 'true' ? { $ne: null } : null } : {}),
    };
    // to ask for the notices of a panel is to ask about cases: a question that a bare owner may not put
    return this.records.read(actor, (work) =>
      work.page(NoticeView, filter, query, { action: panelId ? 'locate' : 'read' }),
    );
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => work.present(NoticeView, await work.find('read', Notice, id)));
  }

  markRead(actor: Actor, id: string): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('mark-read', Notice, NoticeView, id);
      if (found.readAt) throw conflict('read-already', 'Somebody of your agency read this notice already.');
      await work.update(Notice, found, { readAt: work.now, readById: actor.id });
      return work.show(NoticeView, id);
    });
  }

  runs(actor: Actor, query: PageQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(JobRunView, {}, query));
  }
}
