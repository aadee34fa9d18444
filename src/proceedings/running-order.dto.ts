import { PickType } from '@nestjs/swagger';
import { Length } from 'class-validator';
import { ItemPresence } from './running-order.entity.js';

/** Corrects who was there while an item was heard, by a further record. */
export class ItemPresenceCorrection extends PickType(ItemPresence, ['wasPresent'] as const) {
  /** Reason for the correction; must not mention the case. */
  @Length(3, 500)
  reason: string;
}
