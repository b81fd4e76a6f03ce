import { own, start } from '../../src/daemon/running.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { besideOthers } from './beside-others.ts';

/** A Levee at work in this process, which goes on with its own work beside it. */
export type DaemonHere = {
  /** A line for each event that nobody has asked for. */
  readonly reported: readonly string[];
  /** As often as one likes. */
  stop(): Promise<void>;
};

export async function daemonHere(path: string): Promise<DaemonHere> {
  const reported: string[] = [];
  const report = (line: string): void => void reported.push(line);
  const owner = await own(openStateDirectory(path, {}), 'levee daemon', report);
  const running = await start(owner, report, besideOthers);
  let stopped: Promise<void> | undefined;
  return {
    reported,
    stop() {
      stopped ??= running.stop();
      return stopped;
    },
  };
}
