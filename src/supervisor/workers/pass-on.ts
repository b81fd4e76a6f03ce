import type { WorkersOptions } from './options.ts';
import type { Unasked } from './worker-thread.ts';

type Receivers = Pick<WorkersOptions, 'onViolations' | 'onTraffic' | 'onEvent'>;
type Report = Exclude<Unasked, { type: 'listener-failed' }>;

/** Passes what a worker reports to whoever wants that; an event gets the number of the worker. */
export function passOn(
  { onViolations, onTraffic, onEvent }: Receivers,
  report: Report,
  worker: number,
  descriptorLimit: number,
): void {
  switch (report.type) {
    case 'violations':
      onViolations(report.records);
      break;
    case 'traffic':
      onTraffic?.(report.records);
      break;
    case 'script-lines':
      for (const line of report.lines) onEvent({ ...line, type: 'script-line', worker });
      break;
    case 'proxy-header':
      onEvent({ ...report, worker });
      break;
    case 'descriptors-exhausted':
      onEvent({ ...report, worker, limit: descriptorLimit });
      break;
  }
}
