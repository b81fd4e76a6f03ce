import { dirname } from 'node:path';
import { openLibraries } from '../lua/library/open-libraries.ts';
import { binaryString } from '../lua/values/binary-string.ts';
import { setGlobals } from '../lua/values/function-table.ts';
import type { CaptureRecord } from '../packets/capture/record.ts';
import { finishedFragments } from '../packets/fragments/datagram.ts';
import type { Packet } from '../packets/packet.ts';
import { missingNames } from './checking/missing-names.ts';
import { usedNames } from './checking/used-names.ts';
import { rawDissector } from './dissectors/packet-dissectors.ts';
import { showData } from './dissectors/tcp-connection.ts';
import { installHaka } from './library/haka.ts';
import { installLua51 } from './library/lua51.ts';
import { rulesModules } from './library/modules/modules.ts';
import { printFunction } from './library/print.ts';
import { readRules, requireFunction } from './library/require.ts';
import { endHook, TcpFlow } from './objects/connections/tcp-flow.ts';
import type { RawPacket } from './objects/packets/raw-packet.ts';
import type { RulesLog } from './reporting/rules-log.ts';
import { createRuleContext, type RuleOptions } from './rules/create-context.ts';
import { RuleError } from './rules/errors.ts';
import type { RuleContext } from './rules/rule-context.ts';
import type { TrackedConnection } from './traffic/tracked-connection.ts';

export type PacketRulesOptions = RuleOptions & {
  /** Takes the packets that the rules let pass, in the order in which they do. */
  readonly accept: (packet: Packet) => void;
};

const endHooks = [endHook];

/** Runs a file of rules over the packets of a capture, as Haka does. */
export class PacketRules {
  readonly log: RulesLog;
  /** The files of rules that have been read. */
  readonly files: string[] = [];
  readonly #context: RuleContext;
  readonly #accept: (packet: Packet) => void;
  readonly #modules: readonly string[];
  #sent: RawPacket[] = [];

  constructor(options: PacketRulesOptions) {
    this.#accept = options.accept;
    this.#modules = options.modules ?? [];
    this.#context = createRuleContext(options, {
      finish: (packet) => this.#finishPacket(packet),
      accept: (raw) => this.#emit(raw),
      drop: (raw) => this.#logPacket('dropping', raw),
      send: (raw) => {
        this.#sent.push(raw);
      },
    });
    this.log = this.#context.log;
  }

  /** Runs the file of rules. @throws RuleError, RulesStopped, or the system's error when it can't be read. */
  load(path: string): void {
    const { state, calls, log, engine, objects, folders } = this.#context;
    folders.push(dirname(path), ...this.#modules);
    const code = readRules(path);
    this.files.push(path);
    openLibraries(state);
    installLua51(state);
    state.prepare((stack) => {
      installHaka(stack, this.#context);
      setGlobals(stack, {
        print: printFunction(log),
        require: requireFunction(state, folders, rulesModules(this.#context), this.files),
      });
    });
    engine.register(rawDissector);
    calls.load(code, binaryString(path));
    calls.run(() => 0);
    // Rules may use at any time what was made while the file ran.
    objects.keepCall();
    engine.logRules();
  }

  /** Logs which names the loaded rules use that do not exist. Returns how many, with the hooks that nothing fires. */
  check(): number {
    const { calls, log, engine } = this.#context;
    const texts = new Map(this.files.map((file) => [file, binaryString(readRules(file))]));
    const modules = new Set(Object.keys(rulesModules(this.#context)));
    let count = engine.unknownHooks().length;
    for (const [file, names] of usedNames(texts)) {
      for (const { text, line } of missingNames(names, calls, modules)) {
        log.log('warn', 'core', `${binaryString(file)}:${line}: '${text}' does not exist`);
        count++;
      }
    }
    return count;
  }

  /** Takes the next packet of the capture. @throws RulesStopped */
  take(record: CaptureRecord): void {
    const { packets, engine } = this.#context;
    const reassembles = engine.has('ipv4') || engine.has('ipv6');
    for (const raw of packets.take(record, reassembles)) {
      this.#logPacket('received', raw);
      this.#filter(raw);
    }
  }

  /** Ends the capture: lets held packets go, and calls the functions of `haka.on_exit`. @throws RulesStopped */
  end(): void {
    const { packets, connections, exits, calls, log } = this.#context;
    for (const raw of packets.end()) this.#filter(raw);
    connections.end();
    this.#settle();
    connections.logGivenUp();
    for (const note of packets.unread) log.log('warn', 'packet', note);
    for (const exit of exits) {
      try {
        calls.run((stack) => {
          stack.pushKept(exit);
          return 0;
        });
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

  /** Handles what a packet has led to, connections that ended and packets that were sent; then releases its objects. */
  #settle(): void {
    const { connections, engine, objects, packetObjects, reader } = this.#context;
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
    packetObjects.forget();
  }

  /** Lets what the streams of an ended connection hold go, unless it was dropped. */
  #endConnection(tracked: TrackedConnection): void {
    const { engine, connections, packetObjects, log } = this.#context;
    const { conversation, connection } = tracked;
    if (conversation.streams.some(({ hasOverflowed }) => hasOverflowed)) {
      log.log('warn', 'tcp-connection', `streams of ${tracked.text} held more than they may, and let it go`);
    }
    const isKept = connection.cause !== 'dropped' && connection.cause !== 'closed';
    const mayLeave = isKept && this.#showRest(tracked);
    this.#endStreamed(tracked);
    if (mayLeave) {
      conversation.flush();
      for (const side of [true, false]) {
        for (let packet = conversation.pop(side); packet !== undefined; packet = conversation.pop(side)) {
          const tcp = packetObjects.packetOf(packet);
          if (tcp !== undefined) engine.down(tcp);
        }
      }
    }
    this.#tellEnd(tracked);
    connections.logEnd(tracked);
    connections.release(tracked);
    // Copies of its last packets may still come, and are numbered as its streams say.
    if (connection.cause !== 'fin') conversation.end();
  }

  /** Tells streamed rules that nothing more will come. What they hold back leaves as it is. */
  #endStreamed({ threads }: TrackedConnection): void {
    const { calls, streamed, log } = this.#context;
    if (streamed === undefined || threads === undefined) return;
    try {
      calls.run((stack) => {
        stack.pushKept(streamed);
        stack.pushKept(threads);
        return 1;
      });
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      log.log('error', 'core', error.message);
    }
  }

  /** Tells rules of a later Haka that a connection has ended. */
  #tellEnd(tracked: TrackedConnection): void {
    const { engine, connections, packetObjects } = this.#context;
    if (!engine.hasRules(endHooks)) return;
    const flow = new TcpFlow(tracked, undefined, true, 'rest', connections, packetObjects.packetOf);
    engine.runHook(endHook, flow);
  }

  /** Shows rules what waits behind holes that will not be filled any more. Returns whether it may leave. */
  #showRest(tracked: TrackedConnection): boolean {
    const { engine, connections, packetObjects, buffers } = this.#context;
    const { conversation } = tracked;
    const sides = [true, false].filter((side) => conversation.hasHole(side));
    for (const side of sides) conversation.stream(side).passHoles();
    connections.logMissed(tracked);
    for (const side of sides) {
      const flow = new TcpFlow(tracked, undefined, side, 'rest', connections, packetObjects.packetOf);
      showData(flow, engine, buffers);
      engine.filter(flow);
      if (flow.isCut) return false;
    }
    return true;
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

  /** Makes checksums and lengths right. In pass-through mode what was captured leaves byte for byte. */
  #finishPacket(packet: Packet): void {
    if (packet.isChanged || !this.#context.isPassThrough) packet.finish();
  }

  #logPacket(what: string, raw: RawPacket): void {
    if (!this.log.isOn('debug', 'packet')) return;
    this.log.log('debug', 'packet', `${what} packet id=${raw.id}, len=${raw.bytes.length}`);
  }
}
