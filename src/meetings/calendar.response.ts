import { Panel } from '../panels/panel.entity.js';
import { view } from '../records/response-view.js';
import { Meeting } from './meeting.entity.js';

/** Meeting as a calendar shows it. */
export class AppointmentView extends view(
  Meeting,
  'id',
  'version',
  'panelId',
  'status',
  'scheduledAt',
  'endsAt',
  'updatedAt',
) {}

/** Panel as a calendar shows it. */
export class MeetingPanelView extends view(Panel, 'id', 'name', 'type', 'compartment') {}
