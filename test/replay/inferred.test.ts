import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flag } from '../../src/packets/headers/tcp.ts';
import { CaptureBuilder, guarded, planFor, replayed, serverEnd } from './captures.ts';

const { syn, fin, rst } = Flag;

/** Four connections, three of them at a time; the last is reset after much data. */
function conversations(): Uint8Array {
  const capture = new CaptureBuilder();
  for (const [index, start] of [0, 1000, 2000, 60_000].entries()) {
    const client = { address: '203.0.113.7', port: 40_000 + index };
    const connection = capture.open(start, client, serverEnd);
    for (let turn = 1; turn < 70; turn++) {
      connection.say(start + turn * 10, 1000);
      connection.reply(start + turn * 10 + 5, 1400);
    }
    if (index < 3) connection.close(start + 30_000);
    else connection.reset(start + 30_000);
  }
  return capture.bytes;
}

type Keep = (flags: number, isFromClient: boolean) => boolean;

/** A capture of raw IPv4 with those of its packets that a filter keeps. */
function filtered(file: Uint8Array, keep: Keep): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const kept = [file.subarray(0, 24)];
  for (let at = 24; at < file.length; ) {
    const end = at + 16 + view.getUint32(at + 8, true);
    const ip = at + 16;
    if (keep(file[ip + 33] ?? 0, view.getUint16(ip + 20) !== serverEnd.port))
      kept.push(file.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

function seen(keep: Keep, file = conversations()) {
  const { capture, policies } = replayed(filtered(file, keep), planFor(guarded({})));
  const { connections, inferred, notes } = capture;
  return { numbers: [connections, inferred, policies[0]?.peak], notes: notes.join('\n') };
}

const isControl: Keep = (flags) => (flags & (syn | fin | rst)) !== 0;

test('connections are inferred where a capture has control packets only, or one direction', () => {
  const cases: readonly (readonly [Keep, RegExp])[] = [
    [isControl, /^4 connections inferred, the capture has only packets with SYN, FIN or RST: handshakes/],
    [
      (_, isFromClient) => isFromClient,
      /^4 connections inferred, the capture has only what clients sent: they end/,
    ],
    [(_, isFromClient) => !isFromClient, /^4 connections inferred, the capture has only what servers sent/],
    [
      (flags, isFromClient) => !isFromClient && isControl(flags, isFromClient),
      /only packets with SYN, FIN or RST, only what servers sent/,
    ],
  ];
  for (const [keep, note] of cases) {
    const { numbers, notes } = seen(keep);
    assert.deepEqual(numbers, [4, 4, 3], notes);
    assert.match(notes, note);
  }
});

test('of a whole capture nothing is inferred, nor of a flood of SYNs', () => {
  assert.deepEqual(
    seen(() => true),
    { numbers: [4, 0, 3], notes: '' },
  );
  const halves = seen((flags) => (flags & syn) !== 0);
  assert.deepEqual(halves, {
    numbers: [0, 0, 0],
    notes: 'no handshake is seen to its end: there are 4 SYNs, 4 answers to one, 0 other packets of TCP',
  });
});
