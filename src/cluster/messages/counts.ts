import type { Count, Frame, Incarnation, WholeRow } from '../counts/frame.ts';
import { type Form, Message } from './message.ts';
import type { Packer, Unpacker } from './packing.ts';

/** `at`: when it was written, by the clock of the store: what is older than a lease is no news. */
export type Dated<T> = T & { readonly at: number };

const firstFrame: Form<Dated<Frame>> = {
  write(packer, frame) {
    writeIncarnation(packer, frame);
    packer.number(frame.stamp);
    packer.number(frame.seq);
    writeCounts(packer, frame.changes);
    packer.list(frame.acknowledgements, ({ node, epoch, seq, stamp }) => {
      packer.text(node);
      packer.number(epoch);
      packer.number(seq);
      packer.number(stamp);
    });
    packer.list(frame.wants, (node) => packer.text(node));
  },
  read: (unpacker) => ({
    ...readIncarnation(unpacker),
    stamp: unpacker.number(),
    seq: unpacker.number(),
    changes: readCounts(unpacker),
    acknowledgements: unpacker.list(() => ({
      node: unpacker.text(),
      epoch: unpacker.number(),
      seq: unpacker.number(),
      stamp: unpacker.number(),
    })),
    wants: unpacker.list(() => unpacker.text()),
  }),
};

const firstRow: Form<Dated<WholeRow>> = {
  write(packer, row) {
    writeIncarnation(packer, row);
    packer.number(row.seq);
    writeCounts(packer, row.row);
  },
  read: (unpacker) => ({
    ...readIncarnation(unpacker),
    seq: unpacker.number(),
    row: readCounts(unpacker),
  }),
};

export const frameMessage = new Message([[1, firstFrame]]);
export const rowMessage = new Message([[1, firstRow]]);

function writeIncarnation(packer: Packer, { node, epoch, at }: Dated<Incarnation>): void {
  packer.number(at);
  packer.text(node);
  packer.number(epoch);
}

function readIncarnation(unpacker: Unpacker): Dated<Incarnation> {
  return { at: unpacker.number(), node: unpacker.text(), epoch: unpacker.number() };
}

function writeCounts(packer: Packer, counts: readonly Count[]): void {
  packer.list(counts, ([source, open]) => {
    packer.bytes(source);
    packer.number(open);
  });
}

function readCounts(unpacker: Unpacker): readonly Count[] {
  return unpacker.list((): Count => [unpacker.bytes(), unpacker.number()]);
}
