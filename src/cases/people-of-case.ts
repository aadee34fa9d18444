/** Work of other areas that rests on whom a case names. These areas come after `cases`, which may not import them. */
import type { UnitOfWork } from '../records/unit-of-work.js';
import type { Case } from './case.entity.js';

export interface RestingOnPeople {
  /** Takes the lock of the panel; called before the case is locked, so that two requests wait in one order. */
  lock: (work: UnitOfWork, panelId: string) => Promise<void>;
  /** Works through the people whom the case names now. */
  update: (work: UnitOfWork, about: Case) => Promise<void>;
  /** Called before a role that was entered in error is removed; what it returns is called after that. */
  takeBack: (work: UnitOfWork, about: Case) => Promise<() => Promise<void>>;
}

const resting: RestingOnPeople[] = [];

export function declareRestingOnPeople(one: RestingOnPeople): void {
  resting.push(one);
}

export async function lockPeople(work: UnitOfWork, panelId: string): Promise<void> {
  for (const one of resting) await one.lock(work, panelId);
}

export async function peopleChanged(work: UnitOfWork, about: Case): Promise<void> {
  for (const one of resting) await one.update(work, about);
}

/** Begins to take a role out of the case. Call what is returned when the role is removed. */
export async function takeBackFrom(work: UnitOfWork, about: Case): Promise<() => Promise<void>> {
  const done: (() => Promise<void>)[] = [];
  for (const one of resting) done.push(await one.takeBack(work, about));
  return async () => {
    for (const one of done) await one();
  };
}
