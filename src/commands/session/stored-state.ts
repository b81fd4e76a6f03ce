import { existsSync } from 'node:fs';
import { type StateDirectory, traceOfLost } from '../../daemon/state/state-directory.ts';

/** The same directory, for a command that makes no sense in an empty one. @throws Error where no configuration is stored */
export function storedState(state: StateDirectory): StateDirectory {
  // One that was lost is another matter, of which whoever opens it tells.
  if (existsSync(state.database) || traceOfLost(state) !== undefined) return state;
  throw new Error(`${state.path} holds no configuration: name with --state the directory that does`);
}
