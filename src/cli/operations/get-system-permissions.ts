import { areas } from '../../../schemas/table.ts';
import { canRead } from '../../model/permission.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';

export default {
  verb: 'get',
  words: ['system', 'permissions'],
  parameters: '',
  help: 'Show what your access profile allows you, and which tables it hides',
  requires: 'by-table',
  api: 'reads',
  suggest: () => [],
  run({ model, print }, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const { catalogue, permissions } = model;
    const hidden = catalogue.tables.filter((table) => !canRead(model, table)).map(({ id }) => id);
    const width = Math.max(...areas.map(({ length }) => length));
    print({
      lines: [
        ...areas.map((area) => `${area.padEnd(width)} : ${permissions[area]}`),
        `${'hidden'.padEnd(width)} : ${hidden.length === 0 ? 'no table' : hidden.join(', ')}`,
      ],
      data: () => ({ areas: permissions, hidden }),
    });
    return done;
  },
} satisfies Operation;
