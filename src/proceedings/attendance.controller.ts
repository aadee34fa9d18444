import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../authentication/actor.js';
import { CurrentActor, RequirePermission } from '../authorization/permission.guard.js';
import { ApiAnswer } from '../openapi/api-answer.js';
import { Id } from '../http/id.js';
import { PageQuery } from '../http/page-query.dto.js';
import type { AuthorizedResponse } from '../records/authorized-response.js';
import { Attendance } from './attendance.entity.js';
import { AttendanceRequest, DepartureRequest } from './attendance.dto.js';
import { AttendanceService } from './attendance.service.js';
import { AttendanceView } from './attendance.response.js';
import { Meeting } from '../meetings/meeting.entity.js';

@Controller('v1/meetings')
export class AttendanceController {
  constructor(private readonly attendance: AttendanceService) {}

  /** List the attendances of a meeting */
  @Get(':id/attendances')
  @RequirePermission('read', Attendance)
  @ApiAnswer.page(AttendanceView)
  list(@CurrentActor() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<AuthorizedResponse> {
    return this.attendance.list(actor, id, query);
  }

  /** Record your attendance, or anybody’s as chair or coordinator */
  @Post(':id/attendances')
  @RequirePermission('attend', Meeting)
  @ApiAnswer.created(AttendanceView)
  attend(@CurrentActor() actor: Actor, @Id() id: string, @Body() body: AttendanceRequest): Promise<AuthorizedResponse> {
    return this.attendance.attend(actor, id, body);
  }

  /** Get an attendance */
  @Get(':id/attendances/:attendanceId')
  @RequirePermission('read', Attendance)
  @ApiAnswer.one(AttendanceView)
  get(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('attendanceId') attendanceId: string,
  ): Promise<AuthorizedResponse> {
    return this.attendance.get(actor, id, attendanceId);
  }

  /** Record your departure, or anybody’s as chair or coordinator */
  @Post(':id/attendances/:attendanceId/departure')
  @RequirePermission('depart', Attendance)
  @ApiAnswer.updated(AttendanceView)
  depart(
    @CurrentActor() actor: Actor,
    @Id() id: string,
    @Id('attendanceId') attendanceId: string,
    @Body() body: DepartureRequest,
  ): Promise<AuthorizedResponse> {
    return this.attendance.depart(actor, id, attendanceId, body);
  }
}
