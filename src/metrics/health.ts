import type { Health } from '../system/reports/measurements.ts';

/** One thing that must hold, and what is to be known of it. */
export type Check = { readonly name: string; readonly holds: boolean; readonly detail: string };

/** Milliseconds: an older sign of life is none. */
const oldestBeat = 1000;

/** Whether the process lives, so that it need not be started anew. It depends on nothing outside. */
export function liveness({ beats }: Pick<Health, 'beats'>): readonly Check[] {
  return [beat('main', beats.main), ...beats.workers.map((age, index) => beat(`worker-${index + 1}`, age))];
}

/** Whether connections should be sent to this Levee. Of the outside only its own listeners are asked. */
export function readiness({ revision, storedRevision, failedListeners, stopping }: Health): readonly Check[] {
  return [
    {
      name: 'revision',
      holds: revision === storedRevision,
      detail:
        revision === storedRevision
          ? `${revision}`
          : `${revision ?? 'none'} runs, ${storedRevision} is stored`,
    },
    {
      name: 'listeners',
      holds: failedListeners.length === 0,
      detail: failedListeners.length === 0 ? 'all are bound' : `not bound: ${failedListeners.join(', ')}`,
    },
    {
      name: 'staying',
      holds: !stopping,
      detail: stopping ? 'it is about to end' : 'it is not about to end',
    },
  ];
}

/** Of no Levee that runs, or of one that ends. */
export const notRunning: Check = { name: 'running', holds: false, detail: 'no enforcer runs' };

export function allHold(checks: readonly Check[]): boolean {
  return checks.every(({ holds }) => holds);
}

/** A line for each check, as the probes of others print them: `[+]worker-1 ok: ...`. */
export function checkLine({ name, holds, detail }: Check): string {
  return `[${holds ? '+' : '-'}]${name} ${holds ? 'ok' : 'failed'}: ${detail}`;
}

function beat(name: string, age: number | null): Check {
  if (age === null) return { name, holds: false, detail: 'it has ended, and is about to be replaced' };
  return { name, holds: age <= oldestBeat, detail: `seen ${Math.round(age)} ms ago` };
}
