import { LuaInstance } from '../../lua/host/instance.ts';
import { LuaState } from '../../lua/host/state.ts';
import { HostObjects } from '../../lua/values/host-objects.ts';
import type { Wanted } from '../../packets/encapsulation/locate.ts';
import type { Packet } from '../../packets/packet.ts';
import { Acknowledgements, type Reading } from '../../packets/streams/acknowledgements.ts';
import { MemoryBudget } from '../../packets/streams/memory-budget.ts';
import { DataReader } from '../dissectors/lua-data.ts';
import { printNumbersAsLua51 } from '../library/lua51.ts';
import { StreamBuffers } from '../objects/buffers/stream-buffers.ts';
import { StreamMarks } from '../objects/connections/stream-marks.ts';
import { defineObjectTypes, defineValueTypes, dissectorDataAt } from '../objects/lua-types.ts';
import { ProtocolRegistry } from '../objects/packets/protocol-registry.ts';
import type { PacketOutlet } from '../objects/packets/raw-packet.ts';
import { Alerts } from '../reporting/alerts.ts';
import { type LogLevel, RulesLog, type WriteLines } from '../reporting/rules-log.ts';
import { ConnectionTracker } from '../traffic/connection-tracker.ts';
import { PacketObjects } from '../traffic/packet-objects.ts';
import { PacketSource } from '../traffic/packet-source.ts';
import { defaultLimits, type RuleLimits } from './limits.ts';
import { ProtectedCalls } from './protected-calls.ts';
import type { RuleContext } from './rule-context.ts';
import { RuleEngine } from './rule-engine.ts';
import { RuleSet } from './rule-set.ts';

export type RuleOptions = {
  readonly isPassThrough: boolean;
  /** Which packet of a tunnel rules see. */
  readonly wanted?: Wanted;
  /** Which text acknowledgements speak of; undefined: what the capture shows. */
  readonly acknowledgements?: Reading | undefined;
  /** Folders with modules beside those of the rules' own. */
  readonly modules?: readonly string[];
  readonly level: LogLevel;
  readonly write: WriteLines;
  readonly limits?: RuleLimits;
  /** Most connections to follow at a time. */
  readonly connections?: number;
  /** Most memory of them and their streams. */
  readonly budget?: MemoryBudget;
};

/** Lua's seeds come from the clock; what is recorded gives the same output each time. */
const fixedTime = 0;

/** That they speak of the edited text is the rare case, and worth a line in any log. */
function acknowledgementsOf({ acknowledgements }: RuleOptions, log: RulesLog): Acknowledgements {
  return new Acknowledgements(acknowledgements, (reading) => {
    const level = reading === 'edited' ? 'info' : 'debug';
    log.log(level, 'tcp-connection', `acknowledgements are read as those of the ${reading} text: see --acks`);
  });
}

/** The parts that run rules, put together around a new Lua state. `outlet` takes the packets. */
export function createRuleContext(options: RuleOptions, outlet: PacketOutlet): RuleContext {
  const { isPassThrough, limits = defaultLimits } = options;
  const instance = new LuaInstance(() => fixedTime);
  printNumbersAsLua51(instance);
  const state = new LuaState(instance, {
    memoryLimit: limits.memory,
    now: () => performance.now(),
    subject: 'a rule',
  });
  const log = new RulesLog(options.write, options.level);
  const objects = new HostObjects(state);
  const calls = new ProtectedCalls(state, limits, () => log.isOn('debug', 'core'));
  const rules = new RuleSet(calls, objects, log);
  const engine = new RuleEngine(rules, log);
  const protocols = new ProtocolRegistry();
  const nextOf = ({ version }: Packet): string | undefined => {
    const name = version === 0 ? undefined : `ipv${version}`;
    return name !== undefined && engine.has(name) ? name : undefined;
  };
  const packets = new PacketSource(outlet, nextOf, log, limits.memory, options.wanted ?? 'outermost tcp');
  const marks = new StreamMarks(objects);
  const types = defineValueTypes(objects);
  const context: RuleContext = {
    ...{ state, calls, objects, rules, engine, protocols, packets, marks, log, isPassThrough },
    types,
    buffers: new StreamBuffers(objects, types.buffers),
    packetObjects: new PacketObjects(packets, protocols, engine),
    connections: new ConnectionTracker(state, objects, marks, log, {
      isPassThrough,
      acknowledgements: acknowledgementsOf(options, log),
      budget: options.budget ?? new MemoryBudget(),
      mostConnections: options.connections,
    }),
    reader: new DataReader(calls, (stack, index) => dissectorDataAt(stack, index, objects)),
    alerts: new Alerts(log),
    streamed: undefined,
    ports: new Map<number, string>(),
    folders: [],
    exits: [],
  };
  defineObjectTypes(context);
  return context;
}
