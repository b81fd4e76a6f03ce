import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PacketRules } from '../../src/packet-rules/packet-rules.ts';
import type { LogLevel } from '../../src/packet-rules/reporting/rules-log.ts';
import type { RuleLimits } from '../../src/packet-rules/rules/limits.ts';
import type { Packet } from '../../src/packets/packet.ts';
import type { Reading } from '../../src/packets/streams/acknowledgements.ts';
import { readBack } from '../packets/chunks.ts';
import { frame, reread, type Segment } from '../packets/frames.ts';
import type { Noise } from '../packets/noise.ts';

export type Ran = {
  /** What passed, as it would be read again. */
  readonly passed: Packet[];
  /** What was printed while packets came, line by line; what is fatal has `fatal`. */
  readonly lines: string[];
  /** What was printed while the file was run. */
  readonly start: string[];
};

type Options = {
  readonly isPassThrough?: boolean;
  readonly level?: LogLevel;
  readonly limits?: RuleLimits;
  readonly connections?: number;
  readonly acknowledgements?: Reading;
  /** Lets the packets come out of a file, in chunks that it draws. */
  readonly noise?: Noise;
  /** Other files, by their names. */
  readonly files?: Readonly<Record<string, string>>;
};

export const tcpHelpers = "local ipv4 = require('protocol/ipv4')\nlocal tcp = require('protocol/tcp')\n";

/** A folder with files in it, for as long as `use` takes. */
export function withFiles<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'levee-rules-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text, 'latin1');
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs rules over packets. */
export function runRules(rules: string, packets: readonly (Packet | Segment)[], options: Options = {}): Ran {
  const {
    isPassThrough = false,
    level = 'info',
    limits,
    connections,
    acknowledgements,
    noise,
    files = {},
  } = options;
  const passed: Packet[] = [];
  const start: string[] = [];
  const lines: string[] = [];
  let into = start;
  const engine = new PacketRules({
    isPassThrough,
    level,
    acknowledgements,
    write: (stream, text) =>
      into.push(...(stream === 'error' ? `fatal: ${text}` : text).trimEnd().split('\n')),
    accept: (packet) => passed.push(reread(packet)),
    ...(limits === undefined ? {} : { limits }),
    ...(connections === undefined ? {} : { connections }),
  });
  withFiles({ ...files, 'rules.lua': rules }, (folder) => engine.load(join(folder, 'rules.lua')));
  into = lines;
  const all = packets.map((packet) => ('bytes' in packet ? packet : frame(packet)));
  for (const record of noise === undefined ? all.map(reread) : readBack(all, noise)) engine.take(record);
  engine.end();
  return { passed, lines, start };
}

/** Runs `code` as the rule of a hook, with the packet in `pkt` and the rule in `self`. */
export function runOn(
  hook: string,
  code: string,
  packets: readonly (Packet | Segment)[],
  options: Options = {},
): Ran {
  return runRules(
    `${tcpHelpers}haka.rule{ hooks = { '${hook}' }, eval = function(self, pkt)\n${code}\nend }`,
    packets,
    options,
  );
}

function text(content: string): Uint8Array {
  return Buffer.from(content, 'latin1');
}

/** A connection from SYN to the last acknowledgement, in which both sides say something. */
export function talk(request = 'hello', answer = 'world'): readonly Segment[] {
  const [said, answered] = [text(request), text(answer)];
  const [client, server] = [101 + said.length, 501 + answered.length];
  return [
    { sequence: 100, flags: 2 },
    { isFromClient: false, sequence: 500, acknowledgement: 101, flags: 18, time: 1 },
    { sequence: 101, acknowledgement: 501, time: 2 },
    { sequence: 101, acknowledgement: 501, flags: 24, payload: said, time: 3 },
    { isFromClient: false, sequence: 501, acknowledgement: client, flags: 24, payload: answered, time: 4 },
    { sequence: client, acknowledgement: server, flags: 17, time: 5 },
    { isFromClient: false, sequence: server, acknowledgement: client + 1, flags: 17, time: 6 },
    { sequence: client + 1, acknowledgement: server + 1, time: 7 },
  ];
}
