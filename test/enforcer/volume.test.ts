import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rounds } from '../campaign.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';

const mebibyte = 1024 * 1024;
const megabytes = rounds(32, 64);
const total = megabytes * mebibyte;
const turns = rounds(2, 3);
/** Several times TOTAL goes through. V8 would let 64 MB of dead chunks lie about before it looks. */
const mostMore = 24 * mebibyte;
const chunk = Buffer.alloc(65_536, 'x');

function send(socket: Socket): void {
  let sent = 0;
  const fill = (): void => {
    while (sent < total) {
      sent += chunk.length;
      if (!socket.write(chunk)) return;
    }
    socket.end();
  };
  socket.on('drain', fill);
  fill();
}

/** Reads a chunk, then lets many turns of the event loop pass. Resolves with the bytes, at the end. */
function readSlowly(socket: Socket): Promise<number> {
  let received = 0;
  socket.on('data', (bytes) => {
    received += bytes.length;
    socket.pause();
    setTimeout(() => socket.resume(), 1);
  });
  return new Promise((resolve) => socket.on('end', () => resolve(received)));
}

function residentMemory(process: number | undefined): number {
  const status = readFileSync(`/proc/${process}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test(`${megabytes} MB each way at once through slow readers: all arrives, and memory does not grow with it`, {
  skip: process.platform === 'linux' ? false : 'needs /proc to look at the memory of another process',
}, async (context) => {
  const atMember: Promise<number>[] = [];
  const member = await startMember(context, (socket) => {
    atMember.push(readSlowly(socket));
    send(socket);
  });
  const port = await freePort();
  const program = fileURLToPath(new URL('one-policy.ts', import.meta.url));
  const levee = spawn(process.execPath, [program, ...[port, member.port, 5, 1].map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => levee.kill());
  assert.equal(
    (await createInterface({ input: levee.stdout })[Symbol.asyncIterator]().next()).value,
    'ready',
  );
  const before = residentMemory(levee.pid);
  let most = 0;
  const watching = setInterval(() => {
    most = Math.max(most, residentMemory(levee.pid) - before);
  }, 50);
  context.after(() => clearInterval(watching));
  for (let turn = 0; turn < turns; turn++) {
    const { socket } = new Client('127.0.0.1', port);
    const atClient = readSlowly(socket);
    send(socket);
    assert.equal(await atClient, total);
    assert.equal(await atMember[turn], total);
  }
  assert.ok(most > 0 && most < mostMore, `${most / mebibyte} MB more`);
});
