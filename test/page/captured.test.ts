import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { capturedAdvice } from '../../src/page/threshold/captured.ts';
import { whatIf } from '../../src/page/threshold/what-if.ts';
import type { AdviceReport } from '../../src/system/reports/advice.ts';
import { CaptureBuilder } from '../replay/captures.ts';
import { temporaryFolder } from '../running/folder.ts';
import { newState, policyText } from '../running/levee.ts';

const live: AdviceReport = {
  policy: 'web',
  threshold: 2,
  sources: 1,
  maximum: 1,
  isTooFew: true,
  leavesOut: 0,
  choices: [],
  capped: 1,
  peaks: [{ peak: 1, sources: 1 }],
  highest: [],
};

test('a threshold is tried on what replay prints of a capture', async (context) => {
  const state = newState(context);
  const capture = join(temporaryFolder(context), 'some.pcap');
  const built = new CaptureBuilder();
  const server = { address: '127.0.0.1', port: 80 };
  for (let index = 1; index <= 5; index++) built.open(index, { address: '203.0.113.7', port: index }, server);
  built.open(9, { address: '192.0.2.1', port: 1 }, server);
  writeFileSync(capture, built.bytes);
  await state.here(['import', '-'], policyText(80, 1, 2));
  const { stdout, stderr } = await state.here(['replay', capture, '--advise', '--json']);
  assert.equal(stderr, '');
  const advice = capturedAdvice(stdout, live);
  assert.ok(!('reason' in advice), JSON.stringify(advice));
  assert.deepEqual([advice.sources, advice.maximum, advice.threshold, advice.capped], [2, 5, 2, 0]);
  assert.deepEqual(
    advice.choices.map(({ name }) => name),
    ['p99', 'p99.9', 'maximum', 'advised'],
  );
  const { refused, named, isUncertain } = whatIf(advice, 4);
  assert.deepEqual([refused, named, isUncertain], [1, [{ source: '203.0.113.7', peak: 5 }], false]);
  assert.match(String(Object(capturedAdvice(stdout, { ...live, policy: 'mail' })).reason), /for this policy/);
});

test('any other file is refused with the reason', () => {
  for (const text of ['', '{', 'null', '[]', '{"changes": []}', '{"policies": 1}'])
    assert.match(String(Object(capturedAdvice(text, live)).reason), /levee replay CAPTURE --json/);
  const wrong = JSON.stringify({ policies: [null, { policy: 'web', peaks: [{ peak: 'x' }, 3, null] }] });
  assert.match(String(Object(capturedAdvice(wrong, live)).reason), /for this policy/);
});
