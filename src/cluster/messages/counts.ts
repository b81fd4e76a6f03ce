import type { Count, Frame, Incarnation, WholeRow } from '../counts/frame.ts';
import { Packer, Unpacker } from './packing.ts';

/** The newest version of frames and rows that is spoken here. */
export const newestVersion = 1;

/** `at`: when it was written, by the clock of the store: what is older than a lease is no news. */
export type Dated<T> = T & { readonly at: number };

export function packFrame(frame: Dated<Frame>): Buffer {
  const packer = new Packer();
  packIncarnation(packer, frame);
  packer.number(frame.stamp);
  packer.number(frame.seq);
  packCounts(packer, frame.changes);
  packer.list(frame.acknowledgements, ({ node, epoch, seq, stamp }) => {
    packer.text(node);
    packer.number(epoch);
    packer.number(seq);
    packer.number(stamp);
  });
  packer.list(frame.wants, (node) => packer.text(node));
  return packer.packed();
}

/** Throws PackingError. */
export function unpackFrame(bytes: Buffer): Dated<Frame> {
  const unpacker = new Unpacker(bytes);
  const incarnation = unpackIncarnation(unpacker);
  const [stamp, seq] = [unpacker.number(), unpacker.number()];
  const changes = unpackCounts(unpacker);
  const acknowledgements = unpacker.list(() => ({
    node: unpacker.text(),
    epoch: unpacker.number(),
    seq: unpacker.number(),
    stamp: unpacker.number(),
  }));
  const wants = unpacker.list(() => unpacker.text());
  unpacker.end();
  return { ...incarnation, stamp, seq, changes, acknowledgements, wants };
}

export function packRow(row: Dated<WholeRow>): Buffer {
  const packer = new Packer();
  packIncarnation(packer, row);
  packer.number(row.seq);
  packCounts(packer, row.row);
  return packer.packed();
}

/** Throws PackingError. */
export function unpackRow(bytes: Buffer): Dated<WholeRow> {
  const unpacker = new Unpacker(bytes);
  const incarnation = unpackIncarnation(unpacker);
  const row = { ...incarnation, seq: unpacker.number(), row: unpackCounts(unpacker) };
  unpacker.end();
  return row;
}

function packIncarnation(packer: Packer, { node, epoch, at }: Dated<Incarnation>): void {
  packer.number(newestVersion);
  packer.number(at);
  packer.text(node);
  packer.number(epoch);
}

function unpackIncarnation(unpacker: Unpacker): Dated<Incarnation> {
  unpacker.expectVersion(newestVersion);
  const at = unpacker.number();
  return { at, node: unpacker.text(), epoch: unpacker.number() };
}

function packCounts(packer: Packer, counts: readonly Count[]): void {
  packer.list(counts, ([source, open]) => {
    packer.bytes(source);
    packer.number(open);
  });
}

function unpackCounts(unpacker: Unpacker): readonly Count[] {
  return unpacker.list((): Count => [unpacker.bytes(), unpacker.number()]);
}
