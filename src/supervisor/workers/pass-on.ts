import type { WorkersOptions } from './options.ts';
import type { Unasked } from './worker-thread.ts';

type Receivers = Pick<WorkersOptions, 'onViolations' | 'onTraffic' | 'onEvent'>;
type Report = Exclude<Unasked, { type: 'listener-failed' }>;

/** Passes what a worker reports to whoever wants that. */
export function passOn({ onViolations, onTraffic, onEvent }: Receivers, report: Report): void {
  switch (report.type) {
    case 'violations':
      onViolations(report.records);
      break;
    case 'traffic':
      onTraffic?.(report.records);
      break;
    case 'events':
      for (const event of report.events) onEvent(event);
      break;
  }
}
