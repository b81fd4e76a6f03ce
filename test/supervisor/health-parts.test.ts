import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import type { HealthCheck } from '../../src/policy/snapshot.ts';
import { echoRequest, readEchoReply, tokenBytes } from '../../src/supervisor/echo/echo-message.ts';
import type { CheckResult } from '../../src/supervisor/health/check-result.ts';
import { after, unproven, whyDown } from '../../src/supervisor/health/check-state.ts';
import { type CheckHost, MemberChecks } from '../../src/supervisor/health/member-checks.ts';
import { Limiter } from '../../src/supervisor/tasks/limiter.ts';
import fc from '../property.ts';

function checkOf(id: number, retryTimes: number): HealthCheck {
  return {
    id,
    type: 'tcp',
    timeout: 1,
    retryTimes,
    interval: 1,
    settings: {},
  };
}

const results: readonly CheckResult[] = [
  { type: 'passed' },
  { type: 'failed', reason: 'no' },
  { type: 'not-made', reason: 'no descriptor' },
  { type: 'refused', reason: 'no permission' },
];

suite('whether a member is up', () => {
  const relationship = fc.constantFrom<'and' | 'or'>('and', 'or');
  const history = fc.record({
    retryTimes: fc.integer({ min: 1, max: 4 }),
    results: fc.array(fc.constantFrom(...results), { maxLength: 12 }),
  });

  /** Of what was made: whether the last so many failed, with nothing else between. */
  const fails = (made: readonly CheckResult[], retryTimes: number): boolean => {
    const kinds = made.map(({ type }) => type).filter((type) => type !== 'not-made');
    return kinds.length >= retryTimes && kinds.slice(-retryTimes).every((type) => type === 'failed');
  };

  test('follows from the last results of each check, and from nothing else', () => {
    fc.assert(
      fc.property(relationship, fc.array(history, { maxLength: 4 }), (which, histories) => {
        const states = histories.map(({ retryTimes, results: made }, id) =>
          made.reduce(after, unproven(checkOf(id, retryTimes))),
        );
        const counted = histories.filter(({ results: made }) => {
          const said = made.filter(({ type }) => type !== 'not-made');
          return said.at(-1)?.type !== 'refused';
        });
        const failing = counted.filter(({ results: made, retryTimes }) => fails(made, retryTimes));
        const isDown =
          which === 'and' ? failing.length > 0 : failing.length > 0 && failing.length === counted.length;
        assert.equal(whyDown(which, states) !== '', isDown);
      }),
    );
  });

  test('is yes where every check is refused by the system', () => {
    const states = [1, 2].map((id) => after(unproven(checkOf(id, 1)), { type: 'refused', reason: 'no' }));
    assert.equal(whyDown('and', states), '');
    assert.equal(whyDown('or', states), '');
  });
});

suite('ICMP echo', () => {
  const token = fc.uint8Array({ minLength: tokenBytes, maxLength: tokenBytes });
  const sequence = fc.integer({ min: 0, max: 0xffff });

  test('a reply to a request is read back, with an IPv4 header too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<4 | 6>(4, 6),
        sequence,
        token,
        fc.boolean(),
        (family, number, mark, header) => {
          const reply = echoRequest(family, number, mark);
          reply[0] = family === 4 ? 0 : 129;
          const before = header && family === 4 ? [0x46, ...Array<number>(23).fill(0)] : [];
          assert.deepEqual(readEchoReply(family, Uint8Array.of(...before, ...reply)), {
            sequence: number,
            token: mark,
          });
        },
      ),
    );
  });

  test('the checksum of an IPv4 request makes its sum 0xffff', () => {
    fc.assert(
      fc.property(sequence, token, (number, mark) => {
        const request = Buffer.from(echoRequest(4, number, mark));
        let sum = 0;
        for (let at = 0; at < request.length; at += 2) sum += request.readUInt16BE(at);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
        assert.equal(sum, 0xffff);
      }),
    );
  });

  test('anything else is no reply: a request, other types, what is cut short', () => {
    fc.assert(
      fc.property(fc.constantFrom<4 | 6>(4, 6), fc.uint8Array({ maxLength: 60 }), (family, bytes) => {
        const reply = readEchoReply(family, bytes);
        if (reply !== undefined) assert.equal(reply.token.length, tokenBytes);
      }),
    );
    assert.equal(readEchoReply(4, echoRequest(4, 1, new Uint8Array(8))), undefined);
    assert.equal(readEchoReply(6, echoRequest(6, 1, new Uint8Array(8))), undefined);
  });
});

test('so many tasks run at once and no more, in their order, also where some fail', async () => {
  const limiter = new Limiter(3);
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const tasks = Array.from({ length: 20 }, (_, index) =>
    limiter.run(async () => {
      begun.push(index);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (index % 4 === 0) throw new Error('it fails');
    }),
  );
  const settled = await Promise.allSettled(tasks);
  assert.equal(most, 3);
  assert.deepEqual(
    begun,
    begun.map((_, index) => index),
  );
  assert.equal(settled.filter(({ status }) => status === 'rejected').length, 5);
});

test('a thousand members are not asked in the same moment, neither first nor later', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  let turn = 0;
  const host: CheckHost = {
    random: () => (turn++ % 1000) / 1000,
    make: () => {
      asked++;
      return Promise.resolve({ type: 'passed' });
    },
    checked: () => {},
  };
  const health = { name: 'tcp', relationship: 'and' as const, checks: [{ ...checkOf(1, 3), interval: 10 }] };
  const target = { address: '192.0.2.1', port: 80, host: '192.0.2.1', health };
  const members = Array.from({ length: 1000 }, (_, id) => new MemberChecks(host, { ...target, id }, []));
  const steps: number[] = [];
  for (let step = 0; step < 300; step++) {
    const before = asked;
    context.mock.timers.tick(100);
    await new Promise(setImmediate);
    steps.push(asked - before);
  }
  for (const member of members) member.stop();
  assert.ok(asked >= 2000 && asked <= 4000, `${asked} checks in 30 s`);
  assert.ok(Math.max(...steps) <= 100, `${Math.max(...steps)} in a tenth of a second`);
});

test('each type of check that the configuration has is one file, and no file is left over', async () => {
  const list = (await loadCatalogue()).tableOf('server-policy health health-list');
  const types = Object.keys(list.fields.get('type')?.meta.choices ?? {});
  const folder = new URL('../../src/supervisor/health/checks/', import.meta.url);
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''));
  assert.deepEqual(files.sort(), types.sort());
});
