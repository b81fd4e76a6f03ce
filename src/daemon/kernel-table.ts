import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { monotonicNow } from '../enforcer/engine/clock.ts';
import { nftGeneration } from '../kernel/generation.ts';
import { KernelKeeper, type TableTrace } from '../kernel/kernel-keeper.ts';
import { KernelTable } from '../kernel/kernel-table.ts';
import { nftPath, nftProgram } from '../kernel/nft.ts';
import type { DataPlaneLog } from './logging/data-plane-log.ts';
import type { StateDirectory } from './state/state-directory.ts';

/** What has the kernel refuse the blocked sources of a Levee. An aborted signal ends a call of nft that is on its way. */
export function kernelKeeperOf(
  state: StateDirectory,
  sources: SharedArrayBuffer,
  signal: AbortSignal,
  log: DataPlaneLog,
): KernelKeeper {
  const name = kernelTableName(state);
  return new KernelKeeper({
    sources,
    table: new KernelTable({
      name,
      nft: nftProgram(nftPath(), signal),
      generation: nftGeneration,
      now: monotonicNow,
    }),
    trace: kernelTableTrace(state, name),
    now: monotonicNow,
    onEvent: (event) => log.event(event),
    onUntold: (untold) => log.kernelRefused(untold),
  });
}

/**
 * What the table of a Levee is called: after the state directory itself, so that it keeps its name where that is moved, and
 * that a copy of it has another.
 */
function kernelTableName({ path }: StateDirectory): string {
  const { dev, ino } = statSync(path);
  return `levee_${createHash('sha256').update(`${dev}:${ino}`).digest('hex').slice(0, 8)}`;
}

/** A file that is there while the table may be, also after a crash. */
function kernelTableTrace({ kernelTable }: StateDirectory, name: string): TableTrace {
  let isThere = existsSync(kernelTable) && readFileSync(kernelTable, 'utf8').trim() === name;
  return {
    get isThere() {
      return isThere;
    },
    leave() {
      if (isThere) return;
      writeFileSync(kernelTable, `${name}\n`, { mode: 0o600 });
      isThere = true;
    },
    remove() {
      rmSync(kernelTable, { force: true });
      isThere = false;
    },
  };
}
