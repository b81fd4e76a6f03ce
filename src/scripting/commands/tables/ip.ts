import type { Address, Ends } from '../../../enforcer/hooks/connection-port.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { addressFamily } from '../../../net/address-family.ts';
import { answerInteger, answerText, type CommandEntry, type CommandTable } from '../command.ts';
import { connectionOf, type ScriptContext } from '../context.ts';
import { type Occasion, onConnection } from '../occasion.ts';

const ofASide = onConnection.filter((occasion) => occasion !== 'SERVER_BEFORE_CONNECT');
/** FortiADC allows these commands on the server's side only. A timer may have been set there. */
const ofTheServer: readonly Occasion[] = [
  'SERVER_BEFORE_CONNECT',
  'SERVER_CONNECTED',
  'STREAM_REQUEST_DATA',
  'STREAM_RESPONSE_DATA',
  'SERVER_CLOSED',
  'TCP_CLOSED',
  'TIMER',
];

function versionOf(address: string): number {
  return addressFamily(address) === 6 ? 6 : 4;
}

function part(
  on: readonly Occasion[],
  find: (context: ScriptContext) => Address | null,
  push: (stack: LuaStack, address: Address | null) => number,
): CommandEntry {
  return { on, run: (stack, context) => push(stack, find(context)) };
}

function text(stack: LuaStack, at: Address | null): number {
  return answerText(stack, at?.address ?? null);
}
function port(stack: LuaStack, at: Address | null): number {
  return answerInteger(stack, at?.port ?? null);
}
function version(stack: LuaStack, at: Address | null): number {
  return answerInteger(stack, at === null ? null : versionOf(at.address));
}

/** Null for a side that is closed: its socket may have lost its addresses before its event comes. */
function endsOf(context: ScriptContext): Ends | null {
  const ends = connectionOf(context).port.ends(context.side);
  return ends?.local.address === '' ? null : ends;
}
function client(context: ScriptContext): Address {
  return connectionOf(context).port.client;
}
function server(context: ScriptContext): Address | null {
  return connectionOf(context).port.member;
}
function local(context: ScriptContext): Address | null {
  return endsOf(context)?.local ?? null;
}
function remote(context: ScriptContext): Address | null {
  return endsOf(context)?.remote ?? null;
}

/** FortiADC Script Reference Guide 8.0.0, "IP commands": addresses as strings, ports and versions as integers. */
export const ip: CommandTable = {
  client_addr: part(onConnection, client, text),
  client_port: part(onConnection, client, port),
  client_ip_ver: part(onConnection, client, version),
  local_addr: part(ofASide, local, text),
  local_port: part(ofASide, local, port),
  remote_addr: part(ofASide, remote, text),
  remote_port: part(ofASide, remote, port),
  server_addr: part(ofTheServer, server, text),
  server_port: part(ofTheServer, server, port),
  server_ip_ver: part(ofTheServer, server, version),
};
