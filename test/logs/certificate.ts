import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { messageOf } from '../../src/text/reason.ts';
import { temporaryFolder } from '../running/folder.ts';

export type Certificate = { readonly key: string; readonly cert: string };

/** A certificate of nobody but itself, for 127.0.0.1; undefined, and the test skipped, where there is no openssl. */
export function selfSigned(context: TestContext): Certificate | undefined {
  const folder = temporaryFolder(context);
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const names = ['-subj', '/CN=receiver', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    execFileSync('openssl', ['req', '-x509', ...options, ...names, '-keyout', key, '-out', cert], {
      stdio: 'pipe',
    });
  } catch (error) {
    context.skip(`no certificate could be made: ${messageOf(error)}`);
    return undefined;
  }
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
