import type { RaisedEvent } from '../../events/events.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { EpisodeLine } from '../../verdict/upkeep/source-state.ts';

/** Where what the data plane reports is recorded. */
export type ReportSink = {
  violations(records: readonly ViolationRecord[]): void;
  episode(line: EpisodeLine): void;
  traffic(records: readonly TrafficRecord[]): void;
  event(event: RaisedEvent): void;
};

/** What the data plane reports: to wherever it goes now, or kept for whoever it will go to. */
export class Reporting implements ReportSink {
  #sink: ReportSink | null;
  #waiting: ((sink: ReportSink) => void)[] = [];

  constructor(sink: ReportSink) {
    this.#sink = sink;
  }

  /** Everything waits until `open`. */
  hold(): void {
    this.#sink = null;
  }

  open(sink: ReportSink): void {
    this.#sink = sink;
    for (const report of this.#waiting.splice(0)) report(sink);
  }

  violations(records: readonly ViolationRecord[]): void {
    this.#report((sink) => sink.violations(records));
  }

  episode(line: EpisodeLine): void {
    this.#report((sink) => sink.episode(line));
  }

  traffic(records: readonly TrafficRecord[]): void {
    this.#report((sink) => sink.traffic(records));
  }

  event(event: RaisedEvent): void {
    this.#report((sink) => sink.event(event));
  }

  #report(report: (sink: ReportSink) => void): void {
    if (this.#sink === null) this.#waiting.push(report);
    else report(this.#sink);
  }
}
