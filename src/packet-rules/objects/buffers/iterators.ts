import { ownUpvalue } from '../../../lua/host/api.ts';
import { BareLuaError } from '../../../lua/host/errors.ts';
import { binaryString } from '../../../lua/values/binary-string.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../../lua/values/stack.ts';
import type { Field, Method, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import { byteOf, checkedIndex } from '../packets/payload.ts';
import { type BufferType, bytesAt } from '../values/buffer.ts';
import type { Place, StreamView } from './stream-view.ts';

/** A position in a stream, as a later Haka has it. */
export class StreamIterator implements Place {
  view: StreamView;
  offset: number;
  /** How far it has gone, for rules to read and set. */
  meter = 0;

  constructor(view: StreamView, offset: number) {
    this.view = view;
    this.offset = offset;
    view.add(this);
  }

  get available(): number {
    return Math.max(0, this.view.length - this.offset);
  }

  advance(count: number): number {
    const passed = Math.max(0, Math.min(Math.floor(count), this.available));
    this.offset += passed;
    this.meter += passed;
    return passed;
  }
}

/** A part of a stream. */
export class StreamPart {
  readonly view: StreamView;
  readonly #begin: Place;
  readonly #end: Place;

  constructor(view: StreamView, offset: number, length: number) {
    this.view = view;
    this.#begin = view.add({ offset });
    this.#end = view.add({ offset: offset + length });
  }

  get offset(): number {
    return this.#begin.offset;
  }

  get length(): number {
    return Math.max(0, this.#end.offset - this.#begin.offset);
  }

  get bytes(): Uint8Array {
    return this.length === 0 ? new Uint8Array(0) : this.view.read(this.offset, this.length);
  }

  replace(bytes: Uint8Array): void {
    this.view.replace(this.offset, this.length, bytes, this.#end);
  }
}

/** A change is made known to all places of its view. */
const changeInstructions = 200;

/** What the methods ask for. */
export type BufferHost = {
  readonly objects: HostObjects;
  readonly buffers: BufferType;
  /** Pushes an object, and takes it from Lua when its event is over. */
  push(stack: LuaStack, object: StreamIterator | StreamPart): void;
  /** The iterator stays, and what it stands at, until it is unmarked or its connection ends. */
  keep(iterator: StreamIterator): void;
  letGo(iterator: StreamIterator): void;
};

/** The bytes of whatever holds some: a text, a buffer, or a part of a stream. */
function dataAt(stack: LuaStack, index: number, { objects, buffers }: BufferHost): Uint8Array {
  stack.meter.charge(changeInstructions);
  if (objects.is(stack, index, StreamPart)) return objects.at(stack, index, StreamPart).bytes;
  return bytesAt(stack, index, buffers);
}

/** A size at `index`: a number, or one of the words for all that there is. */
function sizeAt(stack: LuaStack, index: number, all: number): number {
  if (stack.isAbsent(index)) return all;
  if (stack.isNumber(index)) return Math.max(0, Math.min(all, stack.integer(index)));
  const word = stack.text(index);
  if (word === 'available' || word === 'all') return all;
  throw new BareLuaError(`invalid size '${word}'`);
}

function isLittle(stack: LuaStack, index: number): boolean {
  return stack.textOr(index, 'big') === 'little';
}

/** As many bytes as a number of Lua holds exactly. */
const mostNumberBytes = 6;

function numberOf(bytes: Uint8Array, little: boolean): number {
  if (bytes.length > mostNumberBytes) throw new BareLuaError('too many bytes for a number');
  const ordered = little ? bytes.toReversed() : bytes;
  return ordered.reduce((sum, byte) => sum * 256 + byte, 0);
}

function bytesOf(value: number, length: number, little: boolean): Uint8Array {
  const bytes = Uint8Array.from(
    { length },
    (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256,
  );
  return little ? bytes.toReversed() : bytes;
}

function text(stack: LuaStack, bytes: Uint8Array): number {
  stack.pushBytes(bytes);
  return 1;
}

function enough(stack: LuaStack, there: number): number {
  const isEnough = there >= stack.number(2);
  stack.pushBoolean(isEnough);
  if (isEnough) return 1;
  stack.pushNumber(there);
  return 2;
}

export function iteratorDefinition(host: BufferHost): ObjectDefinition<StreamIterator> {
  const part = (stack: LuaStack, self: StreamIterator, length: number): number => {
    host.push(stack, new StreamPart(self.view, self.offset, length));
    return 1;
  };
  const nextPart: HostFunction = (stack) => {
    const self = host.objects.at(stack, ownUpvalue(1), StreamIterator);
    const length = self.available;
    if (length === 0) return 0;
    const pushed = part(stack, self, length);
    self.advance(length);
    return pushed;
  };
  const methods: Record<string, Method<StreamIterator>> = {
    available: (stack, { available }) => {
      stack.pushNumber(available);
      return 1;
    },
    check_available: (stack, { available }) => enough(stack, available),
    advance: (stack, self) => {
      stack.pushNumber(self.advance(stack.number(2)));
      return 1;
    },
    sub: (stack, self) => {
      const length = sizeAt(stack, 2, self.available);
      const pushed = part(stack, self, length);
      self.advance(length);
      return pushed;
    },
    insert: (stack, self) => {
      const bytes = dataAt(stack, 2, host);
      const { offset } = self;
      self.view.insert(offset, bytes, self);
      host.push(stack, new StreamPart(self.view, offset, bytes.length));
      return 1;
    },
    erase: (stack, self) => {
      stack.pushNumber(self.view.erase(self.offset, sizeAt(stack, 2, self.available)));
      return 1;
    },
    replace: (stack, self) => {
      const hasSize = stack.isNumber(2) && !stack.isAbsent(3);
      const length = hasSize ? sizeAt(stack, 2, self.available) : self.available;
      const bytes = dataAt(stack, hasSize ? 3 : 2, host);
      new StreamPart(self.view, self.offset, length).replace(bytes);
      self.advance(bytes.length);
      return 0;
    },
    copy: (stack, self) => {
      host.push(stack, new StreamIterator(self.view, self.offset));
      return 1;
    },
    move_to: (stack, self) => {
      const other = host.objects.at(stack, 2, StreamIterator);
      self.view = other.view;
      self.offset = other.offset;
      self.view.add(self);
      return 0;
    },
    mark: (stack, self) => {
      self.view = self.view.markAt(self.offset, stack.boolean(2));
      self.offset = 0;
      self.view.add(self);
      host.keep(self);
      return 0;
    },
    unmark: (_, self) => {
      host.letGo(self);
      return 0;
    },
    pos: (stack, self) => {
      const isEnd = !stack.isNumber(2) && stack.textOr(2, 'begin') === 'end';
      const by = stack.isNumber(2) ? sizeAt(stack, 2, self.available) : isEnd ? self.available : 0;
      host.push(stack, new StreamIterator(self.view, self.offset + by));
      return 1;
    },
    asstring: (stack, self) => text(stack, self.view.read(self.offset, self.available)),
    foreach_available: (stack) => {
      stack.pushCopy(1);
      stack.pushClosure(nextPart, 1);
      return 1;
    },
  };
  const meter: Field<StreamIterator> = {
    get: (stack, self) => stack.pushNumber(self.meter),
    set: (stack, self) => {
      self.meter = stack.number(3);
    },
  };
  return {
    name: 'vbuffer_iterator',
    fields: { meter, iseof: { get: (stack) => stack.pushBoolean(false) } },
    methods,
    length: ({ available }) => available,
    text: (self) => binaryString(self.view.read(self.offset, self.available)),
  };
}

export function partDefinition(host: BufferHost): ObjectDefinition<StreamPart> {
  const methods: Record<string, Method<StreamPart>> = {
    size: (stack, { length }) => {
      stack.pushNumber(length);
      return 1;
    },
    check_size: (stack, { length }) => enough(stack, length),
    sub: (stack, self) => {
      const offset = stack.isAbsent(2) ? 0 : sizeAt(stack, 2, self.length);
      host.push(
        stack,
        new StreamPart(self.view, self.offset + offset, sizeAt(stack, 3, self.length - offset)),
      );
      return 1;
    },
    pos: (stack, self) => {
      const isEnd = !stack.isNumber(2) && stack.textOr(2, 'begin') === 'end';
      const by = stack.isNumber(2) ? sizeAt(stack, 2, self.length) : isEnd ? self.length : 0;
      host.push(stack, new StreamIterator(self.view, self.offset + by));
      return 1;
    },
    erase: (_, self) => {
      self.view.erase(self.offset, self.length);
      return 0;
    },
    replace: (stack, self) => {
      self.replace(dataAt(stack, 2, host));
      return 0;
    },
    setstring: (stack, self) => {
      self.replace(dataAt(stack, 2, host));
      return 0;
    },
    setfixedstring: (stack, self) => {
      const { bytes } = self;
      bytes.set(dataAt(stack, 2, host).subarray(0, bytes.length));
      self.replace(bytes);
      return 0;
    },
    zero: (_, self) => {
      self.replace(new Uint8Array(self.length));
      return 0;
    },
    asstring: (stack, { bytes }) => text(stack, bytes),
    asnumber: (stack, { bytes }) => {
      stack.pushNumber(numberOf(bytes, isLittle(stack, 2)));
      return 1;
    },
    setnumber: (stack, self) => {
      self.replace(bytesOf(stack.number(2), self.length, isLittle(stack, 3)));
      return 0;
    },
    asbits: (stack, { bytes }) => {
      const [offset, length] = [stack.integer(2), stack.integer(3)];
      const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
      stack.pushNumber(Number.parseInt(bits.slice(offset, offset + length) || '0', 2));
      return 1;
    },
    // It is one piece for whoever reads it.
    flatten: () => 0,
    isflat: (stack) => {
      stack.pushBoolean(true);
      return 1;
    },
  };
  return {
    name: 'vbuffer_sub',
    methods,
    length: ({ length }) => length,
    element: (stack, { bytes }, index) => stack.pushNumber(bytes[checkedIndex(index, bytes.length)] ?? 0),
    setElement: (stack, self, index) => {
      const { bytes } = self;
      bytes[checkedIndex(index, bytes.length)] = byteOf(stack);
      self.replace(bytes);
    },
    text: ({ bytes }) => binaryString(bytes),
  };
}
