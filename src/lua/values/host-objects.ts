import { LuaError } from '../host/errors.ts';
import { wordBytes } from '../host/instance.ts';
import type { LuaState } from '../host/state.ts';
import type { LuaStack } from './stack.ts';
import { type ObjectDefinition, UserdataType } from './userdata-type.ts';

type Handle = { object: object | undefined; generation: number; reference: bigint; readonly slot: number };

/** A class of host objects. */
type Kind<T> = abstract new (...values: never[]) => T;

type KnownType = {
  push(stack: LuaStack, object: object): void;
  at(stack: LuaStack, index: number): object;
  is(stack: LuaStack, index: number): boolean;
};

const handleBytes = 2 * wordBytes;

/** Objects of the host. Each is one userdata from `push` to `release`; then using that is an error in Lua. */
export class HostType<T extends object> extends UserdataType<T> {
  readonly #isKind: (object: object) => object is T;
  readonly #table: HostObjects;
  readonly #isOfCall: boolean;

  /** @param isOfCall whether `releaseCall` takes it. */
  constructor(
    state: LuaState,
    number: number,
    definition: ObjectDefinition<T>,
    table: HostObjects,
    isKind: (object: object) => object is T,
    isOfCall: boolean,
  ) {
    super(state, number, definition);
    this.#isKind = isKind;
    this.#table = table;
    this.#isOfCall = isOfCall;
  }

  override at(stack: LuaStack, index: number): T {
    const { instance } = stack;
    const payload = this.payloadOf(stack, index);
    const object = this.#table.find(instance.word(payload), instance.word(payload + wordBytes));
    if (object === undefined || !this.#isKind(object))
      throw new LuaError(`this ${this.name} is gone: it can't be used any more`);
    return object;
  }

  push(stack: LuaStack, object: T): void {
    const known = this.#table.handleOf(object);
    if (known !== undefined) {
      stack.pushKept(known.reference);
      return;
    }
    const payload = this.pushNew(stack, handleBytes);
    stack.pushCopy(-1);
    const handle = this.#table.enter(object, this.state.keep(), this.#isOfCall);
    stack.instance.setWord(payload, handle.slot);
    stack.instance.setWord(payload + wordBytes, handle.generation);
  }
}

/** Values whose bytes are in Lua's own memory, where its collector frees them. */
export class ValueType extends UserdataType<Uint8Array> {
  /** A view, valid until Lua's memory grows. */
  override at(stack: LuaStack, index: number): Uint8Array {
    const { instance } = stack;
    const payload = this.payloadOf(stack, index);
    return instance.bytes.subarray(payload, payload - wordBytes + stack.rawLength(index));
  }

  push(stack: LuaStack, value: Uint8Array): void {
    const own = value.buffer === stack.instance.bytes.buffer ? value.slice() : value;
    const payload = this.pushNew(stack, own.length);
    stack.instance.bytes.set(own, payload);
  }
}

/** The objects of the host that a state holds. Slots are reused: a userdata holds the generation of its slot. */
export class HostObjects {
  readonly #state: LuaState;
  readonly #handles: Handle[] = [];
  readonly #free: Handle[] = [];
  readonly #known = new Map<object, Handle>();
  /** By the class of its objects. */
  readonly #kinds = new Map<unknown, KnownType>();
  #ofCall: object[] = [];
  #types = 0;

  constructor(state: LuaState) {
    this.#state = state;
  }

  /** Defines a class of objects that `releaseCall` takes from Lua. */
  defineOfCall<T extends object>(kind: Kind<T>, definition: ObjectDefinition<T>): HostType<T> {
    return this.#add(kind, definition, true);
  }

  /** Defines a class of objects that Lua may hold until `release`. */
  defineLasting<T extends object>(kind: Kind<T>, definition: ObjectDefinition<T>): HostType<T> {
    return this.#add(kind, definition, false);
  }

  defineValue(definition: ObjectDefinition<Uint8Array>): ValueType {
    this.#types++;
    return new ValueType(this.#state, this.#types, definition);
  }

  /** Pushes an object of a class that was defined. */
  push(stack: LuaStack, object: object): void {
    const type = this.#kinds.get(object.constructor);
    if (type === undefined) throw new TypeError(`${object.constructor.name} is not known to Lua`);
    type.push(stack, object);
  }

  pushOrNil(stack: LuaStack, object: object | undefined): void {
    if (object === undefined) stack.pushNil();
    else this.push(stack, object);
  }

  /** The object at `index`, which must be one of that class. */
  at<T extends object>(stack: LuaStack, index: number, kind: Kind<T>): T {
    const type = this.#kinds.get(kind);
    const object = type?.at(stack, index);
    if (!(object instanceof kind)) throw new TypeError(`${kind.name} is not known to Lua`);
    return object;
  }

  /** Whether the value at `index` is an object of that class. */
  is(stack: LuaStack, index: number, kind: Kind<object>): boolean {
    return this.#kinds.get(kind)?.is(stack, index) ?? false;
  }

  /** Takes an object from Lua. */
  release(object: object): void {
    const handle = this.#known.get(object);
    if (handle === undefined) return;
    this.#known.delete(object);
    this.#state.release(handle.reference);
    handle.object = undefined;
    handle.generation = (handle.generation + 1) >>> 0;
    this.#free.push(handle);
  }

  /** Keeps all objects that `releaseCall` would take, until `release`. */
  keepCall(): void {
    this.#ofCall = [];
  }

  releaseCall(): void {
    if (this.#ofCall.length === 0) return;
    for (const object of this.#ofCall) this.release(object);
    this.#ofCall = [];
  }

  handleOf(object: object): Handle | undefined {
    return this.#known.get(object);
  }

  find(slot: number, generation: number): object | undefined {
    const handle = this.#handles[slot];
    return handle?.generation === generation ? handle.object : undefined;
  }

  enter(object: object, reference: bigint, isOfCall: boolean): Handle {
    const handle = this.#free.pop() ?? this.#newHandle();
    handle.object = object;
    handle.reference = reference;
    this.#known.set(object, handle);
    if (isOfCall) this.#ofCall.push(object);
    return handle;
  }

  #newHandle(): Handle {
    const handle: Handle = { object: undefined, generation: 0, reference: 0n, slot: this.#handles.length };
    this.#handles.push(handle);
    return handle;
  }

  #add<T extends object>(kind: Kind<T>, definition: ObjectDefinition<T>, isOfCall: boolean): HostType<T> {
    this.#types++;
    const isKind = (object: object): object is T => object instanceof kind;
    const type = new HostType(this.#state, this.#types, definition, this, isKind, isOfCall);
    this.#kinds.set(kind, type);
    return type;
  }
}
