import { luaType } from '../../../lua/host/api.ts';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { endpointText } from '../../../net/endpoint.ts';
import { mostTableEntries } from '../../shared/layout.ts';
import type { SharedEntry } from '../../shared/tables.ts';
import { answer } from '../command.ts';
import { connectionOf, type ScriptContext } from '../context.ts';

/** Of the policy, in the memory that all workers share; scripts can't name it by accident. */
const table = '\x01persistence';
const mostMemory = 4_194_304;
/** FortiADC Script Reference Guide 7.6.7: what is longer is cut. */
const longestKey = 63;
const longestServer = 255;
const usualTimeout = 300;
const longestTimeout = 86_400;
/** Entries that are looked at, to find some that are over. */
const sweep = 1000;

/** Before the name of the server: when the entry is over (milliseconds since 1970), and its timeout in milliseconds. */
const HEAD = 16;

type Persistence = { readonly server: string; readonly end: number; readonly timeout: number };

/** TCP:persist{operation = "save_tbl", hash_value =, srv_name =, timeout =}: false where there is no room, or no server. */
export function persist(stack: LuaStack, context: ScriptContext): number {
  stack.expectType(2, luaType.table);
  if (textField(stack, 'operation') !== 'save_tbl')
    throw new LuaError("TCP:persist: operation is 'save_tbl'");
  const key = keyOf(stack, 'persist');
  const timeout = secondsOf(stack) * 1000;
  const { member } = connectionOf(context).port;
  const server = textField(stack, 'srv_name') ?? (member === null ? '' : endpointText(member));
  if (server === '' || server.length > longestServer) return answer(stack, false);
  return answer(stack, save(context, key, { server, end: context.wallClock() + timeout, timeout }));
}

/** TCP:lookup_tbl{hash_value =}: sends the connection to the server that was saved; false where none was, or it takes none. */
export function lookUp(stack: LuaStack, context: ScriptContext): number {
  stack.expectType(2, luaType.table);
  const key = keyOf(stack, 'lookup_tbl');
  const value = context.tables.lookup(table, key);
  const found = value === null ? null : read(value);
  const now = context.wallClock();
  if (found === null || found.end <= now) return answer(stack, false);
  if (!connectionOf(context).port.chooseMember(found.server)) return answer(stack, false);
  save(context, key, { ...found, end: now + found.timeout });
  return answer(stack, true);
}

function save({ tables, wallClock }: ScriptContext, key: Uint8Array, persistence: Persistence): boolean {
  const entry = { key, value: written(persistence) };
  tables.create(table, mostTableEntries, mostMemory);
  tables.delete(table, key);
  if (tables.insert(table, entry)) return true;
  for (const old of tables.entries(table, 0, sweep))
    if (isOver(old, wallClock())) tables.delete(table, old.key);
  return tables.insert(table, entry);
}

function isOver({ value }: SharedEntry, now: number): boolean {
  return read(value).end <= now;
}

function written({ server, end, timeout }: Persistence): Uint8Array {
  const name = Buffer.from(server, 'latin1');
  const bytes = new Uint8Array(HEAD + name.length);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, end);
  view.setFloat64(8, timeout);
  bytes.set(name, HEAD);
  return bytes;
}

function read(value: Uint8Array): Persistence {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return {
    end: view.getFloat64(0),
    timeout: view.getFloat64(8),
    server: Buffer.from(value.subarray(HEAD)).toString('latin1'),
  };
}

function keyOf(stack: LuaStack, name: string): Uint8Array {
  stack.getField(2, 'hash_value');
  const key = stack.isAbsent(-1) ? null : stack.bytes(-1);
  stack.drop(1);
  if (key === null || key.length === 0) throw new LuaError(`TCP:${name}: 'hash_value' is the key`);
  return key.subarray(0, longestKey);
}

function secondsOf(stack: LuaStack): number {
  stack.getField(2, 'timeout');
  const seconds = stack.isAbsent(-1) ? usualTimeout : stack.integer(-1);
  stack.drop(1);
  if (seconds < 1 || seconds > longestTimeout)
    throw new LuaError(`TCP:persist: a timeout from 1 to ${longestTimeout} seconds, not ${seconds}`);
  return seconds;
}

function textField(stack: LuaStack, name: string): string | null {
  stack.getField(2, name);
  const text = stack.isAbsent(-1) ? null : stack.text(-1);
  stack.drop(1);
  return text;
}
