import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { monotonicNow } from '../enforcer/engine/clock.ts';
import { Answering } from '../kernel/answering.ts';
import { nftGeneration } from '../kernel/generation.ts';
import { KernelKeeper, type TableTrace } from '../kernel/kernel-keeper.ts';
import { KernelTable } from '../kernel/kernel-table.ts';
import { nftPath, nftProgram } from '../kernel/nft.ts';
import { openConnections } from '../kernel/open-connections.ts';
import type { DataPlaneLog } from './logging/data-plane-log.ts';
import type { StateDirectory } from './state/state-directory.ts';

/**
 * What has the kernel refuse the blocked sources of a Levee. The signal that there is when nft is called ends that call
 * when it is aborted.
 */
export function kernelKeeperOf(
  state: StateDirectory,
  sources: SharedArrayBuffer,
  signal: () => AbortSignal,
  log: DataPlaneLog,
): KernelKeeper {
  const name = kernelTableName(state);
  const path = nftPath();
  return new KernelKeeper({
    sources,
    table: new KernelTable({
      name,
      nft: (commands, read) => nftProgram(path, signal())(commands, read),
      generation: nftGeneration,
      now: monotonicNow,
    }),
    trace: kernelTableTrace(state, name),
    now: monotonicNow,
    onEvent: (event) => log.event(event),
    onUntold: (untold) => log.kernelRefused(untold),
    answering: new Answering({
      read: readKernel,
      mtus: interfaceMtus,
      onEvent: (event) => log.event(event),
      onFlood: (line) => log.synFlood(line),
    }),
    async openConnections(ports) {
      const texts = await Promise.all(
        ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8')),
      );
      return texts.flatMap((text) => openConnections(text, ports));
    },
  });
}

function readKernel(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Modules that are not loaded have no files, and a container may see none.
    return null;
  }
}

/** Of the network interfaces but for loopback, whose packets are larger than any other's. */
function interfaceMtus(): readonly number[] {
  const folder = '/sys/class/net';
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name !== 'lo')
    .map((name) => Number(readKernel(`${folder}/${name}/mtu`) ?? Number.NaN))
    .filter((mtu) => mtu >= leastMtu);
}

/** Every link of IPv6 takes packets as large. */
const leastMtu = 1280;

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
