import { suite, test } from 'node:test';
import { isWhole } from '../../campaign.ts';
import { until } from '../../running/condition.ts';
import { withRedis } from '../../running/redis.ts';
import { countRows } from './count-rows.ts';
import { Fleet } from './fleet.ts';
import { rows, settle } from './rows.ts';

// Prints how long each took to heal. No time is asserted: on a busy machine all of them are longer.

suite('three nodes on machines of their own', withRedis, () => {
  test('survive whatever fails', async (context) => {
    const fleet = await Fleet.start(context, []);
    const [one, two, three] = fleet?.nodes ?? [];
    if (fleet === undefined || one === undefined || two === undefined || three === undefined) return;
    await settle(fleet);
    for (const { name, run } of [...countRows, ...rows].filter(({ isSample }) => isSample || isWhole)) {
      let caused = performance.now();
      const start = (): void => {
        caused = performance.now();
      };
      await run(fleet, [one, two, three], {
        start,
        async until(what, holds) {
          await until(`${name}: ${what}`, holds);
          context.diagnostic(`${name}: ${what} after ${Math.round(performance.now() - caused)} ms`);
        },
      });
      await settle(fleet);
    }
  });
});
