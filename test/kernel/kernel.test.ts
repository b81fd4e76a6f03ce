import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inNamespace } from '../network/namespace.ts';

/** Without nft the test is skipped. */
function hasNft(context: TestContext): boolean {
  if (spawnSync('nft', ['--version']).error === undefined) return true;
  context.skip('nft is not here');
  return false;
}

test('the kernel refuses blocked sources, whatever happens to its table', (context) => {
  if (!hasNft(context)) return;
  const seen = inNamespace(context, [], join(import.meta.dirname, 'one-kernel.ts'));
  if (seen === undefined) return;
  assert.deepEqual(seen, {
    'a block is in the set': ['127.0.0.7'],
    'its packets are refused, and counted': true,
    'another source comes in': 'admitted',
    'what was changed by others is put back': ['127.0.0.7'],
    'a lifted source comes in': 'admitted',
    'the end removes the table, and no other': ['table inet of_somebody_else'],
    'the table outlives a crash': ['127.0.0.9'],
    'it is adopted': [['127.0.0.9'], true],
    'with kernel-block disable it is gone': ['table inet of_somebody_else'],
  });
});

test('the kernel answers for a listener above its half-open-threshold', (context) => {
  if (!hasNft(context)) return;
  const seen = inNamespace(context, [], join(import.meta.dirname, 'one-synproxy.ts'));
  if (seen === undefined) return;
  if (typeof seen === 'object' && seen !== null && 'it can not' in seen) {
    context.skip(`the kernel can't answer handshakes here: ${seen['it can not']}`);
    return;
  }
  assert.deepEqual(seen, {
    'the commit warns': true,
    'before its time': 'own-cookies',
    'all have come in': true,
    'as many as may passed untouched': true,
    meanwhile: 'answering',
    'the attack log tells': true,
    'what is left': '',
  });
});
