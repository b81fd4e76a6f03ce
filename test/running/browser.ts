import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Debian has it, and others. */
const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** For the options of a test that needs a browser: why it is skipped, if this machine has none. */
export const withBrowser = { skip: executable === undefined ? 'there is no chromium here' : false };

/** What a document says of a violation before anything of its own runs; that reaches the console. */
const tellViolations = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  console.error('content policy: ' + violatedDirective + ' ' + blockedURI + ' ' + sample), true);`;

/** Chromium, until the test ends. */
export async function startBrowser(context: TestContext): Promise<Browser> {
  const browser = await launchBrowser();
  context.after(() => browser.close());
  return browser;
}

/** Chromium, which asks nothing of anybody but of the page. */
export function launchBrowser(): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: [...sandbox, '--disable-background-networking', '--disable-gpu', '--no-proxy-server'],
  });
}

/** Somebody who looks at one page, with cookies of their own. */
export class Visitor {
  readonly page: Page;
  readonly #faults: string[] = [];
  readonly #forgiven: RegExp[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.#faults.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#faults.push(String(error)));
    page.on('dialog', (dialog) => this.#faults.push(`a dialogue: ${dialog.message()}`));
  }

  static async at(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    await page.addInitScript(tellViolations);
    const visitor = new Visitor(page);
    await page.goto(url);
    return visitor;
  }

  /** What the console may say, since the test brings it about. */
  forgive(pattern: RegExp): void {
    this.#forgiven.push(pattern);
  }

  /** Fails on a violation of the content policy, an error or a warning of the console, or a dialogue. */
  assertContent(): void {
    const faults = this.#faults.filter((each) => !this.#forgiven.some((pattern) => pattern.test(each)));
    assert.deepEqual(faults, []);
  }

  async leave(): Promise<void> {
    await this.page.context().close();
    this.assertContent();
  }
}
