import { isIPv6 } from 'node:net';
import type { Address, Ends } from '../../enforcer/hooks/connection-port.ts';
import type { LuaStack } from '../../lua/stack.ts';
import { type ScriptContext, sessionOf } from '../context.ts';
import {
  answerInteger,
  answerText,
  type CommandEntry,
  type CommandTable,
  type Occasion,
  ON_CONNECTION,
} from './command.ts';

const OF_A_SIDE = ON_CONNECTION.filter((occasion) => occasion !== 'SERVER_BEFORE_CONNECT');
/** FortiADC: the server's side only. A timer may have been set there. */
const OF_THE_SERVER: readonly Occasion[] = [
  'SERVER_BEFORE_CONNECT',
  'SERVER_CONNECTED',
  'STREAM_REQUEST_DATA',
  'STREAM_RESPONSE_DATA',
  'SERVER_CLOSED',
  'TCP_CLOSED',
  'TIMER',
];

const versionOf = (address: string): number => (isIPv6(address) ? 6 : 4);

const part = (
  on: readonly Occasion[],
  find: (context: ScriptContext) => Address | null,
  push: (stack: LuaStack, address: Address | null) => number,
): CommandEntry => ({ on, run: (stack, context) => push(stack, find(context)) });

const text = (stack: LuaStack, at: Address | null): number => answerText(stack, at?.address ?? null);
const port = (stack: LuaStack, at: Address | null): number => answerInteger(stack, at?.port ?? null);
const version = (stack: LuaStack, at: Address | null): number =>
  answerInteger(stack, at === null ? null : versionOf(at.address));

/** Null for a side that is closed; a socket may have forgotten its addresses when its event comes. */
const endsOf = (context: ScriptContext): Ends | null => {
  const ends = sessionOf(context).port.ends(context.side);
  return ends?.local.address === '' ? null : ends;
};
const client = (context: ScriptContext): Address => sessionOf(context).port.client;
const server = (context: ScriptContext): Address | null => sessionOf(context).port.server;
const local = (context: ScriptContext): Address | null => endsOf(context)?.local ?? null;
const remote = (context: ScriptContext): Address | null => endsOf(context)?.remote ?? null;

/** FortiADC Script Reference Guide 8.0.0, "IP commands": addresses as strings, ports and versions as integers. */
export const IP: CommandTable = {
  client_addr: part(ON_CONNECTION, client, text),
  client_port: part(ON_CONNECTION, client, port),
  client_ip_ver: part(ON_CONNECTION, client, version),
  local_addr: part(OF_A_SIDE, local, text),
  local_port: part(OF_A_SIDE, local, port),
  remote_addr: part(OF_A_SIDE, remote, text),
  remote_port: part(OF_A_SIDE, remote, port),
  server_addr: part(OF_THE_SERVER, server, text),
  server_port: part(OF_THE_SERVER, server, port),
  server_ip_ver: part(OF_THE_SERVER, server, version),
};
