import { nameKey } from '../key.ts';
import { device } from '../kinds/addresses/device.ts';
import { list } from '../kinds/list.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'What the names of interfaces, as virtual servers have them, mean on this machine; nothing of it is changed',
  area: 'netgrp',
  ofNode: true,
  key: nameKey(),
  members: {
    device: list(
      device({
        help: 'Network interfaces of this machine, which stand for all addresses that they have, or single addresses',
        extension: true,
      }),
      { maximum: 16 },
    ),
  },
} satisfies TableDefinition;
