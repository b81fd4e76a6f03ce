import type { LuaState } from '../../lua/host/state.ts';
import type { HostObjects, ValueType } from '../../lua/values/host-objects.ts';
import type { Packet } from '../../packets/packet.ts';
import type { DataReader } from '../dissectors/lua-data.ts';
import type { IPPacket, Protocols } from '../objects/packets/ip-packet.ts';
import type { TcpPacket } from '../objects/packets/tcp-packet.ts';
import type { Alerts } from '../reporting/alerts.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import type { Connections } from '../traffic/connection-tracker.ts';
import type { Capture } from '../traffic/packet-source.ts';
import type { RuleCalls } from './protected-calls.ts';
import type { Engine } from './rule-engine.ts';
import type { RuleSet } from './rule-set.ts';

/** What the functions that rules call can reach. */
export type RulesHost = {
  readonly state: LuaState;
  readonly calls: RuleCalls;
  readonly objects: HostObjects;
  readonly rules: RuleSet;
  readonly engine: Engine;
  readonly connections: Connections;
  readonly capture: Capture;
  readonly protocols: Protocols;
  readonly reader: DataReader;
  readonly log: RulesLog;
  readonly alerts: Alerts;
  readonly isPassThrough: boolean;
  /** Functions that are called at the end, kept. */
  readonly exits: bigint[];
  readonly addresses: ValueType;
  readonly networks: ValueType;
  readonly buffers: ValueType;
  readonly events: ValueType;
  readonly newTcp: (ip: IPPacket) => TcpPacket;
  /** The packet of rules that one out of a stream is. */
  readonly packetOf: (packet: Packet) => TcpPacket | undefined;
};
