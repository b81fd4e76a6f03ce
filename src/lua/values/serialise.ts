import { luaType } from '../host/api.ts';
import { LuaError } from '../host/errors.ts';
import type { LuaStack } from './stack.ts';

/** Tables may nest so deep. One that holds itself nests deeper. */
const deepest = 32;

const NIL = 0;
const FALSE = 1;
const TRUE = 2;
const INTEGER = 3;
const FLOAT = 4;
const STRING = 5;
const TABLE = 6;

/** Bytes that are written or read one value after another. */
class Cursor {
  bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  room(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const larger = Buffer.alloc(2 * (this.at + size));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  putByte(value: number): void {
    this.room(1);
    this.at = this.bytes.writeUInt8(value, this.at);
  }

  putSize(value: number): void {
    this.room(4);
    this.at = this.bytes.writeUInt32LE(value, this.at);
  }
}

/**
 * The value at an absolute `index` as bytes that `restore` reads: nil, booleans, numbers, strings and tables of those.
 * Metamethods are not asked.
 *
 * @throws LuaError when it is more than `mostBytes`, nests deeper than 32 tables, or holds something else.
 */
export function serialise(stack: LuaStack, index: number, mostBytes: number): Uint8Array {
  const cursor = new Cursor(Buffer.alloc(64));
  write(stack, index, cursor, mostBytes, 0);
  return cursor.bytes.subarray(0, cursor.at);
}

function write(stack: LuaStack, index: number, cursor: Cursor, mostBytes: number, depth: number): void {
  stack.meter.charge(1);
  const type = stack.type(index);
  if (type === luaType.nil) cursor.putByte(NIL);
  else if (type === luaType.boolean) cursor.putByte(stack.boolean(index) ? TRUE : FALSE);
  else if (type === luaType.number) writeNumber(stack, index, cursor);
  else if (type === luaType.string) writeString(stack, index, cursor, mostBytes);
  else if (type === luaType.table) writeTable(stack, index, cursor, mostBytes, depth);
  else throw new LuaError(`a ${stack.typeName(index)} can't be kept outside of the script`);
  if (cursor.at > mostBytes) throw new LuaError(`a value of more than ${mostBytes} bytes`);
}

function writeNumber(stack: LuaStack, index: number, cursor: Cursor): void {
  cursor.room(9);
  if (stack.isInteger(index)) {
    cursor.putByte(INTEGER);
    cursor.at = cursor.bytes.writeBigInt64LE(stack.wideInteger(index), cursor.at);
  } else {
    cursor.putByte(FLOAT);
    cursor.at = cursor.bytes.writeDoubleLE(stack.number(index), cursor.at);
  }
}

function writeString(stack: LuaStack, index: number, cursor: Cursor, mostBytes: number): void {
  const { at, length } = stack.view(index);
  if (length > mostBytes) throw new LuaError(`a value of more than ${mostBytes} bytes`);
  stack.meter.chargeBytes(length);
  cursor.putByte(STRING);
  cursor.putSize(length);
  cursor.room(length);
  cursor.bytes.set(stack.instance.bytes.subarray(at, at + length), cursor.at);
  cursor.at += length;
}

function writeTable(stack: LuaStack, index: number, cursor: Cursor, mostBytes: number, depth: number): void {
  if (depth >= deepest) throw new LuaError(`a table that nests deeper than ${deepest}, or holds itself`);
  if (!stack.reserve(4)) throw new LuaError('stack overflow');
  cursor.putByte(TABLE);
  stack.pushNil();
  while (stack.next(index)) {
    const key = stack.count - 1;
    write(stack, key, cursor, mostBytes, depth + 1);
    write(stack, key + 1, cursor, mostBytes, depth + 1);
    stack.drop(1);
  }
  cursor.putByte(NIL);
}

/** Pushes what `serialise` wrote. */
export function restore(stack: LuaStack, bytes: Uint8Array): void {
  const cursor = new Cursor(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  read(stack, cursor, cursor.bytes.readUInt8(cursor.at++));
}

function read(stack: LuaStack, cursor: Cursor, kind: number): void {
  stack.meter.charge(1);
  const { bytes } = cursor;
  if (kind === NIL) stack.pushNil();
  else if (kind === FALSE || kind === TRUE) stack.pushBoolean(kind === TRUE);
  else if (kind === INTEGER) {
    stack.pushInteger(bytes.readBigInt64LE(cursor.at));
    cursor.at += 8;
  } else if (kind === FLOAT) {
    stack.pushNumber(bytes.readDoubleLE(cursor.at));
    cursor.at += 8;
  } else if (kind === STRING) {
    const start = cursor.at + 4;
    cursor.at = start + bytes.readUInt32LE(cursor.at);
    stack.pushBytes(bytes.subarray(start, cursor.at));
  } else readTable(stack, cursor);
}

function readTable(stack: LuaStack, cursor: Cursor): void {
  if (!stack.reserve(4)) throw new LuaError('stack overflow');
  stack.pushTable();
  const table = stack.count;
  for (
    let kind = cursor.bytes.readUInt8(cursor.at++);
    kind !== NIL;
    kind = cursor.bytes.readUInt8(cursor.at++)
  ) {
    read(stack, cursor, kind);
    read(stack, cursor, cursor.bytes.readUInt8(cursor.at++));
    stack.setEntry(table);
  }
}
