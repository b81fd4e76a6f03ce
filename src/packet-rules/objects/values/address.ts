import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { luaType } from '../../../lua/host/api.ts';
import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects, ValueType } from '../../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../../lua/values/stack.ts';
import { wrap } from '../number-field.ts';

const fault = 'Invalid IPv4 address format';
const ipv4Bytes = 4;

/** Addresses of IPv4 and IPv6: values of 4 and 16 bytes. */
export type AddressType = ValueType;

export function addressText(bytes: Uint8Array): string {
  return bytes.length === ipv4Bytes ? bytes.join('.') : ipaddr.fromByteArray([...bytes]).toString();
}

export function bytesOfNumber(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The bytes of an address of IPv4 or IPv6 in a text; undefined when it is neither. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv6(text)) return Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray());
  const parts = text.split('.');
  if (parts.length !== ipv4Bytes || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

/** The address at `index`, which is an object, a text, or the number of an IPv4 address. @throws LuaError */
export function addressAt(stack: LuaStack, index: number, addresses: AddressType): Uint8Array {
  const type = stack.type(index);
  if (type === luaType.number) return bytesOfNumber(wrap(stack.number(index), 32));
  if (type !== luaType.string) return addresses.at(stack, index).slice();
  const parsed = parseAddress(stack.text(index));
  if (parsed === undefined) throw new BareLuaError(fault);
  return parsed;
}

/** ipv4.addr of a text ("1.2.3.4"), of one number, or of four. */
export function addressFunction(addresses: AddressType): HostFunction {
  return (stack) => {
    const bytes =
      stack.count >= ipv4Bytes
        ? Uint8Array.from({ length: ipv4Bytes }, (_, index) => wrap(stack.number(index + 1), 8))
        : addressAt(stack, 1, addresses);
    addresses.push(stack, bytes);
    return 1;
  };
}

function compared(addresses: () => AddressType, test: (order: number) => boolean): HostFunction {
  return (stack) => {
    const type = addresses();
    const isBoth = type.is(stack, 1) && type.is(stack, 2);
    if (!isBoth && !test(1) && !test(0))
      throw new BareLuaError('an address can be compared with another only');
    stack.pushBoolean(isBoth && test(Buffer.compare(type.at(stack, 1), type.at(stack, 2))));
    return 1;
  };
}

export function defineAddress(objects: HostObjects): AddressType {
  const type = (): AddressType => addresses;
  const addresses: AddressType = objects.defineValue({
    name: 'addr',
    fields: {
      packed: {
        get: (stack, self) =>
          stack.pushNumber(self.length === ipv4Bytes ? Buffer.from(self).readUInt32BE(0) : Number.NaN),
      },
    },
    operators: {
      __eq: compared(type, (order) => order === 0),
      __lt: compared(type, (order) => order < 0),
      __le: compared(type, (order) => order <= 0),
    },
    text: addressText,
  });
  return addresses;
}
