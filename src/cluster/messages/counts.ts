import type { Count, Frame, Incarnation, WholeRow } from '../counts/frame.ts';
import { latestTime, longestAhead, mostConnections, mostSteps } from './bounds.ts';
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
    stamp: unpacker.number(mostSteps),
    seq: unpacker.number(mostSteps),
    changes: readCounts(unpacker),
    acknowledgements: unpacker.list(() => ({
      node: unpacker.text(),
      epoch: unpacker.number(latestTime),
      seq: unpacker.number(mostSteps),
      stamp: unpacker.number(mostSteps),
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
    seq: unpacker.number(mostSteps),
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
  const at = unpacker.number(latestTime);
  // It began before it said so.
  return { at, node: unpacker.text(), epoch: unpacker.number(at + longestAhead) };
}

function writeCounts(packer: Packer, counts: readonly Count[]): void {
  packer.list(counts, ([source, open]) => {
    packer.bytes(source);
    packer.number(open);
  });
}

function readCounts(unpacker: Unpacker): readonly Count[] {
  return unpacker.list((): Count => [unpacker.bytes(), unpacker.number(mostConnections)]);
}
