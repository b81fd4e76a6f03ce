// Classic BPF, <linux/filter.h>: an instruction is its code, two jumps and a value.
const LOAD_WORD = 0x20;
const ADD_INDEX = 0x0c;
const XOR_VALUE = 0xa4;
const MULTIPLY_VALUE = 0x24;
const SHIFT_RIGHT_VALUE = 0x74;
const TO_INDEX = 0x07;
const RETURN_ACCUMULATOR = 0x16;
/** In the place of an offset: counted from the header of IP. */
const FROM_NETWORK_HEADER = 0xfff00000;

const INSTRUCTION_BYTES = 8;
/** Bits of a word that are left for 16 queues. */
const SHIFT = 28;
/** Where the source stands in a header. */
const SOURCE_IPV4 = 12;
const SOURCE_IPV6 = 8;

type Instruction = readonly [code: number, value: number];

/**
 * A program that gives a connection its queue, 0 to 15, by a hash of its source: the address of IPv4, the first 64 bits
 * of IPv6. What nobody can guess is in the hash, or an attacker would aim at the queue of a victim.
 *
 * @param random a whole number below its argument
 */
export function steeringProgram(isIPv6: boolean, random: (below: number) => number): Uint8Array {
  const seed = random(2 ** 32);
  const factor = (): number => random(2 ** 31) * 2 + 1;
  const hashed: readonly Instruction[] = [
    [XOR_VALUE, seed],
    [MULTIPLY_VALUE, factor()],
  ];
  const source: readonly Instruction[] = isIPv6
    ? [
        [LOAD_WORD, FROM_NETWORK_HEADER + SOURCE_IPV6],
        ...hashed,
        [TO_INDEX, 0],
        [LOAD_WORD, FROM_NETWORK_HEADER + SOURCE_IPV6 + 4],
        [ADD_INDEX, 0],
      ]
    : [[LOAD_WORD, FROM_NETWORK_HEADER + SOURCE_IPV4], ...hashed];
  // Twice: of one product alone, the high bits follow the high bits of the source.
  return encode([
    ...source,
    [TO_INDEX, 0],
    [SHIFT_RIGHT_VALUE, 15],
    [ADD_INDEX, 0],
    [MULTIPLY_VALUE, factor()],
    [SHIFT_RIGHT_VALUE, SHIFT],
    [RETURN_ACCUMULATOR, 0],
  ]);
}

function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  instructions.forEach(([code, value], index) => {
    view.setUint16(index * INSTRUCTION_BYTES, code, true);
    view.setUint32(index * INSTRUCTION_BYTES + 4, value, true);
  });
  return bytes;
}
