import type { BlockRecord } from '../blocks/block-record.ts';
import { type Form, Message } from './message.ts';

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
    prefix: unpacker.number(),
    end: unpacker.number(),
    version: unpacker.number(),
    node: unpacker.text(),
    by: unpacker.text(),
  }),
};

export const blockMessage = new Message([[1, firstForm]]);
