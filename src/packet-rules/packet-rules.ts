import { LuaInstance } from '../lua/host/instance.ts';
import { LuaState } from '../lua/host/state.ts';
import { openLibraries } from '../lua/library/open.ts';
import { binaryString } from '../lua/values/binary-string.ts';
import { HostObjects } from '../lua/values/host-objects.ts';
import type { CaptureRecord } from '../packets/capture/record.ts';
import { finishedFragments } from '../packets/fragments/datagram.ts';
import type { Packet } from '../packets/packet.ts';
import { MemoryBudget } from '../packets/streams/memory-budget.ts';
import { DataReader } from './dissectors/lua-data.ts';
import { rawDissector } from './dissectors/packet-dissectors.ts';
import { defineEvent } from './library/events.ts';
import { installHaka } from './library/haka.ts';
import { installLua51, printNumbersAsLua51 } from './library/lua51.ts';
import { rulesModules } from './library/modules/modules.ts';
import { printCommand } from './library/print.ts';
import { readRules, requireCommand } from './library/require.ts';
import { StreamMarks } from './objects/connections/stream-marks.ts';
import { defineObjectTypes, defineValueTypes, dissectorDataAt } from './objects/lua-types.ts';
import { ProtocolRegistry } from './objects/packets/protocol-registry.ts';
import type { RawPacket } from './objects/packets/raw-packet.ts';
import { Alerts } from './reporting/alerts.ts';
import { type LogLevel, RulesLog, type WriteLines } from './reporting/rules-log.ts';
import { RuleError } from './rules/errors.ts';
import { defaultLimits, type RuleLimits } from './rules/limits.ts';
import { ProtectedCalls } from './rules/protected-calls.ts';
import type { RuleContext } from './rules/rule-context.ts';
import { RuleEngine } from './rules/rule-engine.ts';
import { RuleSet } from './rules/rule-set.ts';
import { ConnectionTracker } from './traffic/connection-tracker.ts';
import { PacketObjects } from './traffic/packet-objects.ts';
import { PacketSource } from './traffic/packet-source.ts';
import type { TrackedConnection } from './traffic/tracked-connection.ts';

export type PacketRulesOptions = {
  readonly isPassThrough: boolean;
  readonly level: LogLevel;
  readonly write: WriteLines;
  /** A packet that the rules let pass, in the order in which they do. */
  readonly accept: (packet: Packet) => void;
  readonly limits?: RuleLimits;
  /** Most connections to follow at a time. */
  readonly connections?: number;
  /** Most memory of them and their streams. */
  readonly budget?: MemoryBudget;
};

/** Runs a file of rules over the packets of a capture, as Haka does. */
export class PacketRules {
  readonly log: RulesLog;
  /** The files of rules that have been read. */
  readonly files: string[] = [];
  readonly #context: RuleContext;
  readonly #accept: (packet: Packet) => void;
  readonly #marks: StreamMarks;
  readonly #packetObjects: PacketObjects;
  #sent: RawPacket[] = [];

  constructor(options: PacketRulesOptions) {
    const { isPassThrough, level, write, accept, limits = defaultLimits } = options;
    const instance = new LuaInstance();
    printNumbersAsLua51(instance);
    const state = new LuaState(instance, {
      memoryLimit: limits.memory,
      now: () => performance.now(),
      subject: 'a rule',
    });
    const log = new RulesLog(write, level);
    const objects = new HostObjects(state);
    const calls = new ProtectedCalls(state, limits);
    const rules = new RuleSet(calls, objects, log);
    const engine = new RuleEngine(rules, log);
    const protocols = new ProtocolRegistry();
    const nextOf = ({ version }: Packet): string | undefined => {
      const name = version === 0 ? undefined : `ipv${version}`;
      return name !== undefined && engine.has(name) ? name : undefined;
    };
    const outlet = {
      finish: (packet: Packet) => this.#finishPacket(packet),
      accept: (raw: RawPacket) => this.#emit(raw),
      drop: (raw: RawPacket) => this.#logPacket('dropping', raw),
      send: (raw: RawPacket) => {
        this.#sent.push(raw);
      },
    };
    const capture = new PacketSource(outlet, nextOf, log, limits.memory);
    const chain = new PacketObjects(capture, protocols, engine);
    this.log = log;
    this.#accept = accept;
    this.#marks = new StreamMarks(objects);
    this.#packetObjects = chain;
    this.#context = {
      ...{ state, calls, objects, rules, engine, packets: capture, protocols, log, isPassThrough },
      connections: new ConnectionTracker(
        state,
        objects,
        this.#marks,
        log,
        isPassThrough,
        options.budget ?? new MemoryBudget(),
        options.connections,
      ),
      reader: new DataReader(calls, (stack, index) => dissectorDataAt(stack, index, objects)),
      alerts: new Alerts(log),
      exits: [],
      ...defineValueTypes(objects),
      events: defineEvent(objects),
      newTcp: chain.newTcp,
      packetOf: chain.packetOf,
    };
    defineObjectTypes(this.#context, this.#marks);
  }

  /** Runs the file of rules. Throws RuleError, RulesStopped, or the system's error when it can't be read. */
  load(path: string): void {
    const { state, calls, log, engine, objects } = this.#context;
    const code = readRules(path);
    this.files.push(path);
    openLibraries(state);
    installLua51(state);
    state.prepare((stack) => {
      installHaka(stack, this.#context);
      stack.pushClosure(printCommand(log), 0);
      stack.setGlobal('print');
      stack.pushClosure(requireCommand(state, path, rulesModules(this.#context), this.files), 0);
      stack.setGlobal('require');
    });
    engine.register(rawDissector);
    calls.load(code, binaryString(path));
    calls.call(
      () => 0,
      () => undefined,
    );
    // What was made while the file ran may be used by rules at any time.
    objects.keepCall();
    engine.logRules();
  }

  /** Takes the next packet of the capture. @throws RulesStopped */
  take(record: CaptureRecord): void {
    const { packets: capture, engine } = this.#context;
    const reassembles = engine.has('ipv4') || engine.has('ipv6');
    for (const raw of capture.take(record, reassembles)) {
      this.#logPacket('received', raw);
      this.#filter(raw);
    }
  }

  /** The capture is over: lets go what is held, and calls what was to be called at the end. @throws RulesStopped */
  end(): void {
    const { packets: capture, connections, exits, calls, log } = this.#context;
    for (const raw of capture.end()) this.#filter(raw);
    connections.end();
    this.#settle();
    connections.logGivenUp();
    for (const exit of exits) {
      try {
        calls.call(
          (stack) => {
            stack.pushKept(exit);
            return 0;
          },
          () => undefined,
        );
      } catch (error) {
        if (!(error instanceof RuleError)) throw error;
        log.log('error', 'core', error.message);
      }
      this.#settle();
    }
  }

  #filter(raw: RawPacket): void {
    this.#context.engine.filter(raw);
    this.#settle();
  }

  /** What a packet has led to beside itself; then Lua loses what was of it. */
  #settle(): void {
    const { connections, engine, objects, reader } = this.#context;
    for (;;) {
      const ended = connections.takeEnded();
      for (const tracked of ended) this.#endConnection(tracked);
      const next = this.#sent.shift();
      if (next !== undefined) {
        next.fate = 'open';
        this.#logPacket('sending', next);
        engine.filter(next);
      } else if (ended.length === 0) break;
    }
    objects.releaseCall();
    reader.releaseAll();
    this.#packetObjects.forget();
  }

  /** A connection has ended: what its streams hold goes, unless it was dropped. */
  #endConnection(tracked: TrackedConnection): void {
    const { engine, connections, packetOf, log } = this.#context;
    const { conversation, connection } = tracked;
    if (conversation.streams.some(({ hasOverflowed }) => hasOverflowed)) {
      log.log('warn', 'tcp-connection', `streams of ${tracked.text} held more than they may, and let it go`);
    }
    const isKept = connection.cause !== 'dropped' && connection.cause !== 'closed';
    if (isKept) {
      conversation.flush();
      for (const side of [true, false]) {
        for (let packet = conversation.pop(side); packet !== undefined; packet = conversation.pop(side)) {
          const tcp = packetOf(packet);
          if (tcp !== undefined) engine.down(tcp);
        }
      }
    }
    connections.release(tracked);
    // Copies of its last packets may still come, and get its numbers.
    if (connection.cause !== 'fin') conversation.end();
  }

  #emit(raw: RawPacket): void {
    const { packet } = raw;
    this.#logPacket('accepting', raw);
    this.#finishPacket(packet);
    const { fragments, isChanged } = packet;
    if (fragments === undefined || isChanged) this.#accept(packet);
    else if (this.#context.isPassThrough) fragments.forEach(this.#accept);
    else finishedFragments(packet).forEach(this.#accept);
  }

  /** In pass-through mode what was captured leaves byte for byte. */
  #finishPacket(packet: Packet): void {
    if (packet.isChanged || !this.#context.isPassThrough) packet.finish();
  }

  #logPacket(what: string, raw: RawPacket): void {
    if (!this.log.isOn('debug', 'packet')) return;
    this.log.log('debug', 'packet', `${what} packet id=${raw.id}, len=${raw.bytes.length}`);
  }
}
