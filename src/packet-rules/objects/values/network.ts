import { luaType } from '../../../lua/host/api.ts';
import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects, ValueType } from '../../../lua/values/host-objects.ts';
import type { HostFunction } from '../../../lua/values/stack.ts';
import type { RulesLog } from '../../reporting/rules-log.ts';
import { type AddressType, addressAt, addressText, parseAddress } from './address.ts';

const fault = 'Invalid IPv4 network address format';
const bitsInAByte = 8;

/** Networks: values of the bytes of the address, followed by the length of the prefix. */
export type NetworkType = ValueType;

function masked(address: Uint8Array, length: number): Uint8Array {
  return address.map((byte, index) => {
    const bits = Math.min(bitsInAByte, Math.max(0, length - index * bitsInAByte));
    return byte & (0xff << (bitsInAByte - bits));
  });
}

function addressOf(self: Uint8Array): Uint8Array {
  return self.slice(0, -1);
}
function lengthOf(self: Uint8Array): number {
  return self[self.length - 1] ?? 0;
}

/** Its first address. */
function firstOf(self: Uint8Array): Uint8Array {
  return masked(addressOf(self), lengthOf(self));
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return lengthOf(one) === lengthOf(other) && Buffer.compare(firstOf(one), firstOf(other)) === 0;
}

/**
 * ipv4.network of a text ("10.0.0.0/8"), whose host bits are cleared with a warning, or of an address and a length,
 * which keeps the address as it is.
 */
export function networkFunction(networks: NetworkType, addresses: AddressType, log: RulesLog): HostFunction {
  return (stack) => {
    let address: Uint8Array | undefined;
    let length: number;
    const isText = stack.type(1) === luaType.string && stack.isAbsent(2);
    if (isText) {
      const [, text = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(stack.text(1)) ?? [];
      address = parseAddress(text);
      length = bits === '' ? Number.NaN : Number(bits);
    } else {
      address = addressAt(stack, 1, addresses);
      length = stack.integer(2);
    }
    if (address === undefined || !(length >= 0 && length <= address.length * bitsInAByte)) {
      throw new BareLuaError(fault);
    }
    const net = isText ? masked(address, length) : address;
    if (Buffer.compare(net, address) !== 0) log.log('warn', 'ipv4', 'Incorrect network mask');
    networks.push(stack, Uint8Array.of(...net, length));
    return 1;
  };
}

export function defineNetwork(objects: HostObjects, addresses: AddressType): NetworkType {
  const type = (): NetworkType => networks;
  const networks: NetworkType = objects.defineValue({
    name: 'network',
    fields: {
      net: { get: (stack, self) => addresses.push(stack, addressOf(self)) },
      mask: { get: (stack, self) => stack.pushNumber(lengthOf(self)) },
    },
    methods: {
      contains: (stack, self) => {
        const net = firstOf(self);
        const address = addressAt(stack, 2, addresses);
        stack.pushBoolean(
          address.length === net.length && Buffer.compare(masked(address, lengthOf(self)), net) === 0,
        );
        return 1;
      },
    },
    operators: {
      __eq: (stack) => {
        const isBoth = type().is(stack, 1) && type().is(stack, 2);
        stack.pushBoolean(isBoth && isSame(type().at(stack, 1), type().at(stack, 2)));
        return 1;
      },
    },
    text: (self) => `${addressText(addressOf(self))}/${lengthOf(self)}`,
  });
  return networks;
}
