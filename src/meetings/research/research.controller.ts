import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Person } from '../../subjects/subject.entity.js';
import { Listing } from '../meeting.entity.js';
import { ResearchPoint, ResearchRequest } from './research.entity.js';
import {
  PointChange,
  PointRequest,
  PointSharing,
  PointWithholding,
  ResearchAsking,
  ResearchQuery,
  ResearchReturn,
} from './research.requests.js';
import { ResearchService } from './research.service.js';
import { ResearchPointView, ResearchRequestView, SoughtPersonView } from './research.views.js';

@Controller('v1')
export class ResearchController {
  constructor(private readonly research: ResearchService) {}

  /** Ask agencies what they know for the items of a meeting (chair, coordinator): whoever was asked is not asked again */
  @Post('meetings/:id/research-requests')
  @Can('ask', Listing)
  @Answers.found(ResearchRequestView)
  ask(@By() actor: Actor, @Id() id: string, @Body() body: ResearchAsking): Promise<Presented> {
    return this.research.ask(actor, id, body);
  }

  /** Who is asked for a meeting and who answered: all, for its coordination; your agency’s own, for you */
  @Get('meetings/:id/research-requests')
  @Can('read', ResearchRequest)
  @Answers.page(ResearchRequestView)
  ofMeeting(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.research.ofMeeting(actor, id, query);
  }

  /** Research requests to your agency, and those of panels that you coordinate */
  @Get('research-requests')
  @Can('read', ResearchRequest)
  @Answers.page(ResearchRequestView)
  list(@By() actor: Actor, @Query() query: ResearchQuery): Promise<Presented> {
    return this.research.list(actor, query);
  }

  /** One research request */
  @Get('research-requests/:id')
  @Can('read', ResearchRequest)
  @Answers.one(ResearchRequestView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.research.get(actor, id);
  }

  /** Whom to search for in your agency’s records, while the request is open */
  @Get('research-requests/:id/people')
  @Can('research', Person)
  @Answers.page(SoughtPersonView)
  people(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.research.people(actor, id);
  }

  /** What your agency found: nobody else reads it */
  @Get('research-requests/:id/points')
  @Can('read', ResearchPoint)
  @Answers.page(ResearchPointView)
  points(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.research.points(actor, id, query);
  }

  /** Note what your agency found */
  @Post('research-requests/:id/points')
  @Can('answer', ResearchRequest)
  @Answers.made(ResearchPointView)
  note(@By() actor: Actor, @Id() id: string, @Body() body: PointRequest): Promise<Presented> {
    return this.research.note(actor, id, body);
  }

  /** Answer the request: what you decided to share is contributed to the case, what you withhold stays with you */
  @Post('research-requests/:id/return')
  @Can('answer', ResearchRequest)
  @Answers.changed(ResearchRequestView)
  return(@By() actor: Actor, @Id() id: string, @Body() body: ResearchReturn): Promise<Presented> {
    return this.research.return(actor, id, body);
  }

  /** Ask again: the coordination opens a returned request, and the agency sees again whom to search for */
  @Post('research-requests/:id/reopening')
  @Can('reopen', ResearchRequest)
  @Answers.changed(ResearchRequestView)
  reopen(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.research.reopen(actor, id);
  }

  /** Take a request back (chair, coordinator) */
  @Post('research-requests/:id/cancellation')
  @Can('cancel', ResearchRequest)
  @Answers.changed(ResearchRequestView)
  cancel(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.research.cancel(actor, id);
  }

  /** What your agency found, for every request that you answer */
  @Get('research-points')
  @Can('read', ResearchPoint)
  @Answers.page(ResearchPointView)
  allPoints(@By() actor: Actor, @Query() query: PageQuery): Promise<Presented> {
    return this.research.allPoints(actor, query);
  }

  /** One point of your agency’s research */
  @Get('research-points/:id')
  @Can('read', ResearchPoint)
  @Answers.one(ResearchPointView)
  point(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.research.point(actor, id);
  }

  /** Correct a point that has not left: it is a draft again */
  @Patch('research-points/:id')
  @Can('change', ResearchPoint)
  @Answers.changed(ResearchPointView)
  correct(@By() actor: Actor, @Id() id: string, @Body() body: PointChange): Promise<Presented> {
    return this.research.correct(actor, id, body);
  }

  /** Decide to share a point: it leaves with the return */
  @Post('research-points/:id/sharing')
  @Can('decide', ResearchPoint)
  @Answers.changed(ResearchPointView)
  share(@By() actor: Actor, @Id() id: string, @Body() body: PointSharing): Promise<Presented> {
    return this.research.share(actor, id, body);
  }

  /** Decide to withhold a point: it stays in your agency’s own file, with the reason */
  @Post('research-points/:id/withholding')
  @Can('decide', ResearchPoint)
  @Answers.changed(ResearchPointView)
  withhold(@By() actor: Actor, @Id() id: string, @Body() body: PointWithholding): Promise<Presented> {
    return this.research.withhold(actor, id, body);
  }
}
