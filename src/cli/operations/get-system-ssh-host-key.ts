import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { notRunning } from '../operands/policy.ts';

export default {
  verb: 'get',
  words: ['system', 'ssh-host-key'],
  parameters: '',
  help: 'Show the keys by which SSH clients know this Levee',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  async run({ doors, print }, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    if (doors === undefined) return [notRunning];
    const keys = await doors.sshHostKeys();
    print({
      lines: keys.flatMap(({ publicKey, fingerprint }) => [publicKey, `  ${fingerprint}`]),
      data: () => keys,
    });
    return done;
  },
} satisfies Operation;
