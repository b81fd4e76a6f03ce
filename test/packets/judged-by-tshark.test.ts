import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CaptureFile } from '../../src/packets/capture/files.ts';
import { Conversation } from '../../src/packets/streams/conversation.ts';
import { MemoryBudget } from '../../src/packets/streams/memory-budget.ts';
import fc from '../property.ts';
import { capture, conversation, edited, play } from './edited-conversations.ts';
import { frame, tcpOf } from './frames.ts';
import { fields, followed, inDirectory, withTshark } from './tshark.ts';

test(
  'tshark finds edited conversations right: checksums, numbers, and the text of both sides',
  withTshark,
  () =>
    inDirectory(async (directory) => {
      const tried = fc.sample(conversation, { numRuns: 12, seed: 20_261_120 });
      const path = join(directory, 'edited.pcap');
      const file = CaptureFile.create(path, false);
      for (const [index, one] of tried.entries()) {
        for (const packet of play(capture(one, 41_000 + index).packets, one)) {
          const problem = await file.write(packet);
          assert.equal(problem, undefined);
        }
      }
      await file.close();
      const judged = fields(
        path,
        'ip.checksum.status',
        'tcp.checksum.status',
        'tcp.analysis.ack_lost_segment',
        'tcp.analysis.lost_segment',
      );
      assert.ok(judged.length > 100);
      for (const [index, line] of judged.entries())
        assert.deepEqual(line, ['1', '1', '', ''], `packet ${index + 1}`);
      for (const [index, [client, server]] of followed(path, tried.length).entries()) {
        const one = tried[index];
        assert.ok(one);
        assert.equal(client, Buffer.from(edited(one.client)).toString('hex'), `client of stream ${index}`);
        assert.equal(server, Buffer.from(edited(one.server)).toString('hex'), `server of stream ${index}`);
      }
    }),
);

test('tshark finds both resets right', withTshark, () =>
  inDirectory(async (directory) => {
    const path = join(directory, 'reset.pcap');
    const file = CaptureFile.create(path, true);
    const both = new Conversation(new MemoryBudget());
    const steps = [
      { flags: 2, sequence: 1000 },
      { isFromClient: false, flags: 18, sequence: 5000, acknowledgement: 1001 },
      { sequence: 1001, acknowledgement: 5001, payload: Buffer.from('hello') },
    ];
    for (const step of steps) {
      const packet = frame(step);
      const isFromClient = step.isFromClient ?? true;
      both.push(packet, tcpOf(packet), isFromClient);
      if (step.payload !== undefined) both.client.insert(Buffer.from('well, '));
      for (let popped = both.pop(isFromClient); popped !== undefined; popped = both.pop(isFromClient)) {
        popped.finish();
        await file.write(popped);
      }
    }
    for (const reset of both.reset({ seconds: 1_700_000_001, nanoseconds: 0 })) {
      reset.finish();
      await file.write(reset);
    }
    await file.close();
    const judged = fields(
      path,
      'tcp.flags.reset',
      'tcp.seq',
      'tcp.checksum.status',
      'tcp.analysis.lost_segment',
    );
    assert.deepEqual(judged.slice(3), [
      ['1', '12', '1', ''],
      ['1', '1', '1', ''],
    ]);
  }),
);
