import { Body, Controller, Get, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Expensive } from '../records/concurrency-limit.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
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
} from './action.dto.js';
import { ActionNoteView, ActionView, PlanActionView } from './action.response.js';
import { ActionsService } from './actions.service.js';
import { LedgerView } from './ledger.response.js';
import { Plan } from './plan.entity.js';

@Controller('v1')
export class ActionsController {
  constructor(private readonly actions: ActionsService) {}

  /** List the actions of a plan, with their SMART scores */
  @Get('plans/:id/actions')
  @RequirePermission('read', Action)
  @ApiAnswer.page(PlanActionView)
  ofPlan(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.actions.ofPlan(actor, id, query);
  }

  /** Propose an action to an agency */
  @Post('plans/:id/actions')
  @RequirePermission('add-action', Plan)
  @ApiAnswer.created(ActionView)
  propose(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ActionRequest): Promise<AuthorizedResponse> {
    return this.actions.propose(actor, id, body);
  }

  /** List actions that your agency owns or that you may see, last changed first */
  @Get('actions')
  @RequirePermission('read', Action)
  @ApiAnswer.page(ActionView)
  list(@CurrentActor() actor: Actor, @Query() query: ActionQuery): Promise<AuthorizedResponse> {
    return this.actions.list(actor, query);
  }

  /** Count the actions of each agency by result, over the actions that you may read */
  @Get('action-ledger')
  @Expensive({ concurrent: 4, queue: 16 })
  @RequirePermission('read', Action)
  @ApiAnswer.page(LedgerView)
  ledger(@CurrentActor() actor: Actor, @Query() query: LedgerQuery): Promise<AuthorizedResponse> {
    return this.actions.ledger(actor, query);
  }

  /** Get an action */
  @Get('actions/:id')
  @RequirePermission('read', Action)
  @ApiAnswer.one(ActionView)
  get(@CurrentActor() actor: Actor, @Id() id: string): Promise<AuthorizedResponse> {
    return this.actions.get(actor, id);
  }

  /** Move a due date or reword a proposal (chair, coordinator) */
  @Patch('actions/:id')
  @RequirePermission('change', Action)
  @ApiAnswer.updated(ActionView)
  change(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ActionChange): Promise<AuthorizedResponse> {
    return this.actions.change(actor, id, body);
  }

  /** Accept an action proposed to your agency */
  @Post('actions/:id/acceptance')
  @RequirePermission('accept', Action)
  @ApiAnswer.updated(ActionView)
  accept(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ActionAcceptance): Promise<AuthorizedResponse> {
    return this.actions.accept(actor, id, body);
  }

  /** Name the person in your agency who carries out an action */
  @Post('actions/:id/assignment')
  @RequirePermission('name-owner', Action)
  @ApiAnswer.updated(ActionView)
  assign(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ActionOwner): Promise<AuthorizedResponse> {
    return this.actions.assign(actor, id, body);
  }

  /** List the progress notes of an action */
  @Get('actions/:id/progress')
  @RequirePermission('read', ActionNote)
  @ApiAnswer.page(ActionNoteView)
  notes(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.actions.notes(actor, id, query);
  }

  /** Report progress on an action of your agency */
  @Post('actions/:id/progress')
  @RequirePermission('progress', Action)
  @ApiAnswer.updated(ActionView)
  progress(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: ActionProgress): Promise<AuthorizedResponse> {
    return this.actions.progress(actor, id, body);
  }

  /** Report the end of an action (its owner, chair, coordinator) */
  @Post('actions/:id/completion')
  @RequirePermission('complete', Action)
  @ApiAnswer.updated(ActionView)
  complete(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ActionCompletion,
  ): Promise<AuthorizedResponse> {
    return this.actions.complete(actor, id, body);
  }

  /** Confirm that another agency's action is done */
  @Post('actions/:id/verification')
  @RequirePermission('verify', Action)
  @ApiAnswer.updated(ActionView)
  verify(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ActionVerification,
  ): Promise<AuthorizedResponse> {
    return this.actions.verify(actor, id, body);
  }

  /** Withdraw an action as cancelled or superseded (chair, coordinator) */
  @Post('actions/:id/cancellation')
  @RequirePermission('cancel', Action)
  @ApiAnswer.updated(ActionView)
  cancel(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Body() body: ActionCancellation,
  ): Promise<AuthorizedResponse> {
    return this.actions.cancel(actor, id, body);
  }
}
