import type { BlockRecord } from '../blocks/block-record.ts';
import { Packer, Unpacker } from './packing.ts';

const version = 1;

export function packBlock(record: BlockRecord): Buffer {
  const packer = new Packer();
  packer.number(version);
  packer.text(record.policy);
  packer.text(record.source);
  packer.number(record.prefix);
  packer.number(record.end);
  packer.number(record.version);
  packer.text(record.node);
  packer.text(record.by);
  return packer.packed();
}

/** Throws PackingError. */
export function unpackBlock(bytes: Buffer): BlockRecord {
  const unpacker = new Unpacker(bytes);
  unpacker.expectVersion(version);
  const record = {
    policy: unpacker.text(),
    source: unpacker.text(),
    prefix: unpacker.number(),
    end: unpacker.number(),
    version: unpacker.number(),
    node: unpacker.text(),
    by: unpacker.text(),
  };
  unpacker.end();
  return record;
}
