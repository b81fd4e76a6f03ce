import type { LuaState } from '../../lua/host/state.ts';
import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { DataReader } from '../dissectors/lua-data.ts';
import type { StreamBuffers } from '../objects/buffers/stream-buffers.ts';
import type { StreamMarks } from '../objects/connections/stream-marks.ts';
import type { ProtocolRegistry } from '../objects/packets/protocol-registry.ts';
import type { ValueTypes } from '../objects/values/value-types.ts';
import type { Alerts } from '../reporting/alerts.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import type { ConnectionTracker } from '../traffic/connection-tracker.ts';
import type { PacketObjects } from '../traffic/packet-objects.ts';
import type { PacketSource } from '../traffic/packet-source.ts';
import type { ProtectedCalls } from './protected-calls.ts';
import type { RuleEngine } from './rule-engine.ts';
import type { RuleSet } from './rule-set.ts';

/** The parts that run rules, for the functions that rules call. */
export type RuleContext = {
  readonly state: LuaState;
  readonly calls: ProtectedCalls;
  readonly objects: HostObjects;
  readonly rules: RuleSet;
  readonly engine: RuleEngine;
  readonly connections: ConnectionTracker;
  readonly packets: PacketSource;
  readonly protocols: ProtocolRegistry;
  readonly packetObjects: PacketObjects;
  readonly marks: StreamMarks;
  readonly types: ValueTypes;
  readonly buffers: StreamBuffers;
  readonly reader: DataReader;
  readonly log: RulesLog;
  readonly alerts: Alerts;
  readonly isPassThrough: boolean;
  /** What streamed rules have in Lua, once there are any: see library/streamed-rules.ts. */
  streamed: bigint | undefined;
  /** The dissectors above TCP by the port of the server, where rules have said so. */
  readonly ports: Map<number, string>;
  /** Where `require` looks for files: that of the rules, then those of modules. */
  readonly folders: string[];
  /** References to the functions that are called at the end. */
  readonly exits: bigint[];
};
