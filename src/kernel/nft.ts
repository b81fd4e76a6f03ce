import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, messageOf } from '../text/reason.ts';

/** Milliseconds that one call may take: a batch takes some, the list of 100,000 elements or rules of 1,000 policies seconds. */
const longest = 60_000;
/** Characters that are kept of what it complains about. */
const longestComplaint = 2000;
/** Where distributions have it. */
const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/usr/local/sbin', '/run/current-system/sw/bin'];

/** Why nothing of a call has taken effect. `refused`: nft has found fault with what it was to do. */
export type NftFailure = {
  readonly kind: 'missing' | 'not-permitted' | 'refused' | 'failed';
  readonly reason: string;
};

/** Runs commands of nft(8) as one transaction, in a process of their own. `read` takes what is listed, in pieces. */
export type Nft = (commands: string, read?: (text: string) => void) => Promise<NftFailure | null>;

const missing = process.platform === 'linux' ? 'nft is not installed' : 'nftables is of Linux';

/** The program at a path; undefined: there is none. At most one call should run at a time. An aborted signal ends it. */
export function nftProgram(path: string | undefined, signal: AbortSignal): Nft {
  return (commands, read = () => undefined) => {
    const { promise, resolve } = Promise.withResolvers<NftFailure | null>();
    if (path === undefined) {
      resolve({ kind: 'missing', reason: missing });
      return promise;
    }
    const child: ChildProcess = spawn(path, ['-n', '-f', '-'], {
      stdio: 'pipe',
      env: { LC_ALL: 'C' },
      timeout: longest,
      killSignal: 'SIGKILL',
      signal,
    });
    let complaint = '';
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(0, longestComplaint);
    });
    // It may end before it has read everything: its status says why.
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => {
      // It has been told to end, which is not to have ended: until then it may still have effect.
      if (child.pid !== undefined) return;
      const isMissing = codeOf(error) === 'ENOENT';
      resolve({ kind: isMissing ? 'missing' : 'failed', reason: `nft can't be run: ${messageOf(error)}` });
    });
    child.once('close', (status, by) => {
      if (status === 0) resolve(null);
      else
        resolve(
          failureOf(
            complaint,
            status === null ? `nft was ended by ${by}` : `nft ended with status ${status}`,
          ),
        );
    });
    child.stdin?.end(commands);
    return promise;
  };
}

function failureOf(complaint: string, otherwise: string): NftFailure {
  if (/Operation not permitted|must be root/.test(complaint))
    return { kind: 'not-permitted', reason: 'Levee may not use nftables: it takes root, or CAP_NET_ADMIN' };
  const [first = ''] = complaint.split('\n');
  const said = first.replace(/^\S+: Error: /, '').trim();
  return said === '' ? { kind: 'failed', reason: otherwise } : { kind: 'refused', reason: `nft: ${said}` };
}

/** Where nft is on this machine: Levee may have more rights than who has set its PATH. */
export function nftPath(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return folders.map((folder) => join(folder, 'nft')).find((file) => existsSync(file));
}
