/**
 * Ledger of actions: for each agency its actions and their results. Only actions that the reader may read are counted,
 * because other numbers would reveal hidden cases. Source: JAG note, section 1.8; MARAC note, section 2.6.
 */
import { isOpen, type Action } from './action.entity.js';
import { isOverdue } from './overdue.js';

export interface ActionCounts {
  open: number;
  overdue: number;
  doneOnTime: number;
  doneLate: number;
  notPossible: number;
  notDone: number;
  slippageDays: number;
}

const DAY = 86_400_000;

type CountedAction = Pick<Action, 'status' | 'dueOn' | 'originalDueOn' | 'endedOn'>;

const count = (actions: readonly CountedAction[], which: (action: CountedAction) => boolean): number =>
  actions.filter(which).length;
const isDone = ({ status }: CountedAction): boolean => status === 'done' || status === 'verified';
const isLate = ({ endedOn, dueOn }: CountedAction): boolean => endedOn !== null && endedOn > dueOn;

/**
 * Counts actions by result. An action done on an unknown day counts as done on time, because lateness cannot be proved.
 */
export const countByResult = (actions: readonly CountedAction[], now: Date): ActionCounts => ({
  open: count(actions, ({ status }) => isOpen(status)),
  overdue: count(actions, (action) => isOverdue(action, now)),
  doneOnTime: count(actions, (action) => isDone(action) && !isLate(action)),
  doneLate: count(actions, (action) => isDone(action) && isLate(action)),
  notPossible: count(actions, ({ status }) => status === 'not_possible'),
  notDone: count(actions, ({ status }) => status === 'not_done'),
  slippageDays: actions.reduce(
    (sum, { dueOn, originalDueOn }) => sum + Math.round((Date.parse(dueOn) - Date.parse(originalDueOn)) / DAY),
    0,
  ),
});
