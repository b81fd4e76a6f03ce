import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const isThere = spawnSync('tshark', ['--version']).status === 0;
/** Options of a test that needs tshark. */
export const withTshark = { skip: isThere ? false : 'tshark is not installed' };

const checked = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

function tshark(...given: readonly string[]): string {
  return execFileSync('tshark', [...checked, ...given], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Lines of tab-separated fields, one for each packet. */
export function fields(file: string, ...names: readonly string[]): string[][] {
  const printed = tshark('-r', file, '-T', 'fields', ...names.flatMap((name) => ['-e', name]));
  return printed
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

/** The bytes of both sides of each of the first streams as tshark puts them together, first those of who began. */
export function followed(file: string, streams: number): readonly [string, string][] {
  const asked = Array.from({ length: streams }, (_, stream) => ['-z', `follow,tcp,raw,${stream}`]);
  const printed = tshark('-r', file, '-q', ...asked.flat());
  const join = (chosen: readonly string[]): string => chosen.map((line) => line.trim()).join('');
  const found = new Map(
    printed.split(/^Follow: tcp,raw$/m).map((part): [number, [string, string]] => {
      const stream = Number(/^Filter: tcp\.stream eq (\d+)$/m.exec(part)?.[1]);
      const lines = part.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
      return [
        stream,
        [
          join(lines.filter((line) => !line.startsWith('\t'))),
          join(lines.filter((line) => line.startsWith('\t'))),
        ],
      ];
    }),
  );
  return Array.from({ length: streams }, (_, stream) => found.get(stream) ?? ['', '']);
}

export async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'levee-tshark-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
