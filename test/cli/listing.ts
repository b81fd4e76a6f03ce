import { Catalogue } from '../../schemas/catalogue.ts';
import { nameKey, numberKey } from '../../schemas/key.ts';
import { addressRange } from '../../schemas/kinds/addresses/address-range.ts';
import { choice } from '../../schemas/kinds/choices/choice.ts';
import { integer } from '../../schemas/kinds/integer.ts';
import { list } from '../../schemas/kinds/list.ts';
import { reference } from '../../schemas/kinds/reference.ts';
import { text } from '../../schemas/kinds/text.ts';
import { Table } from '../../schemas/table.ts';
import type { Language } from '../../src/cli/language/language.ts';
import { language } from './in-process.ts';

const access = {
  http: 'Web pages',
  https: 'Web pages, encrypted',
  ping: 'Echo replies',
  ssh: 'A shell',
  snmp: 'Counters',
};

const numbers = list(integer({ help: 'Numbers', minimum: 0, maximum: 99 }), { maximum: 3 });
const either = ['test guest', 'test friend'];

const tables = [
  new Table(['test', 'guest'], {
    help: 'Guests of the house',
    area: 'sysgrp',
    key: nameKey(),
    members: {},
    readOnly: true,
    predefined: { nobody: {}, everybody: {} },
  }),
  new Table(['test', 'friend'], { help: 'Friends', area: 'sysgrp', key: nameKey(), members: { numbers } }),
  new Table(['test', 'party'], {
    help: 'Parties, with a list of each kind',
    area: 'wafgrp',
    key: nameKey(),
    members: {
      friends: list(reference({ help: 'Who comes', tables: either }), { maximum: 4 }),
      hosts: list(reference({ help: 'Who gives it', tables: either, required: true }), { maximum: 2 }),
      allowaccess: list(choice({ help: 'Ways in', choices: access }), {
        maximum: 5,
        default: ['https', 'ssh'],
      }),
      from: list(addressRange({ help: 'Where from', extension: true }), { maximum: 4 }),
      songs: list(text({ help: 'What is played', maximum: 30 }), { maximum: 8 }),
      guest: reference({ help: 'Guest of honour', tables: either }),
      size: integer({ help: 'How many come', minimum: 0, maximum: 99, default: 0 }),
      table: {
        help: 'Tables of the party',
        key: numberKey(),
        members: { friends: list(reference({ help: 'Who sits there', tables: either }), { maximum: 4 }) },
      },
    },
  }),
  new Table(['test', 'house'], { help: 'The house', area: 'sysgrp', members: { numbers } }),
];

/** Levee with some more tables, whose fields are lists of everything that can be in a list. */
export const listing: Language = {
  ...language,
  catalogue: new Catalogue([...language.catalogue.tables, ...tables]),
};
