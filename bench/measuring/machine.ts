import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release } from 'node:os';

/** One line on what the figures were measured on, and on what else it was doing. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const [load = 0] = loadavg();
  return `${availableParallelism()} x ${model}, ${platform()} ${release()}, Node ${process.versions.node}, load ${load.toFixed(2)}`;
}

/** Resident memory of a process in KiB, from /proc. */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
}

/** Direct children of a process, from /proc. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

/** Seconds of processor time that all threads of a process have used, from /proc, in steps of a hundredth. */
export function processorTime(pid: number): number {
  const [user, system] = timesOf(pid);
  return user + system;
}

/** Likewise of those children of this process that have ended. */
export function endedChildrenTime(): number {
  const [, , user, system] = timesOf(process.pid);
  return user + system;
}

/** What a process has used in user mode and in the system, then the same of its children that have ended. */
function timesOf(pid: number): readonly [number, number, number, number] {
  // The name, in brackets, may hold anything; utime and stime are the 12th and 13th field behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const seconds = (field: number): number => Number(fields[field]) / 100;
  return [seconds(11), seconds(12), seconds(13), seconds(14)];
}

/** Seconds of processor time of the threads of a process: of those whose name begins so, and of all others. */
export function threadTimes(pid: number, name: string): { readonly named: number; readonly others: number } {
  const times = { named: 0, others: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    const isNamed = readFileSync(`${folder}/comm`, 'utf8').startsWith(name);
    // In nanoseconds, where `stat` has hundredths of a second.
    const [time = ''] = readFileSync(`${folder}/schedstat`, 'utf8').split(' ');
    times[isNamed ? 'named' : 'others'] += Number(time) / 1e9;
  }
  return times;
}
