import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../events/events.ts';
import type { LoggingSettings } from '../../policy/logging.ts';
import type { NumberedRecord } from '../records/record.ts';
import { atMost } from './at-most.ts';
import { MailTarget, type Reveal } from './mail-target.ts';
import type { Pauses, TargetStatus } from './sending-queue.ts';
import { SyslogTarget } from './syslog-target.ts';

type Options = {
  readonly reveal: Reveal;
  readonly pauses: Pauses;
  report(event: Event): void;
};

/** Milliseconds for what a server was still to get when it was taken out of the configuration. */
const removalPatience = 5000;

/** Everyone outside who gets records: email policies and syslog servers, each with its own queue. */
export class Targets {
  readonly #options: Options;
  #mail = new Map<number, MailTarget>();
  #syslog = new Map<number, SyslogTarget>();
  #settings: Pick<LoggingSettings, 'alertMail' | 'triggers'> = { alertMail: null, triggers: new Map() };
  /** What ends in the background. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: Options) {
    this.#options = options;
  }

  get status(): readonly TargetStatus[] {
    return [...this.#syslog.values(), ...this.#mail.values()].map(({ status }) => status);
  }

  configure(settings: LoggingSettings): void {
    const { pauses, reveal, report } = this.#options;
    this.#settings = settings;
    this.#mail = this.#replace(
      this.#mail,
      settings.emailPolicies,
      (policy) => new MailTarget(policy, pauses, reveal, report),
    );
    this.#syslog = this.#replace(
      this.#syslog,
      settings.syslogServers,
      (server) => new SyslogTarget(server, pauses, report),
    );
  }

  write(record: NumberedRecord): void {
    const { alertMail, triggers } = this.#settings;
    const trigger = triggers.get(record.trigger);
    const mail = new Set([trigger?.emailPolicy ?? null, record.kind === 'traffic' ? null : alertMail]);
    for (const id of mail) if (id !== null) this.#mail.get(id)?.write(record);
    const policy = trigger?.syslogPolicy ?? null;
    if (policy === null) return;
    for (const target of this.#syslog.values()) {
      if (target.settings.policy === policy) target.write(record);
    }
  }

  /** Ends all of them when they have sent everything, or the time for that is over. */
  async drain(): Promise<void> {
    const { last: patience } = this.#options.pauses;
    const targets = [...this.#mail.values(), ...this.#syslog.values()];
    // Who takes over from another one waits for what that is just sending.
    await atMost(patience, Promise.all(this.#ending));
    await Promise.all(targets.map((target) => target.drain(patience)));
  }

  /** Those that are as they were stay; a changed one takes over what its predecessor had not sent. */
  #replace<Settings extends { readonly id: number }, T extends Target<Settings, T>>(
    known: ReadonlyMap<number, T>,
    wanted: readonly Settings[],
    create: (settings: Settings) => T,
  ): Map<number, T> {
    const next = new Map<number, T>();
    for (const settings of wanted) {
      const old = known.get(settings.id);
      if (old !== undefined && isDeepStrictEqual(old.settings, settings)) {
        next.set(settings.id, old);
        continue;
      }
      const target = create(settings);
      next.set(settings.id, target);
      if (old !== undefined) this.#end(target.succeed(old));
    }
    for (const [id, old] of known) if (!next.has(id)) this.#end(old.drain(removalPatience));
    return next;
  }

  #end(ending: Promise<void>): void {
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}

type Target<Settings, Self> = {
  readonly settings: Settings;
  succeed(other: Self): Promise<void>;
  drain(patience: number): Promise<void>;
};
