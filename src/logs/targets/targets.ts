import type { LoggingSettings } from '../../policy/logging/logging.ts';
import type { LogTarget } from '../../system/log-access.ts';
import type { NumberedRecord } from '../records/record.ts';
import { email } from './email.ts';
import { syslog } from './syslog.ts';
import { TargetGroup, type TargetOptions } from './target-group.ts';

type Routing = Pick<LoggingSettings, 'alertMail' | 'triggers'>;

/** Everyone outside who gets records. */
export class Targets {
  readonly #groups;
  #routing: Routing = { alertMail: null, triggers: new Map() };

  constructor(options: TargetOptions) {
    this.#groups = [new TargetGroup(syslog, options), new TargetGroup(email, options)] as const;
  }

  get status(): readonly LogTarget[] {
    return this.#groups.flatMap(({ status }) => status);
  }

  configure(settings: LoggingSettings): void {
    this.#routing = settings;
    for (const group of this.#groups) group.configure(settings.destinations);
  }

  write(record: NumberedRecord): void {
    const { alertMail, triggers } = this.#routing;
    const rows = new Set(triggers.get(record.trigger));
    if (alertMail !== null && record.kind !== 'traffic') rows.add(alertMail);
    if (rows.size === 0) return;
    for (const group of this.#groups) group.write(record, rows);
  }

  /** Ends all of them when they have sent everything, or the time for that is over. */
  async drain(): Promise<void> {
    await Promise.all(this.#groups.map((group) => group.drain()));
  }
}
