import type { EnforcerReport } from '../../system/reports/running.ts';
import { counted } from '../../text/plural.ts';

/** How a running Levee stands, in a line. */
export function statusText(report: EnforcerReport): string {
  const { revision, listeners, workers, connections, admitted, refused, sources } = report;
  const failed = listeners.failed === 0 ? '' : ` (${listeners.failed} failed)`;
  const serving = `${counted(listeners.listening, 'listener')}${failed}, ${counted(workers, 'worker')}`;
  const held = `${counted(connections, 'connection')} of ${counted(sources.used, 'source')}`;
  return `revision ${revision}, ${serving}, ${held}; ${admitted} admitted and ${refused} refused since the start`;
}
