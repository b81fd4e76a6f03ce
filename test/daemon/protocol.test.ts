import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { protocol } from '../../src/daemon/succession/channel.ts';
import { ENTRY_WORDS } from '../../src/verdict/upkeep/entry-changes.ts';
import { read } from '../house/source.ts';

/** The types that the messages between two processes are made of, by file. */
const types: readonly (readonly [file: string, ...names: string[]])[] = [
  ['src/daemon/succession/channel.ts', 'ToSuccessor', 'HandedListener', 'ToPredecessor'],
  ['src/store/blocks.ts', 'StoredBlock'],
  ['src/verdict/judge/records.ts', 'ViolationRecord', 'RelayedConnection', 'TrafficRecord', 'TrafficCause'],
  ['src/verdict/upkeep/entry-changes.ts', 'EntryChanges'],
];

/** A type as it is declared, without comments and layout. */
function declaration(file: string, name: string): string {
  const text = read(file);
  const start = text.indexOf(`export type ${name} =`);
  assert.ok(start >= 0, `${name} is no longer in ${file}`);
  const [lines = ''] = text.slice(start).split('\n\n', 1);
  return lines
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '')
    .replace(/\s+/g, '')
    .replaceAll(';}', '}');
}

test('messages between two processes have another number when they are others', () => {
  const shapes = types.flatMap(([file, ...names]) => names.map((name) => declaration(file, name)));
  const digest = createHash('sha256').update(shapes.join('\n')).digest('hex').slice(0, 16);
  // Where it differs, a process of before would not understand one of now: `protocol` takes the next number.
  assert.deepEqual(
    { protocol, entryWords: ENTRY_WORDS, digest },
    { protocol: 4, entryWords: 7, digest: '897b9b6f1428abfb' },
  );
});
