import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { PcapWriter } from '../../src/packets/capture/pcap-writer.ts';
import { Packet } from '../../src/packets/packet.ts';
import type { PolicySnapshot, RuleSnapshot } from '../../src/policy/snapshot.ts';
import {
  CaptureReplay,
  type NamedSelection,
  type Replayed,
} from '../../src/replay/capture/capture-replay.ts';
import { CapturedConnections } from '../../src/replay/capture/captured-connections.ts';
import { Replay } from '../../src/replay/judging/replay.ts';
import { planOf, type ReplayPlan } from '../../src/replay/plan.ts';
import { isAdmitted } from '../../src/verdict/judge/verdict.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { words } from '../verdict/addresses.ts';

const rawIp = 101;
const fin = 1;
const syn = 2;
const rst = 4;
const push = 8;
const ack = 16;

export type End = { readonly address: string; readonly port: number };

/** 2026-11-20, 10:00:00 UTC: the time 0 of the captures here, in milliseconds. */
export const startTime = Date.UTC(2026, 10, 20, 10);

type Side = { readonly end: End; next: number };

/** Writes a capture packet by packet. Times are milliseconds from its beginning. */
export class CaptureBuilder {
  readonly #records: { readonly time: number; readonly bytes: Uint8Array }[] = [];

  /** A handshake; the connection is there from its last packet on, which is at `time`. */
  open(time: number, client: End, server: End): BuiltConnection {
    const connection = new BuiltConnection(this, client, server);
    connection.handshake(time);
    return connection;
  }

  packet(time: number, from: Side, to: Side, flags: number, payload = 0): void {
    this.#records.push({ time, bytes: packetOf(from, to, flags, payload) });
    const taken = payload + ((flags & (syn | fin)) === 0 ? 0 : 1);
    from.next = (from.next + taken) >>> 0;
  }

  /** The file, in the order of time. */
  get bytes(): Uint8Array {
    return this.sentAs((packet) => [packet]);
  }

  /** Likewise, each packet in IP fragments of so many bytes, a multiple of 8; those of one come in the order of `arranged`. */
  inFragments(size: number, arranged = (fragments: Uint8Array[]): Uint8Array[] => fragments): Uint8Array {
    let identification = 0;
    return this.sentAs((packet) => arranged(fragmentsOf(packet, size, identification++)));
  }

  /** Likewise, with what `sent` makes of each packet. */
  sentAs(sent: (packet: Uint8Array) => readonly Uint8Array[]): Uint8Array {
    const writer = new PcapWriter(rawIp, false);
    const chunks = [writer.header()];
    for (const { time, bytes } of this.#records.toSorted((one, other) => one.time - other.time)) {
      const at = startTime + time;
      const seconds = Math.floor(at / 1000);
      const nanoseconds = Math.round((at - seconds * 1000) * 1_000_000);
      for (const frame of sent(bytes)) {
        const record = { linkType: rawIp, seconds, nanoseconds, originalLength: frame.length, bytes: frame };
        const written = writer.record(record);
        if (!(written instanceof Uint8Array)) throw new Error(written.message);
        chunks.push(written);
      }
    }
    return Buffer.concat(chunks);
  }
}

export class BuiltConnection {
  readonly #capture: CaptureBuilder;
  readonly #client: Side;
  readonly #server: Side;

  constructor(capture: CaptureBuilder, client: End, server: End) {
    this.#capture = capture;
    this.#client = { end: client, next: 1000 };
    this.#server = { end: server, next: 9000 };
  }

  handshake(time: number): void {
    this.#capture.packet(time, this.#client, this.#server, syn);
    this.#capture.packet(time, this.#server, this.#client, syn | ack);
    this.#capture.packet(time, this.#client, this.#server, ack);
  }

  say(time: number, bytes = 10): void {
    this.#capture.packet(time, this.#client, this.#server, push | ack, bytes);
  }

  reply(time: number, bytes = 10): void {
    this.#capture.packet(time, this.#server, this.#client, push | ack, bytes);
  }

  finOfClient(time: number): void {
    this.#capture.packet(time, this.#client, this.#server, fin | ack);
  }

  finOfServer(time: number): void {
    this.#capture.packet(time, this.#server, this.#client, fin | ack);
  }

  /** Both ends, and the last acknowledgement. */
  close(time: number): void {
    this.finOfClient(time);
    this.finOfServer(time);
    this.#capture.packet(time, this.#client, this.#server, ack);
  }

  reset(time: number): void {
    this.#capture.packet(time, this.#client, this.#server, rst | ack);
  }

  resetByServer(time: number): void {
    this.#capture.packet(time, this.#server, this.#client, rst | ack);
  }
}

function packetOf(from: Side, to: Side, flags: number, payload: number): Uint8Array {
  const isIPv4 = !from.end.address.includes(':');
  const network = isIPv4 ? 20 : 40;
  const bytes = new Uint8Array(network + 20 + payload);
  const view = new DataView(bytes.buffer);
  const [source, destination] = [words(from.end.address), words(to.end.address)];
  if (isIPv4) {
    view.setUint8(0, 0x45);
    view.setUint16(2, bytes.length);
    view.setUint8(8, 64);
    view.setUint8(9, 6);
    view.setUint32(12, source[3] ?? 0);
    view.setUint32(16, destination[3] ?? 0);
  } else {
    view.setUint8(0, 0x60);
    view.setUint16(4, 20 + payload);
    view.setUint8(6, 6);
    view.setUint8(7, 64);
    for (let word = 0; word < 4; word++) {
      view.setUint32(8 + word * 4, source[word] ?? 0);
      view.setUint32(24 + word * 4, destination[word] ?? 0);
    }
  }
  view.setUint16(network, from.end.port);
  view.setUint16(network + 2, to.end.port);
  view.setUint32(network + 4, from.next);
  view.setUint32(network + 8, (flags & ack) === 0 ? 0 : to.next);
  view.setUint8(network + 12, 5 << 4);
  view.setUint8(network + 13, flags);
  view.setUint16(network + 14, 65_535);
  return bytes;
}

export function fragmentsOf(packet: Uint8Array, size: number, identification: number): Uint8Array[] {
  const isIPv4 = packet[0] === 0x45;
  const header = isIPv4 ? 20 : 40;
  const payload = packet.subarray(header);
  return Array.from({ length: Math.ceil(payload.length / size) }, (_, index) => {
    const start = index * size;
    const more = start + size < payload.length ? 1 : 0;
    const extension = isIPv4 ? [] : [6, 0, start >> 8, (start & 255) | more, 0, 0, 0, identification];
    const parts = [
      packet.subarray(0, header),
      Uint8Array.from(extension),
      payload.subarray(start, start + size),
    ];
    const bytes = Buffer.concat(parts);
    if (isIPv4) {
      bytes.writeUInt16BE(bytes.length, 2);
      bytes.writeUInt16BE(identification, 4);
      bytes.writeUInt16BE((more << 13) | (start >> 3), 6);
    } else {
      bytes.writeUInt16BE(bytes.length - header, 4);
      bytes[6] = 44;
    }
    return bytes;
  });
}

export const serverEnd: End = { address: '198.51.100.10', port: 80 };

/** A policy on `SERVER`. */
export function guarded(rule: Partial<RuleSnapshot>, more: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return policyOf({
    endpoints: [{ address: serverEnd.address, port: serverEnd.port }],
    rule: ruleOf({ action: 'alert_deny', threshold: 3, ...rule }),
    ...more,
  });
}

export function planFor(...policies: readonly PolicySnapshot[]): ReplayPlan {
  return planOf(snapshotOf(...policies), { workers: 1, engine: 'auto', sourcesTableSize: 1024 }, 60_000);
}

export function replayed(
  bytes: Uint8Array,
  plan: ReplayPlan,
  { candidate, ...selection }: NamedSelection & { readonly candidate?: ReplayPlan } = {},
): Replayed {
  const replay = new CaptureReplay(plan, candidate, selection);
  for (let at = 0; at < bytes.length; at += 1000) replay.add(bytes.slice(at, at + 1000));
  return replay.finish();
}

/** What a client would have seen of each connection, in their order. */
export function verdictsOf(bytes: Uint8Array, plan: ReplayPlan): ('admitted' | 'reset')[] {
  const outcomes: ('admitted' | 'reset')[] = [];
  const replay = new Replay(plan, {
    onVerdict: (_event, verdict) => outcomes.push(isAdmitted(verdict) ? 'admitted' : 'reset'),
  });
  const connections = new CapturedConnections(plan.idleTimeout, (event) => replay.take(event));
  const reader = new CaptureReader();
  reader.add(bytes);
  for (let record = reader.next(); record !== undefined; record = reader.next())
    connections.take(new Packet(record));
  return outcomes;
}
