import { Injectable } from '@nestjs/common';
import { mustActIn } from '../agencies/acting-in.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../policy/actor.js';
import { unacceptable } from '../policy/problems.js';
import type { Presented } from '../records/presented.js';
import { Records } from '../records/records.js';
import type { ResourceChange, ResourceQuery, ResourceRequest } from './bid.requests.js';
import { ResourceView } from './bid.views.js';
import { Resource } from './resource.entity.js';

/** The catalogue of what can be bid for. Source: JAG note, section 3.4 "Resource catalogue". */
@Injectable()
export class ResourcesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { panelId, ...query }: ResourceQuery): Promise<Presented> {
    return this.records.read(actor, (work) => work.page(ResourceView, panelId ? { panelId } : {}, query));
  }

  get(actor: Actor, id: string): Promise<Presented> {
    return this.records.read(actor, async (work) => work.present(ResourceView, await work.find('read', Resource, id)));
  }

  add(actor: Actor, request: ResourceRequest): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const { partnershipId, type } = await work.find('keep-resources', Panel, request.panelId);
      if (type !== 'tasking' && type !== 'ttcg')
        throw unacceptable('gives-nothing', 'Resources are given by a Tasking meeting or the TTCG.', [
          { pointer: '/panelId', detail: `is a ${type} panel` },
        ]);
      await mustActIn(work, request.agencyId, partnershipId, '/agencyId');
      const resource = await work.insert(Resource, { ...request, partnershipId });
      work.happened('resource.added', Resource, resource);
      return work.present(ResourceView, resource, { status: 201 });
    });
  }

  change(actor: Actor, id: string, request: ResourceChange): Promise<Presented> {
    return this.records.change(actor, async (work) => {
      const found = await work.take('change', Resource, ResourceView, id, { writes: request });
      const changed = await work.updateIfChanged(Resource, found, request);
      work.happened('resource.changed', Resource, changed);
      return work.present(ResourceView, changed);
    });
  }
}
