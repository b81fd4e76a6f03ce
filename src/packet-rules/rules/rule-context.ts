import type { LuaState } from '../../lua/host/state.ts';
import type { HostObjects, ValueType } from '../../lua/values/host-objects.ts';
import type { Packet } from '../../packets/packet.ts';
import type { DataReader } from '../dissectors/lua-data.ts';
import type { IPPacket } from '../objects/packets/ip-packet.ts';
import type { ProtocolRegistry } from '../objects/packets/protocol-registry.ts';
import type { TcpPacket } from '../objects/packets/tcp-packet.ts';
import type { Alerts } from '../reporting/alerts.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import type { ConnectionTracker } from '../traffic/connection-tracker.ts';
import type { PacketSource } from '../traffic/packet-source.ts';
import type { ProtectedCalls } from './protected-calls.ts';
import type { RuleEngine } from './rule-engine.ts';
import type { RuleSet } from './rule-set.ts';

/** What the functions that rules call can reach. */
export type RuleContext = {
  readonly state: LuaState;
  readonly calls: ProtectedCalls;
  readonly objects: HostObjects;
  readonly rules: RuleSet;
  readonly engine: RuleEngine;
  readonly connections: ConnectionTracker;
  readonly packets: PacketSource;
  readonly protocols: ProtocolRegistry;
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
