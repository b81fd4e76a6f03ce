import { BareLuaError } from '../../../lua/host/errors.ts';
import type { Field, Method, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Packet } from '../../../packets/packet.ts';

/** Methods that change their packet. */
const writing: ReadonlySet<string> = new Set(['resize', 'compute_checksum']);

/** In pass-through mode rules may only change packets that they have made. @throws LuaError for others */
export function checkWritable(packet: Packet, isPassThrough: boolean): void {
  // Then a captured packet is never changed, and a new one counts as changed from the start.
  if (isPassThrough && !packet.isChanged)
    throw new BareLuaError('operation not supported (pass-through mode)');
}

function mapped<From, To>(
  entries: Readonly<Record<string, From>>,
  map: (entry: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, map(entry, name)]));
}

/** A definition for pass-through mode, in which changing a captured packet is an error. */
export function readOnly<T>(
  definition: ObjectDefinition<T>,
  packetOf: (self: T) => Packet,
): ObjectDefinition<T> {
  const check = (self: T): void => checkWritable(packetOf(self), true);
  const { fields = {}, methods = {}, setElement } = definition;
  const checkedField = (field: Field<T>): Field<T> => {
    const { get, set } = field;
    if (set === undefined) return field;
    return {
      get,
      set: (stack, self) => {
        check(self);
        set(stack, self);
      },
    };
  };
  const checkedMethod = (method: Method<T>, name: string): Method<T> => {
    if (!writing.has(name)) return method;
    return (stack, self) => {
      check(self);
      return method(stack, self);
    };
  };
  return {
    ...definition,
    fields: mapped(fields, checkedField),
    methods: mapped(methods, checkedMethod),
    ...(setElement === undefined
      ? {}
      : {
          setElement: (stack, self, index) => {
            check(self);
            setElement(stack, self, index);
          },
        }),
  };
}
