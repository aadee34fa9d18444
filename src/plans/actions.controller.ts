import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../policy/actor.js';
import { By, Can } from '../policy/guard.js';
import { Answers } from '../records/answers.js';
import { Expensive } from '../records/expensive.js';
import { Id } from '../records/id.js';
import { PageQuery } from '../records/page-query.requests.js';
import type { Presented } from '../records/presented.js';
import { Action, ActionNote } from './action.entity.js';
import {
  ActionAcceptance,
  ActionCancellation,
  ActionChange,
  ActionCompletion,
  ActionOwner,
  ActionProgress,
  ActionQuery,
  ActionRequest,
  ActionVerification,
  LedgerQuery,
} from './action.requests.js';
import { ActionNoteView, ActionView, PlanActionView } from './action.views.js';
import { ActionsService } from './actions.service.js';
import { LedgerView } from './ledger.views.js';
import { Plan } from './plan.entity.js';

@Controller('v1')
export class ActionsController {
  constructor(private readonly actions: ActionsService) {}

  /** Actions of a plan, with how SMART they are */
  @Get('plans/:id/actions')
  @Can('read', Action)
  @Answers.page(PlanActionView)
  ofPlan(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.actions.ofPlan(actor, id, query);
  }

  /** Propose an action to an agency */
  @Post('plans/:id/actions')
  @Can('add-action', Plan)
  @Answers.made(ActionView)
  propose(@By() actor: Actor, @Id() id: string, @Body() body: ActionRequest): Promise<Presented> {
    return this.actions.propose(actor, id, body);
  }

  /** Actions that your agency owns or that you may see, last changed first */
  @Get('actions')
  @Can('read', Action)
  @Answers.page(ActionView)
  list(@By() actor: Actor, @Query() query: ActionQuery): Promise<Presented> {
    return this.actions.list(actor, query);
  }

  /** What each agency took upon itself and what became of it, counted over the actions that you may read */
  @Get('action-ledger')
  @Expensive({ concurrent: 4, queue: 16 })
  @Can('read', Action)
  @Answers.page(LedgerView)
  ledger(@By() actor: Actor, @Query() query: LedgerQuery): Promise<Presented> {
    return this.actions.ledger(actor, query);
  }

  /** One action */
  @Get('actions/:id')
  @Can('read', Action)
  @Answers.one(ActionView)
  get(@By() actor: Actor, @Id() id: string): Promise<Presented> {
    return this.actions.get(actor, id);
  }

  /** Move a due date or reword a proposal (chair, coordinator) */
  @Patch('actions/:id')
  @Can('change', Action)
  @Answers.changed(ActionView)
  change(@By() actor: Actor, @Id() id: string, @Body() body: ActionChange): Promise<Presented> {
    return this.actions.change(actor, id, body);
  }

  /** Accept an action that was proposed to your agency */
  @Post('actions/:id/acceptance')
  @Can('accept', Action)
  @Answers.changed(ActionView)
  accept(@By() actor: Actor, @Id() id: string, @Body() body: ActionAcceptance): Promise<Presented> {
    return this.actions.accept(actor, id, body);
  }

  /** Name the person in your agency who does an action */
  @Post('actions/:id/assignment')
  @Can('name-owner', Action)
  @Answers.changed(ActionView)
  assign(@By() actor: Actor, @Id() id: string, @Body() body: ActionOwner): Promise<Presented> {
    return this.actions.assign(actor, id, body);
  }

  /** What was told about an action on its way */
  @Get('actions/:id/progress')
  @Can('read', ActionNote)
  @Answers.page(ActionNoteView)
  notes(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.actions.notes(actor, id, query);
  }

  /** Tell how far an action of your agency is */
  @Post('actions/:id/progress')
  @Can('progress', Action)
  @Answers.changed(ActionView)
  progress(@By() actor: Actor, @Id() id: string, @Body() body: ActionProgress): Promise<Presented> {
    return this.actions.progress(actor, id, body);
  }

  /** Report the end of an action (its owner, chair, coordinator) */
  @Post('actions/:id/completion')
  @Can('complete', Action)
  @Answers.changed(ActionView)
  complete(@By() actor: Actor, @Id() id: string, @Body() body: ActionCompletion): Promise<Presented> {
    return this.actions.complete(actor, id, body);
  }

  /** Confirm that another agency's action is done */
  @Post('actions/:id/verification')
  @Can('verify', Action)
  @Answers.changed(ActionView)
  verify(@By() actor: Actor, @Id() id: string, @Body() body: ActionVerification): Promise<Presented> {
    return this.actions.verify(actor, id, body);
  }

  /** Take an action back: cancelled or superseded (chair, coordinator) */
  @Post('actions/:id/cancellation')
  @Can('cancel', Action)
  @Answers.changed(ActionView)
  cancel(@By() actor: Actor, @Id() id: string, @Body() body: ActionCancellation): Promise<Presented> {
    return this.actions.cancel(actor, id, body);
  }
}
