import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../src/events/events.ts';
import { Disk } from '../../src/logs/files/disk.ts';
import { attackRecord } from '../../src/logs/kinds/attack.ts';
import { trafficRecord } from '../../src/logs/kinds/traffic.ts';
import { numbered } from '../../src/logs/records/record.ts';
import { policy, record, traffic } from './records.ts';
import { settings } from './settings.ts';

/** Fills the small file system in which it runs, and prints what came of it as JSON. */
const [folder = '', whenFull, fileSize] = process.argv.slice(2);
const told: Event[] = [];
const disk = new Disk(
  folder,
  {
    ...settings.disk,
    whenFull: whenFull === 'overwrite' ? 'overwrite' : 'nolog',
    fileSize: Number(fileSize),
    files: 99,
  },
  (event) => told.push(event),
);

let message = 0;
function write(kind: 'attack' | 'traffic'): void {
  message += 1;
  const what = kind === 'attack' ? attackRecord(record, policy) : trafficRecord(traffic, policy);
  disk.write(numbered(what, { deviceName: 'Levee', messageId: message }));
  disk.flush();
}

function lines(kind: string): { whole: number; torn: number; last: number } {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}.log`));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  const all = texts.flat();
  const whole = all.filter((line) => /^date=.* msg_id=\d{12} .*=\S+$/.test(line));
  const numbers = whole.map((line) => Number(/ msg_id=(\d+) /.exec(line)?.[1]));
  return { whole: whole.length, torn: all.length - whole.length, last: Math.max(0, ...numbers) };
}

for (let count = 0; count < 300; count++) write('traffic');
for (let count = 0; count < 200; count++) write('attack');
const first = { attack: lines('attack'), traffic: lines('traffic') };
for (let count = 0; count < 100; count++) write('attack');
const full = { attack: lines('attack'), traffic: lines('traffic'), events: told.splice(0) };
// Somebody makes room.
for (const name of readdirSync(folder)) if (name.startsWith('traffic.log.')) rmSync(join(folder, name));
write('attack');
const after = { attack: lines('attack'), events: told.splice(0) };
const written = message;
for (let count = 0; count < 300; count++) write('attack');
disk.tellLost();
const end = { attack: lines('attack'), events: told.splice(0) };
writeFileSync(1, JSON.stringify({ first, full, after, written, end }));
