import { Panel } from '../panels/panel.entity.js';
import { view } from '../records/response-view.js';
import { Meeting } from './meeting.entity.js';

/** What a calendar needs of a meeting. */
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

/** What a calendar says of a panel. */
export class MeetingPanelView extends view(Panel, 'id', 'name', 'type', 'compartment') {}
