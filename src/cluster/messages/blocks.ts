import type { BlockRecord } from '../blocks/block-record.ts';
import { latestTime } from './bounds.ts';
import { type Form, Message } from './message.ts';

const longestPrefix = 128;

export const firstForm: Form<BlockRecord> = {
  write(packer, record) {
    packer.text(record.policy);
    packer.text(record.source);
    packer.number(record.prefix);
    packer.number(record.end);
    packer.number(record.version);
    packer.text(record.node);
    packer.text(record.by);
  },
  read: (unpacker) => ({
    policy: unpacker.text(),
    source: unpacker.text(),
    prefix: unpacker.number(longestPrefix),
    end: unpacker.number(latestTime),
    version: unpacker.number(latestTime),
    node: unpacker.text(),
    by: unpacker.text(),
  }),
};

export const blockMessage = new Message([[1, firstForm]]);
