import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { notRunning } from '../operands/policy.ts';

export default {
  verb: 'get',
  words: ['system', 'http-certificate'],
  parameters: '',
  help: 'Show the certificate by which doors over TLS are known that have none of yours',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  async run({ doors, print }, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    if (doors === undefined) return [notRunning];
    const { certificate, fingerprint } = await doors.httpCertificate();
    // What stands around it is not read by programs that want the certificate (RFC 7468).
    const lines = [`SHA256: ${fingerprint}`, ...certificate.trimEnd().split('\n')];
    print({ lines, data: () => ({ certificate, fingerprint }) });
    return done;
  },
} satisfies Operation;
