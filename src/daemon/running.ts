import { setTimeout } from 'node:timers/promises';
import { type RunningDoors, startDoors } from './doors.ts';
import { type Enforcer, type Haste, type Origin, startEnforcer } from './enforcer.ts';
import { Owner } from './owner.ts';
import type { Placement } from './placement.ts';
import type { StateDirectory } from './state/state-directory.ts';

/** A Levee at work: owner of its state directory, with the enforcer running and the control socket served. */
export type Running = {
  readonly owner: Owner;
  readonly enforcer: Enforcer;
  readonly doors: Pick<RunningDoors, 'suspend' | 'resume'>;
  /** Resets what connections there are, writes what there is to write, and lets go of the state directory. */
  stop(haste?: Haste): Promise<void>;
};

/**
 * Starts the enforcer, then the control socket and the doors. `report` takes a line for each event that nobody has asked for. Rejects,
 * with the owner closed, where either can't be started.
 *
 * @param origin what is there already
 */
export async function start(
  owner: Owner,
  report: (event: string) => void,
  placement: Placement,
  origin?: Origin,
): Promise<Running> {
  let enforcer: Enforcer | undefined;
  let doors: RunningDoors | undefined;
  const stop = async (haste?: Haste): Promise<void> => {
    doors?.close();
    owner.shutDoors();
    await enforcer?.stop(haste);
    // What happens from now on is no longer worth a wait.
    await owner.close(enforcer === undefined ? undefined : 0);
  };
  try {
    enforcer = await startEnforcer(owner, report, placement, origin);
    owner.catchUp();
    await owner.serve();
    doors = await startDoors(owner);
    return { owner, enforcer, doors, stop };
  } catch (error) {
    // Another process has all of it yet, and goes on.
    if (origin?.predecessor === undefined) await stop();
    throw error;
  }
}

/** Milliseconds that a one-off command, which owns the directory meanwhile, has to finish. */
const patience = 2000;

/** Becomes the owner of a state directory. Rejects with the name of its owner where that is another process. */
export async function own(
  state: StateDirectory,
  description: string,
  report: (line: string) => void,
): Promise<Owner> {
  const deadline = performance.now() + patience;
  for (;;) {
    const owner = await Owner.open(state, description, report);
    if (owner instanceof Owner) return owner;
    if (performance.now() > deadline) throw new Error(`${state.path} is in use by ${owner.description}`);
    await setTimeout(50);
  }
}
