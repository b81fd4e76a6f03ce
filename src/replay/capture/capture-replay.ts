import { CaptureReader } from '../../packets/capture/capture-reader.ts';
import type { CaptureRecord } from '../../packets/capture/record.ts';
import { type Evidence, EvidenceSurvey } from '../../packets/connections/evidence.ts';
import type { Wanted } from '../../packets/encapsulation/locate.ts';
import { UnreadPackets } from '../../packets/encapsulation/unread.ts';
import { Packet } from '../../packets/packet.ts';
import { limitOf } from '../../verdict/judge/limit.ts';
import { mostSources, Replay } from '../judging/replay.ts';
import { finer, type Prefixes } from '../judging/source-names.ts';
import type { ReplayPlan } from '../plan.ts';
import { changesOf } from '../report/changes.ts';
import type { CaptureSummary, PolicyChange, PolicyResult, Unmatched } from '../report/result.ts';
import { Beginnings } from './beginnings.ts';
import { CapturedConnections } from './captured-connections.ts';
import { CapturedFragments } from './captured-fragments.ts';
import type { ConnectionEvent } from './connection-event.ts';
import type { Selection } from './destinations.ts';

export type Replayed = {
  readonly capture: CaptureSummary;
  /** Under the configuration itself, or under the candidate where there is one. */
  readonly policies: readonly PolicyResult[];
  readonly unmatched: Unmatched;
  /** Null: there is no candidate. */
  readonly changes: readonly PolicyChange[] | null;
};

/** By row id of the policy. */
type Grouping = ReadonlyMap<number, Prefixes>;

/** By the finer of two rules' prefixes the sources of both can be told apart. */
function groupingOf(one: ReplayPlan, other: ReplayPlan): Grouping {
  const limits = new Map(one.policies.map((policy) => [policy.id, limitOf(policy)]));
  return new Map(
    other.policies.flatMap((policy) => {
      const known = limits.get(policy.id);
      return known === undefined ? [] : [[policy.id, finer(known, limitOf(policy))] as const];
    }),
  );
}

/** Whose connections are looked at, with the policy by its name in either configuration, and which packets of tunnels. */
export type NamedSelection = Omit<Selection, 'policy'> & {
  readonly policy?: string;
  readonly wanted?: Wanted;
};

function selected(plans: readonly ReplayPlan[], { policy, port }: NamedSelection): Selection {
  const named = plans.flatMap(({ policies }) => policies).find(({ name }) => name === policy);
  if (policy !== undefined && named === undefined) throw new Error(`there is no policy "${policy}"`);
  return {
    ...(named === undefined ? {} : { policy: named.id }),
    ...(port === undefined ? {} : { port }),
  };
}

/** Packets of TCP by which it is told whether the capture shows whole connections. */
const mostSurveyed = 1000;

/** Milliseconds. Packets of several processors come less than this out of order. */
const leastNoted = 1000;

function backNote(milliseconds: number): string {
  return `times go back by up to ${Math.round(milliseconds / 1000)} seconds, and the clock of a replay can not: reordercap puts a capture in order`;
}

function unnamedNote(connections: number): string {
  return `${connections} connections came from sources beyond the first ${mostSources}: they were judged, but these sources are neither counted nor named`;
}

/** A capture under one configuration, or under two side by side, in one reading. */
export class CaptureReplay {
  readonly #reader = new CaptureReader();
  readonly #wanted: Wanted | undefined;
  readonly #fragments = new CapturedFragments();
  readonly #unread = new UnreadPackets();
  readonly #current: Replay;
  readonly #candidate: Replay | undefined;
  /** Of each idle-timeout: one where both configurations have the same. The last is the candidate's. */
  #connections: readonly CapturedConnections[] = [];
  readonly #begin: (evidence: Evidence) => readonly CapturedConnections[];
  readonly #survey = new EvidenceSurvey();
  /** Until it is known what the capture shows. */
  #surveyed: Packet[] | undefined = [];
  #packets = 0;
  #tcpPackets = 0;
  readonly #beginnings = new Beginnings();
  #from: number | null = null;
  #to: number | null = null;
  /** Milliseconds that a packet is at most earlier than one before it. */
  #back = 0;

  /** @throws Error when no policy has the name that was selected */
  constructor(plan: ReplayPlan, candidate: ReplayPlan | undefined, wanted: NamedSelection) {
    const selection = selected(candidate === undefined ? [plan] : [plan, candidate], wanted);
    const grouping = candidate === undefined ? new Map<number, Prefixes>() : groupingOf(plan, candidate);
    const current = new Replay(plan, { ...selection, grouping });
    const other = candidate && new Replay(candidate, { ...selection, grouping });
    this.#wanted = wanted.wanted;
    this.#current = current;
    this.#candidate = other;
    const idleTimeouts = new Set([plan.idleTimeout, (candidate ?? plan).idleTimeout]);
    this.#begin = (evidence) =>
      [...idleTimeouts].map((idleTimeout) => {
        const replays = [
          ...(plan.idleTimeout === idleTimeout ? [current] : []),
          ...(other !== undefined && candidate?.idleTimeout === idleTimeout ? [other] : []),
        ];
        const report = (event: ConnectionEvent): void => {
          for (const replay of replays) replay.take(event);
        };
        return new CapturedConnections(idleTimeout, report, undefined, evidence);
      });
  }

  /** Takes the next bytes of the capture. False: nothing more of it can be read. */
  add(chunk: Uint8Array): boolean {
    const reader = this.#reader;
    reader.add(chunk);
    for (let record = reader.next(); record !== undefined; record = reader.next()) this.#take(record);
    return reader.problem === undefined;
  }

  /** Says that no more of the capture can be had, and why. */
  fail(message: string): void {
    this.#reader.fail(message);
  }

  /**
   * What has become of the connections. Once, at the end of the capture.
   *
   * @throws Error when not one packet could be read
   */
  finish(): Replayed {
    this.#reader.end();
    const { problem } = this.#reader;
    if (problem !== undefined && this.#packets === 0) throw new Error(problem.message);
    this.#fragments.end();
    this.#endSurvey();
    const replay = this.#candidate ?? this.#current;
    const { policies, unmatched } = replay.result;
    const unnamed = Math.max(this.#current.unnamed, replay.unnamed);
    const unseen = [...this.#unread.notes, ...this.#fragments.notes];
    const judged = policies.reduce((sum, policy) => sum + policy.connections, 0);
    return {
      capture: {
        packets: this.#packets,
        connections: judged + unmatched.connections,
        inferred: this.#connections.at(-1)?.inferred ?? 0,
        from: this.#from,
        to: this.#to,
        notes: [
          ...(problem === undefined ? [] : [`read only up to byte ${problem.offset}: ${problem.message}`]),
          ...(this.#back < leastNoted ? [] : [backNote(this.#back)]),
          ...(this.#packets > 0 && this.#tcpPackets + unseen.length === 0
            ? ['none of these packets is of TCP']
            : []),
          ...unseen,
          ...(this.#connections.at(-1)?.notes ?? []),
          ...(judged + unmatched.connections === 0 ? this.#beginnings.notes : []),
          ...(unnamed === 0 ? [] : [unnamedNote(unnamed)]),
        ],
      },
      policies,
      unmatched,
      changes: this.#candidate === undefined ? null : changesOf(this.#current, this.#candidate),
    };
  }

  #take(record: CaptureRecord): void {
    const packet = new Packet(record, this.#wanted);
    this.#packets++;
    const { time } = packet;
    this.#from = Math.min(this.#from ?? time, time);
    this.#to = Math.max(this.#to ?? time, time);
    this.#back = Math.max(this.#back, this.#to - time);
    const whole = this.#fragments.take(packet);
    if (whole === undefined) return;
    if (whole.tcp === undefined) {
      this.#unread.take(whole);
      return;
    }
    this.#tcpPackets++;
    this.#beginnings.take(whole.tcp);
    if (this.#surveyed === undefined) {
      for (const connections of this.#connections) connections.take(whole);
      return;
    }
    whole.own();
    this.#survey.take(whole.tcp);
    this.#surveyed.push(whole);
    if (this.#surveyed.length === mostSurveyed) this.#endSurvey();
  }

  /** Follows connections from the first packet on, now that it is known what there is of them. */
  #endSurvey(): void {
    const packets = this.#surveyed;
    if (packets === undefined) return;
    this.#surveyed = undefined;
    this.#connections = this.#begin(this.#survey.evidence);
    for (const packet of packets) for (const connections of this.#connections) connections.take(packet);
  }
}
