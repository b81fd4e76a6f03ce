import { latestTime, mostSteps } from './bounds.ts';
import { Packer, Unpacker } from './packing.ts';
import type { Versions } from './versions.ts';

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
  /** Which versions it understands of all else that nodes tell each other. */
  readonly speaks: Versions;
  /** The shared revision that it runs; 0: none. And why it does not run the newest one, or ''. */
  readonly configuration: number;
  readonly fault: string;
};

/** Of the beginning, as far as it is written here. It never rises: nodes of all versions must read each other's presence. */
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
  packer.number(presence.speaks.oldest);
  packer.number(presence.speaks.newest);
  packer.number(presence.configuration);
  packer.text(presence.fault);
  return packer.packed();
}

/** What stands behind it is for nodes of a later version. Throws PackingError. */
export function unpackPresence(bytes: Buffer): Presence {
  const unpacker = new Unpacker(bytes);
  unpacker.expectVersion(version);
  return {
    node: unpacker.text(),
    life: unpacker.number(latestTime),
    at: unpacker.number(latestTime),
    clockAhead: unpacker.number() - middle,
    version: unpacker.text(),
    speaks: { oldest: unpacker.number(mostSteps), newest: unpacker.number(mostSteps) },
    configuration: unpacker.number(mostSteps),
    fault: unpacker.text(),
  };
}
