import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../../policy/actor.js';
import { By, Can } from '../../policy/guard.js';
import { Answers } from '../../records/answers.js';
import { Id } from '../../records/id.js';
import { PageQuery } from '../../records/page-query.requests.js';
import type { Presented } from '../../records/presented.js';
import { Attendance } from './attendance.entity.js';
import { AttendanceRequest, DepartureRequest } from './attendance.requests.js';
import { AttendanceService } from './attendance.service.js';
import { AttendanceView } from './attendance.views.js';
import { Meeting } from '../meeting.entity.js';

@Controller('v1/meetings')
export class AttendanceController {
  constructor(private readonly attendance: AttendanceService) {}

  /** Who was there */
  @Get(':id/attendances')
  @Can('read', Attendance)
  @Answers.page(AttendanceView)
  list(@By() actor: Actor, @Id() id: string, @Query() query: PageQuery): Promise<Presented> {
    return this.attendance.list(actor, id, query);
  }

  /** Record your attendance, or as chair or coordinator anybody’s */
  @Post(':id/attendances')
  @Can('attend', Meeting)
  @Answers.made(AttendanceView)
  attend(@By() actor: Actor, @Id() id: string, @Body() body: AttendanceRequest): Promise<Presented> {
    return this.attendance.attend(actor, id, body);
  }

  /** One attendance */
  @Get(':id/attendances/:attendanceId')
  @Can('read', Attendance)
  @Answers.one(AttendanceView)
  get(@By() actor: Actor, @Id() id: string, @Id('attendanceId') attendanceId: string): Promise<Presented> {
    return this.attendance.get(actor, id, attendanceId);
  }

  /** Record that you left, or as chair or coordinator that anybody did */
  @Post(':id/attendances/:attendanceId/departure')
  @Can('depart', Attendance)
  @Answers.changed(AttendanceView)
  depart(
    @By() actor: Actor,
    @Id() id: string,
    @Id('attendanceId') attendanceId: string,
    @Body() body: DepartureRequest,
  ): Promise<Presented> {
    return this.attendance.depart(actor, id, attendanceId, body);
  }
}
