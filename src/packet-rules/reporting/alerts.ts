import { ctime } from '../../lua/library/ctime.ts';
import type { RulesLog } from './rules-log.ts';

export type AlertNode = { readonly kind: 'address' | 'service'; readonly values: readonly string[] };
export const severities = ['low', 'medium', 'high'] as const;
export const completions = ['failed', 'successful'] as const;

/** What an alert says. Texts are binary strings. */
export type Alert = {
  readonly startTime?: string;
  readonly endTime?: string;
  readonly severity?: string;
  /** A word or a number, as it is printed. */
  readonly confidence?: string;
  readonly completion?: string;
  readonly description?: string;
  readonly method?: { readonly description?: string; readonly refs?: readonly string[] };
  readonly sources?: readonly AlertNode[];
  readonly targets?: readonly AlertNode[];
  readonly refs?: readonly number[];
};

/** Raises an alert and returns its number. */
export type RaiseAlert = (alert: Alert) => number;

function nodes(name: string, list: readonly AlertNode[] | undefined): string[] {
  return list === undefined
    ? []
    : [`\t${name} = {`, ...list.map(({ kind, values }) => `\t\t${kind}: ${values.join(', ')}`), '\t}'];
}

function line(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`\t${name} = ${value}`];
}

function method({ description, refs }: NonNullable<Alert['method']>): string[] {
  return [
    '\tmethod = {',
    ...line('\tdescription', description),
    ...line('\tref', refs === undefined ? undefined : `{ ${refs.join(', ')} }`),
    '\t}',
  ];
}

/** The lines of an alert as Haka prints them, in Haka's order. */
function linesOf(alert: Alert, time: string): string[] {
  return [
    ...line('time', time),
    ...line('start time', alert.startTime),
    ...line('end time', alert.endTime),
    ...line('severity', alert.severity),
    ...line('confidence', alert.confidence),
    ...line('completion', alert.completion),
    ...line('description', alert.description),
    ...(alert.method === undefined ? [] : method(alert.method)),
    ...nodes('sources', alert.sources),
    ...nodes('targets', alert.targets),
    ...line('refs', alert.refs === undefined ? undefined : `{ ${alert.refs.join(', ')} }`),
  ];
}

/** Logs the alerts that rules raise, and numbers them from 1. */
export class Alerts {
  readonly #log: RulesLog;
  #last = 0;

  constructor(log: RulesLog) {
    this.#log = log;
  }

  raise(alert: Alert): number {
    this.#last++;
    this.#print(`id = ${this.#last}`, alert);
    return this.#last;
  }

  /** Logs what has changed in an alert. */
  update(id: number, alert: Alert): void {
    this.#print(`update id = ${id}`, alert);
  }

  #print(head: string, alert: Alert): void {
    if (!this.#log.isOn('info', 'alert')) return;
    const time = ctime(new Date());
    this.#log.log('info', 'alert', [head, ...linesOf(alert, time)].join('\n'));
  }
}
