import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { startBrowser, Visitor, withBrowser } from '../running/browser.ts';
import { until } from '../running/condition.ts';
import { attackFromForeignPage } from './foreign-page.ts';
import { hostileNames, type PageDoor, pageDoor, password, readers } from './page-door.ts';

const screenshots = join(import.meta.dirname, '..', '..', 'docs', 'page');

/** Writes what is shown to docs/page/, if LEVEE_SCREENSHOTS asks for it. */
async function keep(page: Page, name: string): Promise<void> {
  if (process.env['LEVEE_SCREENSHOTS'] === undefined) return;
  const said = page.getByRole('button', { name: 'Close', exact: true });
  if (await said.isVisible()) await said.click();
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

async function logIn({ page }: Visitor, name: string): Promise<void> {
  await page.getByLabel('Administrator').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
}

async function open(page: Page, view: string): Promise<void> {
  const link = page.getByRole('navigation').getByRole('link', { name: view, exact: true });
  await link.click();
  await link.and(page.locator('[aria-current]')).waitFor();
}

/** Waits until the keyboard is there, or in the view where that has gone. */
async function focused(page: Page, place: Locator): Promise<void> {
  await place.or(page.locator('main')).and(page.locator(':focus')).waitFor();
}

/** Runs what is proposed, once it shows this line. */
async function run(page: Page, line: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText(line).waitFor();
  await dialog.getByRole('button', { name: 'Run it' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Sources as they come to a shop: many that hold little, and one that floods it. */
async function visits(door: PageDoor): Promise<void> {
  for (let source = 1; source <= 24; source++)
    await door.flood('web shop', `203.0.113.${source}`, 1 + (((source * 7) % 11) % 5));
  await door.flood('web shop', '198.51.100.77', 9);
  await door.flood('mail', '203.0.113.200', 3);
  await door.flood('mail', '192.0.2.66', 14);
}

test('an administrator walks through the page', withBrowser, async (context) => {
  const door = await pageDoor(context);
  door.goOn();
  await visits(door);
  const browser = await startBrowser(context);
  const visitor = await Visitor.at(browser, door.url, { viewport: { width: 1120, height: 640 } });
  const { page } = visitor;
  const rule = (): Promise<string> => door.printed('show waf layer4-connection-flood-check-rule');

  await context.test('who has a wrong password does not come in', async () => {
    visitor.forgive(/status of 401/);
    await page.getByLabel('Administrator').fill('alice');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
    await logIn(visitor, 'alice');
  });

  await context.test('what happens now is live', async () => {
    await open(page, 'Now');
    await page.getByText('web shop').first().waitFor();
    const figure = page.getByText(/^Open connections/).locator('..');
    const before = await figure.textContent();
    await door.flood('web shop', '203.0.113.90', 2);
    await until('it is told', async () => (await figure.textContent()) !== before);
  });

  await context.test('a source is blocked, and lifted', async () => {
    await open(page, 'Sources');
    await page.getByRole('cell', { name: '203.0.113.9', exact: true }).waitFor();
    await keep(page, 'sources');
    await page.getByRole('button', { name: 'Block 203.0.113.9', exact: true }).click();
    await run(page, 'diagnose policy period-blockip add "web shop" 203.0.113.9 600');
    await page
      .getByRole('status')
      .getByText('Done: Block \u2068203.0.113.9\u2069', { exact: true })
      .waitFor();
    assert.match(await door.printed('diagnose policy period-blockip list'), /203\.0\.113\.9 /);
    await open(page, 'Blocked');
    const lift = page.getByRole('button', { name: 'Lift the block of 203.0.113.9', exact: true });
    await lift.waitFor();
    await keep(page, 'blocked');
    await lift.press('Enter');
    await run(page, 'diagnose policy period-blockip delete "web shop" 203.0.113.9');
    await lift.waitFor({ state: 'detached' });
    await focused(page, page.getByRole('region', { name: 'Blocked sources' }));
    assert.doesNotMatch(await door.printed('diagnose policy period-blockip list'), /203\.0\.113\.9 /);
  });

  await context.test('attacks are shown down to the lines of the log', async () => {
    await until('the attack is over', async () =>
      /198\.51\.100\.77 .* end$/m.test(await door.printed('execute log episodes')),
    );
    await open(page, 'Attacks');
    await page.getByRole('button', { name: '198.51.100.77' }).click();
    await page
      .getByRole('button', { name: /^Log \(/ })
      .first()
      .click();
    await page.getByText(/policy="web shop" src=198\.51\.100\.77 .*phase=start/).waitFor();
    await keep(page, 'attacks');
    await page.getByRole('button', { name: 'network' }).click();
    await page.getByRole('button', { name: '198.51.100.0/24' }).waitFor();
    // As slowly as a person does, while numbers change.
    await page.getByLabel(/^Source/).pressSequentially('192.0.2.0/24', { delay: 100 });
    await page.getByLabel(/^Source/).press('Tab');
    await page.getByRole('button', { name: '198.51.100.0/24' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '192.0.2.0/24' }).waitFor();
  });

  await context.test('a threshold is moved, and committed so that it must be confirmed', async () => {
    // By keyboard alone.
    await page.locator('main').press('5');
    await page.getByLabel('Policy').selectOption('web shop');
    for (let step = 0; step < 3; step++) await page.getByRole('slider').press('ArrowLeft');
    await page.getByText(/3 would refuse \d+ of \d+ sources: .*198\.51\.100\.77/).waitFor();
    await keep(page, 'threshold');
    const peaks = [{ peak: 40, sources: 7 }];
    const buffer = Buffer.from(JSON.stringify({ policies: [{ policy: 'web shop', peaks }] }));
    const file = { name: '<b>friday.json', mimeType: 'application/json', buffer };
    await page.getByLabel(/^By a capture/).setInputFiles({ ...file, buffer: Buffer.from('friday') });
    await page.getByText('This is not what').waitFor();
    await page.getByLabel(/^By a capture/).setInputFiles(file);
    await page.getByText('3 would refuse 7 of 7 sources').waitFor();
    await page.getByText('<b>friday.json').waitFor();
    await page.getByRole('button', { name: 'Live sources again' }).click();
    const set = page.getByRole('button', { name: 'Set the threshold to 3' });
    const dialog = page.getByRole('dialog');
    await set.press('Enter');
    await dialog.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await focused(page, set);
    assert.doesNotMatch(await rule(), /threshold 3/);
    await set.press('Enter');
    await dialog.getByLabel(/unless it is confirmed/).selectOption('2');
    await keep(page, 'proposal');
    await run(page, 'set layer4-connection-threshold 3');
    const countdown = page.locator('.countdown');
    await countdown.waitFor();
    assert.match(await rule(), /threshold 3/);
    await open(page, 'Policies');
    const before = await countdown.textContent();
    await until('it counts down', async () => (await countdown.textContent()) !== before);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await run(page, 'execute config-transaction confirm');
    await countdown.waitFor({ state: 'detached' });
  });

  await context.test('a member is taken out of its pool', async () => {
    await page
      .getByRole('button', { name: /^maintain 127/ })
      .first()
      .click();
    await run(page, 'set status maintain');
    await page.getByText('maintain', { exact: true }).first().waitFor();
    await keep(page, 'policies');
  });

  await context.test('the configuration goes back to a revision', async () => {
    await open(page, 'Changes');
    await page.getByRole('button', { name: '2', exact: true }).click();
    await page.getByText('layer4-connection-threshold').waitFor();
    await keep(page, 'changes');
    await page.getByRole('button', { name: '2', exact: true }).click();
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.getByRole('button', { name: 'what changed since' }).click();
    await page.getByText('maintain', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Go back to 1' }).click();
    await run(page, 'execute revision rollback 1');
    await page.getByRole('button', { name: '4', exact: true }).waitFor();
    assert.doesNotMatch(await rule(), /threshold 3/);
    await open(page, 'System');
    await page.getByText('Processors').waitFor();
    await keep(page, 'system');
    await open(page, 'Now');
    await keep(page, 'now');
    await page.emulateMedia({ colorScheme: 'dark' });
    await keep(page, 'dark');
    visitor.assertContent();
  });

  await context.test(
    'a page of somebody else in the same browser gets nothing, and does nothing',
    async () => {
      const { successes, statuses } = await attackFromForeignPage(context, page, door.url);
      assert.deepEqual([successes, [...statuses]], [[], [403]]);
      assert.equal(
        await page.evaluate(`fetch('/page/session').then(async (it) => (await it.json()).session.name)`),
        'alice',
      );
    },
  );

  await context.test('names that look like something else are only names', async () => {
    await door.addHostile();
    await door.flood(hostileNames[0], '192.0.2.99', 4);
    for (const view of await viewsOf(page)) {
      await open(page, view);
      await seesHostile(page, view);
      await noOverflow(page, view);
    }
    await open(page, 'Threshold');
    await page.getByLabel('Policy').selectOption(hostileNames[1]);
    await page.getByText('2: no source has come yet that it could refuse.').waitFor();
    await visitor.leave();
  });

  for (const [name, areas] of Object.entries(readers))
    await context.test(`who may only read ${areas.join(', ')} finds no button that fails`, async () => {
      const reading = await Visitor.at(browser, door.url);
      await logIn(reading, name);
      for (const view of await viewsOf(reading.page)) {
        await open(reading.page, view);
        await pressAll(reading.page);
      }
      await reading.leave();
    });

  await context.test('on a phone nothing is wider than the screen', async () => {
    const viewport = { width: 390, height: 780 };
    const walking = await Visitor.at(browser, door.url, { viewport, isMobile: true, hasTouch: true });
    await logIn(walking, 'alice');
    for (const view of await viewsOf(walking.page)) {
      await open(walking.page, view);
      await seesHostile(walking.page, view);
      await noOverflow(walking.page, view);
      if (view === 'Threshold') await keep(walking.page, 'phone');
    }
    await walking.leave();
  });
});

/** Where a view names a policy, its name stands there as it is. */
async function seesHostile(page: Page, view: string): Promise<void> {
  if (view === 'Attacks') await page.getByRole('button', { name: 'policy', exact: true }).click();
  if (view === 'Changes') await page.locator('.fold').first().click();
  if (view === 'Blocked' || view === 'System') return;
  const shown = view === 'Threshold' ? 'main option' : 'main :is(a, bdi, td)';
  await page.locator(shown).filter({ hasText: hostileNames[0] }).first().waitFor({ state: 'attached' });
}

async function viewsOf(page: Page): Promise<readonly string[]> {
  return await page.getByRole('navigation').getByRole('link').allTextContents();
}

/** Wide tables scroll by themselves. */
async function noOverflow(page: Page, view: string): Promise<void> {
  const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(Number(wider) <= 0, `${view} is ${wider} pixels wider than the screen`);
}

const mostPressed = 5;

/** Presses the first buttons of a view: none proposes anything, and nothing is said to have gone wrong. */
async function pressAll(page: Page): Promise<void> {
  const buttons = page.locator('main button:enabled:visible');
  for (let index = 0; index < Math.min(await buttons.count(), mostPressed); index++)
    await buttons.nth(index).click();
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.deepEqual(await page.locator('.said .bad').allTextContents(), []);
}
