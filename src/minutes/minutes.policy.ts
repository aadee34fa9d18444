/**
 * Policy of minutes. Minutes are shared once the chair has approved them, as the agreement shares
 * `professional_opinion`; the coordination reads them in every status. Points are shared as the agreement shares their
 * category, or as the contribution that they repeat is shared.
 */
import { withoutScopes } from '../authorization/actor-permissions.js';
import { permittedRows } from '../authorization/applicable-rules.js';
import { subjectOf } from '../authorization/subjects.js';
import { Policy } from '../records/policy.js';
import { chairedPanels } from '../panels/panels.policy.js';
import { Contribution } from '../cases/case.entity.js';
import { ownOrShared } from '../plans/plans.policy.js';
import { invitedRows, IS_INVITED, CASE_RELATION, WITHIN_CASE } from '../meetings/meetings.policy.js';
import { CapturedAction, Minute, MinutePoint, SHARED_STATUSES } from './minutes.entity.js';
import { recusedFromItem } from '../cases/recusal-facts.js';

export const policy = new Policy();

policy.declareSubject(Minute, 'Minute', {
  ...WITHIN_CASE,
  relations: { ...CASE_RELATION },
  denyRules: [recusedFromItem('listingId')],
  allowRules: [
    {
      name: 'shared',
      sentence:
        'whose agency wrote them or may know of them once approved, and who may read the case other than by an invitation',
      actions: ['read'],
      within: 'hear',
      where: (actor) => ({ $and: [{ status: { $in: [...SHARED_STATUSES] } }, ownOrShared(actor)] }),
    },
    {
      name: 'invited',
      sentence: `whose agency may know of them once approved, and ${IS_INVITED} to the item`,
      actions: ['read'],
      within: 'hear-item',
      where: (actor) => ({
        $and: [
          { status: { $in: [...SHARED_STATUSES] } },
          invitedRows(actor, 'listingId', 'listingId'),
          ownOrShared(actor),
        ],
      }),
    },
    {
      name: 'coordination',
      sentence: 'who chairs or coordinates the panel',
      actions: ['read'],
      within: 'list',
      where: () => ({}),
    },
    {
      name: 'chair',
      sentence: 'who chairs the panel',
      actions: ['approve', 'confirm'],
      within: 'list',
      where: (actor) => ({ panelId: { $in: chairedPanels(actor) } }),
    },
  ],
});

policy.declareDependentSubject(MinutePoint, 'MinutePoint', () => ({
  ...WITHIN_CASE,
  parent: 'minute',
  relations: {
    minute: { to: Minute, local: 'minuteId', foreign: 'id' },
    contribution: { to: Contribution, local: 'contributionId', foreign: 'id' },
  },
  denyRules: [recusedFromItem('listingId')],
  sharingLimits: subjectOf(Contribution).sharingLimits.map(({ where, ...limit }) => ({
    ...limit,
    where: (actor) => {
      const limited = where(actor);
      return limited && { contribution: { $elemMatch: limited } };
    },
  })),
  allowRules: [
    {
      name: 'shared',
      sentence:
        'whose agency contributed it or may know of it, where it repeats no contribution, and who may read the minutes',
      actions: ['read'],
      within: 'read',
      where: (actor) => ({ $and: [{ contributionId: null }, ownOrShared(actor)] }),
    },
    {
      name: 'contribution-reader',
      sentence: 'who may read the contribution that it repeats, and the minutes',
      actions: ['read'],
      within: 'read',
      where: (actor) => {
        const readable = permittedRows(withoutScopes(actor), subjectOf(Contribution), 'read');
        return readable && { contribution: { $elemMatch: readable } };
      },
    },
  ],
}));

/** No rules: read only by the service. */
policy.declareSubject(CapturedAction, 'CapturedAction', {});

policy.declareWording(Minute, 'Meeting', 'minutes of an item', {
  approve: 'approve them',
  confirm: 'confirm them at a later meeting',
});
policy.declareWording(MinutePoint, 'Meeting', 'point of minutes');
policy.declareWording(CapturedAction, 'Meeting', 'action agreed in an item');
