import { BareCommandError } from '../../lua/errors.ts';
import { TYPE } from '../../lua/exports.ts';
import type { HostObjects, ValueType } from '../../lua/host-objects.ts';
import type { Command } from '../../lua/stack.ts';
import type { RulesLog } from '../log.ts';
import { type AddressType, addressAt, addressText, parseAddress } from './address.ts';

const FAULT = 'Invalid IPv4 network address format';
const BITS_IN_A_BYTE = 8;

/** Networks: the bytes of the address, and behind them the length of the prefix. */
export type NetworkType = ValueType;

const masked = (address: Uint8Array, length: number): Uint8Array =>
  address.map((byte, index) => {
    const bits = Math.min(BITS_IN_A_BYTE, Math.max(0, length - index * BITS_IN_A_BYTE));
    return byte & (0xff << (BITS_IN_A_BYTE - bits));
  });

const addressOf = (self: Uint8Array): Uint8Array => self.slice(0, -1);
const lengthOf = (self: Uint8Array): number => self[self.length - 1] ?? 0;

/** ipv4.network("10.0.0.0/8"), or of an address and a length. Host bits are cleared, and told of. */
export const networkCommand =
  (networks: NetworkType, addresses: AddressType, log: RulesLog): Command =>
  (stack) => {
    let address: Uint8Array | undefined;
    let length: number;
    if (stack.type(1) === TYPE.string && stack.isAbsent(2)) {
      const [, text = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(stack.text(1)) ?? [];
      address = parseAddress(text);
      length = bits === '' ? Number.NaN : Number(bits);
    } else {
      address = addressAt(stack, 1, addresses);
      length = stack.integer(2);
    }
    if (address === undefined || !(length >= 0 && length <= address.length * BITS_IN_A_BYTE)) {
      throw new BareCommandError(FAULT);
    }
    const net = masked(address, length);
    if (Buffer.compare(net, address) !== 0) log.log('warn', 'ipv4', 'Incorrect network mask');
    networks.push(stack, Uint8Array.of(...net, length));
    return 1;
  };

export const defineNetwork = (objects: HostObjects, addresses: AddressType): NetworkType => {
  const type = (): NetworkType => networks;
  const networks: NetworkType = objects.defineValue({
    name: 'network',
    fields: {
      net: { get: (stack, self) => addresses.push(stack, addressOf(self)) },
      mask: { get: (stack, self) => stack.pushNumber(lengthOf(self)) },
    },
    methods: {
      contains: (stack, self) => {
        const [net, length] = [addressOf(self), lengthOf(self)];
        const address = addressAt(stack, 2, addresses);
        stack.pushBoolean(
          address.length === net.length && Buffer.compare(masked(address, length), net) === 0,
        );
        return 1;
      },
    },
    operators: {
      __eq: (stack) => {
        const isBoth = type().is(stack, 1) && type().is(stack, 2);
        stack.pushBoolean(isBoth && Buffer.compare(type().at(stack, 1), type().at(stack, 2)) === 0);
        return 1;
      },
    },
    text: (self) => `${addressText(addressOf(self))}/${lengthOf(self)}`,
  });
  return networks;
};
