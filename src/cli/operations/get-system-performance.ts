import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

/** How long the processors are watched, in milliseconds. */
const watched = 500;

type Performance = {
  /** Of all processors, in percent. */
  readonly processors: number;
  readonly load: readonly number[];
  /** Of the machine, and of this Levee; in bytes. */
  readonly memory: { readonly total: number; readonly used: number; readonly levee: number };
  /** Of the machine and of this Levee; in seconds. */
  readonly up: number;
  readonly leveeUp: number;
};

export default {
  verb: 'get',
  words: ['system', 'performance'],
  parameters: '',
  help: 'Show how busy the machine is, and what Levee takes of its memory',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  async run({ print }, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    const before = busyAndAll();
    await setTimeout(watched);
    const after = busyAndAll();
    const all = after.all - before.all;
    const performance: Performance = {
      processors: all === 0 ? 0 : Math.round((100 * (after.busy - before.busy)) / all),
      load: loadavg(),
      memory: { total: totalmem(), used: totalmem() - freemem(), levee: process.memoryUsage.rss() },
      up: Math.round(uptime()),
      leveeUp: Math.round(process.uptime()),
    };
    print({ lines: performanceLines(performance), data: () => performance });
    return done;
  },
} satisfies Operation;

/** Milliseconds of all processors since the machine began. */
function busyAndAll(): { readonly busy: number; readonly all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const { user, nice, sys, irq, idle } = times;
    busy += user + nice + sys + irq;
    all += user + nice + sys + irq + idle;
  }
  return { busy, all };
}

/** The first three lines as FortiWeb has them. */
function performanceLines({ processors, load, memory, up, leveeUp }: Performance): string[] {
  return [
    `CPU states:    ${processors}% used, ${100 - processors}% idle`,
    `Memory states: ${Math.round((100 * memory.used) / memory.total)}% used`,
    `Up:            ${duration(up)}`,
    `Load:          ${load.map((value) => value.toFixed(2)).join(' ')}`,
    `Levee:         ${Math.round(memory.levee / 1024 ** 2)} MB, up ${duration(leveeUp)}`,
  ];
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return `${days} days, ${hours} hours, ${minutes} minutes`;
}
