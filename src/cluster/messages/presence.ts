import { Packer, Unpacker } from './packing.ts';

/** That a node is there. */
export type Presence = {
  readonly node: string;
  /** Of this life of it: each has another. */
  readonly life: number;
  /** When it said so, by the clock of the store, in milliseconds. */
  readonly at: number;
  /** How far its own clock is ahead of that of the store, in milliseconds. */
  readonly clockAhead: number;
  /** Of Levee. */
  readonly version: string;
};

const version = 1;
/** So that it can be packed, whichever clock is ahead. */
const middle = 2 ** 52;

export function packPresence(presence: Presence): Buffer {
  const packer = new Packer();
  packer.number(version);
  packer.text(presence.node);
  packer.number(presence.life);
  packer.number(Math.round(presence.at));
  packer.number(middle + Math.round(presence.clockAhead));
  packer.text(presence.version);
  return packer.packed();
}

/** Throws PackingError. */
export function unpackPresence(bytes: Buffer): Presence {
  const unpacker = new Unpacker(bytes);
  unpacker.expectVersion(version);
  const presence = {
    node: unpacker.text(),
    life: unpacker.number(),
    at: unpacker.number(),
    clockAhead: unpacker.number() - middle,
    version: unpacker.text(),
  };
  unpacker.end();
  return presence;
}
