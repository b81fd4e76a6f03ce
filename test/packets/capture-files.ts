type PcapRecord = {
  readonly seconds: number;
  readonly fraction: number;
  readonly bytes: Uint8Array;
  readonly claimed?: number;
};

function word(value: number, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (isLittle) bytes.writeUInt32LE(value >>> 0);
  else bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function short(value: number, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc(2);
  if (isLittle) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

/** A classic capture, whose records may lie. */
export function pcap(
  isLittle: boolean,
  nanosecond: boolean,
  linkType: number,
  records: readonly PcapRecord[],
): Buffer {
  const number = (value: number): Buffer => word(value, isLittle);
  const magic = nanosecond ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = [
    number(magic),
    short(2, isLittle),
    short(4, isLittle),
    ...[0, 0, 65_535, linkType].map(number),
  ];
  const bodies = records.flatMap(({ seconds, fraction, bytes, claimed }) => [
    ...[seconds, fraction, claimed ?? bytes.length, bytes.length].map(number),
    bytes,
  ]);
  return Buffer.concat([...header, ...bodies]);
}

export type Block = { readonly claimedLength?: number } & (
  | {
      readonly kind: 'interface';
      readonly linkType: number;
      readonly snapLength: number;
      readonly resolution?: number;
      readonly offset?: number;
    }
  | {
      readonly kind: 'packet';
      readonly interface: number;
      readonly time: bigint;
      readonly bytes: Uint8Array;
      readonly claimed?: number;
    }
  | { readonly kind: 'simple'; readonly original: number; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly type: number; readonly body: Uint8Array }
);

const types = { interface: 1, packet: 6, simple: 3 } as const;

/** A section of a pcapng capture, whose blocks may lie. */
export function pcapng(isLittle: boolean, blocks: readonly Block[]): Buffer {
  const number = (value: number): Buffer => word(value, isLittle);
  const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const option = (code: number, value: Uint8Array): Buffer =>
    Buffer.concat([short(code, isLittle), short(value.length, isLittle), padded(value)]);
  const framed = (type: number, body: Uint8Array, claimed = body.length + 12): Buffer =>
    Buffer.concat([number(type), number(claimed), body, number(claimed)]);
  const bodyOf = (block: Exclude<Block, { kind: 'other' }>): Buffer => {
    if (block.kind === 'interface') {
      const offset = Buffer.alloc(8);
      if (isLittle) offset.writeBigInt64LE(BigInt(block.offset ?? 0));
      else offset.writeBigInt64BE(BigInt(block.offset ?? 0));
      return Buffer.concat([
        short(block.linkType, isLittle),
        short(0, isLittle),
        number(block.snapLength),
        option(2, Buffer.from('eth0x')),
        ...(block.resolution === undefined ? [] : [option(9, Uint8Array.of(block.resolution))]),
        ...(block.offset === undefined ? [] : [option(14, offset)]),
        option(0, Buffer.alloc(0)),
      ]);
    }
    if (block.kind === 'simple') return Buffer.concat([number(block.original), padded(block.bytes)]);
    const { time, bytes, claimed } = block;
    const words = [
      block.interface,
      Number(time >> 32n),
      Number(time & 0xffff_ffffn),
      claimed ?? bytes.length,
      bytes.length,
    ];
    return Buffer.concat([...words.map(number), padded(bytes), option(1, Buffer.from('note'))]);
  };
  const section = framed(
    0x0a0d0d0a,
    Buffer.concat([
      number(0x1a2b3c4d),
      short(1, isLittle),
      short(0, isLittle),
      number(0xffff_ffff),
      number(0xffff_ffff),
    ]),
  );
  return Buffer.concat([
    section,
    ...blocks.map((block) =>
      block.kind === 'other'
        ? framed(block.type, block.body)
        : framed(types[block.kind], bodyOf(block), block.claimedLength),
    ),
  ]);
}
