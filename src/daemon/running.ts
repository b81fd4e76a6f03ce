import { setTimeout } from 'node:timers/promises';
import { type Enforcer, startEnforcer } from './enforcer.ts';
import { Owner } from './owner.ts';
import type { StateDirectory } from './state-directory.ts';

/** A Levee at work: owner of its state directory, with the enforcer running and the control socket served. */
export type Running = { readonly owner: Owner; readonly enforcer: Enforcer; stop(): Promise<void> };

/** Starts everything, in the order in which it can be used. `tell` takes one line for each event of the data plane. */
export async function start(owner: Owner, tell: (event: string) => void): Promise<Running> {
  const enforcer = await startEnforcer(owner, tell);
  try {
    await owner.serve();
  } catch (error) {
    await enforcer.stop();
    throw error;
  }
  return {
    owner,
    enforcer,
    async stop() {
      await enforcer.stop();
      await owner.close();
    },
  };
}

/** Milliseconds for a command that is run once, and owns the directory meanwhile, to be done. */
const patience = 2000;

/** Becomes the owner of a state directory, or throws saying who is. */
export async function own(state: StateDirectory, description: string): Promise<Owner> {
  const deadline = performance.now() + patience;
  for (;;) {
    const owner = await Owner.open(state, description);
    if (owner instanceof Owner) return owner;
    if (performance.now() > deadline) throw new Error(`${state.path} is in use by ${owner.description}`);
    await setTimeout(50);
  }
}
