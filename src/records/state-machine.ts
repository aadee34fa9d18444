/**
 * State machines as tables: each command lists the states it applies to and the resulting state. Guards, documentation
 * and tests are derived from the table. A command that is not allowed in the current state is a conflict that lists the
 * permitted commands.
 */
import { conflict } from '../http/problems.js';

export interface StateMachine<S extends string, C extends string> {
  /** Name of the record type, e.g. `referral`; used in error messages. */
  name: string;
  initial: S;
  commands: Record<C, { from: readonly S[]; to: S }>;
}

export function permittedCommands<S extends string, C extends string>(machine: StateMachine<S, C>, state: S): C[] {
  return (Object.keys(machine.commands) as C[]).filter((command) => machine.commands[command].from.includes(state));
}

/** Returns the state after `command`. Throws a conflict (409) if the table does not allow the command. */
export function after<S extends string, C extends string>(machine: StateMachine<S, C>, state: S, command: C): S {
  const { from, to } = machine.commands[command];
  if (from.includes(state)) return to;
  const permitted = permittedCommands(machine, state);
  throw conflict(
    'not-in-this-state',
    `A ${machine.name} that is ${state} cannot go through ${command}; ` +
      (permitted.length
        ? `it can go through ${permitted.join(', ')}.`
        : 'nothing more can happen to it. Make a new one if it is still needed.'),
    { state, permitted },
  );
}
