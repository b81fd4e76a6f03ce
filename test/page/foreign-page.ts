import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { freePort } from '../network/ports.ts';

/** What a page tries that is of the same site to a browser, as every port of a host is, so that it sends its cookies. */
const attempts = `async (target) => {
  const order = { method: 'POST', body: '{"lines":["get system status"]}', credentials: 'include' };
  const one = (tag, attribute, url) => new Promise((resolve, reject) => {
    const element = document.createElement(tag);
    element.onload = resolve;
    element.onerror = () => reject(new Error(tag));
    element[attribute] = url;
    document.body.append(element);
  });
  const told = await Promise.allSettled([
    fetch(target + 'page/session', { credentials: 'include' }),
    fetch(target + 'page/session', { credentials: 'include', mode: 'no-cors' }),
    fetch(target + 'page/run', { ...order, mode: 'no-cors' }),
    fetch(target + 'page/run', { ...order, headers: { 'Content-Type': 'application/json' } }),
    one('script', 'src', target + 'code/page/main.ts'),
    one('img', 'src', target + 'icon.svg'),
    new Promise((resolve, reject) => {
      const stream = new EventSource(target + 'page/live?topics=measured', { withCredentials: true });
      stream.onopen = resolve;
      stream.onerror = () => { stream.close(); reject(new Error('stream')); };
    }),
  ]);
  navigator.sendBeacon(target + 'page/logout', '');
  await one('iframe', 'src', target);
  return told.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
}`;

const html = (target: string): string => `<!doctype html><title>Foreign</title><link rel="icon" href="data:,">
<form method="post" enctype="text/plain" action="${target}page/run">
<input name='{"lines":["execute log filter clear"],"x":"' value='"}'></form>`;

export type Attacked = {
  /** The attempts that succeeded, by their place. */
  readonly successes: unknown;
  /** What was answered to whatever went on for long enough to have an answer. */
  readonly statuses: ReadonlySet<number>;
};

/** Has a page of somebody else, in the same browser, try all that a page can. */
export async function attackFromForeignPage(
  context: TestContext,
  visited: Page,
  target: string,
): Promise<Attacked> {
  const port = await freePort();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end(html(target));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  context.after(() => server.close());
  const page = await visited.context().newPage();
  const statuses = new Set<number>();
  page.on('response', (response) => {
    if (response.url().startsWith(target)) statuses.add(response.status());
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  const successes = await page.evaluate(`(${attempts})(${JSON.stringify(target)})`);
  const submitted = page.waitForEvent('response', (response) => response.url().endsWith('/page/run'));
  await page.evaluate('document.forms[0].submit()');
  await submitted;
  await page.close();
  return { successes, statuses };
}
