/**
 * State machines are tables: which command leads from which states to which. Guards, documents and tests are derived from
 * the table; a command that the table does not allow is a conflict that names the permitted ones.
 */
import { conflict } from '../http/problems.js';

export interface StateMachine<S extends string, C extends string> {
  /** What moves, e.g. `referral`. */
  name: string;
  initial: S;
  commands: Record<C, { from: readonly S[]; to: S }>;
}

/** The commands permitted in a state. */
export function permittedCommands<S extends string, C extends string>(machine: StateMachine<S, C>, state: S): C[] {
  return (Object.keys(machine.commands) as C[]).filter((command) => machine.commands[command].from.includes(state));
}

/** The state after `command`; a conflict (409) where the table does not allow it. */
export function after<S extends string, C extends string>(machine: StateMachine<S, C>, state: S, command: C): S {
  const { from, to } = machine.commands[command];
  if (from.includes(state)) return to;
  const permitted = permittedCommands(machine, state);
  throw conflict(
    'not-in-this-state',
    `A ${machine.name} that is ${state} cannot go through ${command}; ` +
      (permitted.length ? `it can go through ${permitted.join(', ')}.` : 'nothing more can happen to it.'),
    { state, permitted },
  );
}
