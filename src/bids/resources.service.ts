import { Injectable } from '@nestjs/common';
import { mustActIn } from '../agencies/acting-in.js';
import { Panel } from '../panels/panel.entity.js';
import type { Actor } from '../authentication/actor.js';
import { unacceptable } from '../http/problems.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Records } from '../records/records.js';
import type { ResourceChange, ResourceQuery, ResourceRequest } from './bid.dto.js';
import { ResourceView } from './bid.response.js';
import { Resource } from './resource.entity.js';

/** Catalogue of resources. Source: JAG note, section 3.4 "Resource catalogue". */
@Injectable()
export class ResourcesService {
  constructor(private readonly records: Records) {}

  list(actor: Actor, { panelId, ...query }: ResourceQuery): Promise<AuthorizedResponse> {
    return this.records.read(actor, (work) => work.respond.page(ResourceView, panelId ? { panelId } : {}, query));
  }

  get(actor: Actor, id: string): Promise<AuthorizedResponse> {
    return this.records.read(actor, async (work) =>
      work.respond.one(ResourceView, await work.records.find('read', Resource, id)),
    );
  }

  add(actor: Actor, request: ResourceRequest): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const { partnershipId, type } = await work.records.find('keep-resources', Panel, request.panelId);
      if (type !== 'tasking' && type !== 'ttcg')
        throw unacceptable(
          'gives-nothing',
          'Only Tasking panels and the TTCG allocate resources. Choose one of those.',
          [{ pointer: '/panelId', detail: `is a ${type} panel` }],
        );
      await mustActIn(work, request.agencyId, partnershipId, '/agencyId');
      const resource = await work.write.insert(Resource, { ...request, partnershipId });
      work.recordEvent('resource.added', Resource, resource);
      return work.respond.one(ResourceView, resource, { status: 201 });
    });
  }

  change(actor: Actor, id: string, request: ResourceChange): Promise<AuthorizedResponse> {
    return this.records.change(actor, async (work) => {
      const found = await work.records.findForUpdate('change', Resource, ResourceView, id, { writes: request });
      const changed = await work.write.updateIfChanged(Resource, found, request);
      work.recordEvent('resource.changed', Resource, changed);
      return work.respond.one(ResourceView, changed);
    });
  }
}
