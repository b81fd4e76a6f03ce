import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { freePort } from '../network/ports.ts';
import { startBrowser, Visitor, withBrowser } from '../running/browser.ts';

const policy = "default-src 'none'; img-src data:; script-src 'self'; require-trusted-types-for 'script'";

const harmful = `<!doctype html><title>Harmful</title><link rel="icon" href="data:,">
<p>Hello<b onclick="1"></b></p><script src="/script"></script>`;
const script = `document.body.append('loaded'); document.querySelector('p').innerHTML = '<img src=x>';`;

test('a visitor sees what violates the content policy, and what goes wrong', withBrowser, async (context) => {
  const port = await freePort();
  const server = createServer(({ url }, response) => {
    const type = url === '/script' ? 'text/javascript' : 'text/html';
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy });
    response.end(url === '/script' ? script : harmful);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  context.after(() => server.close());
  const visitor = await Visitor.at(await startBrowser(context), `http://127.0.0.1:${port}/`);
  assert.equal(await visitor.page.getByText('loaded').isVisible(), true);
  for (const fault of [
    /content policy: script-src-attr/,
    /content policy: require-trusted-types-for/,
    /TypeError/,
  ])
    assert.throws(() => visitor.assertContent(), fault);
  visitor.forgive(/content policy|Trusted|violates/i);
  await visitor.leave();
});
