import { launchBrowser, withBrowser } from '../../test/running/browser.ts';
import { noPseudoTerminal, PseudoTerminal } from '../../test/terminal/pseudo-terminal.ts';
import { leveeProgram } from './levee.ts';

/** The doors that somebody who watches comes through, on loopback. */
export type WatchedPorts = { readonly page: number; readonly metrics: number };

const name = 'watcher';
const password = 'watching 28080';

/** The commands that open the doors. */
export function watchedConfiguration({ page, metrics }: WatchedPorts): string {
  const door = (type: string, port: number): string =>
    `edit "${type}"\nset type ${type}\nset status enable\nset port ${port}\nnext\n`;
  return `config system admin
edit "${name}"
set access-profile prof_admin
set password "${password}"
next
end
config system access-door
${door('page', page)}${door('metrics', metrics)}end
`;
}

/** Somebody who watches, until they are told to leave. */
export type Watcher = {
  /** Throws where they have seen nothing. */
  leave(): Promise<void>;
};

export type StartWatching = () => Promise<Watcher>;

/** The page in Chromium, two views of it side by side; or what these views ask, where there is no Chromium. */
export async function pageWatchers(
  port: number,
): Promise<{ readonly start: StartWatching; readonly close: () => Promise<void>; readonly how: string }> {
  if (withBrowser.skip !== false)
    return { start: () => readStreams(port), close: async () => undefined, how: 'its streams alone' };
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(originOf(port));
  await page.getByLabel('Administrator').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  await page.goto('about:blank');
  const start = async (): Promise<Watcher> => {
    const pages = await Promise.all(
      ['now', 'sources'].map(async (view) => {
        const one = await context.newPage();
        await one.goto(`${originOf(port)}/#/${view}`);
        await one.getByRole('heading').first().waitFor();
        return one;
      }),
    );
    return {
      async leave() {
        for (const one of pages) await one.close();
      },
    };
  };
  return { start, close: () => browser.close(), how: 'in Chromium' };
}

/** The streams of both views. */
async function readStreams(port: number): Promise<Watcher> {
  const origin = originOf(port);
  const login = await fetch(`${origin}/page/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
    body: JSON.stringify({ name, password }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const over = new AbortController();
  let told = 0;
  const reading = ['measured', 'measured+sources'].map(async (topics) => {
    const { body } = await fetch(`${origin}/page/live?topics=${topics}`, {
      headers: { Cookie: cookie },
      signal: over.signal,
    });
    for await (const part of body ?? []) told += part.length;
  });
  const read = Promise.allSettled(reading);
  return {
    async leave() {
      over.abort();
      await read;
      if (told === 0) throw new Error('the page was told nothing');
    },
  };
}

/** What Prometheus asks each second, which is fifteen times as often as usual. */
export async function scrape(port: number): Promise<Watcher> {
  let scraped = 0;
  const ask = async (): Promise<void> => {
    const answer = await fetch(`${originOf(port)}/metrics?top-sources=20`);
    if ((await answer.text()).includes('levee_')) scraped += 1;
  };
  let last = ask();
  const timer = setInterval(() => {
    last = ask();
  }, 1000);
  return {
    async leave() {
      clearInterval(timer);
      await last;
      if (scraped === 0) throw new Error('nothing was scraped');
    },
  };
}

export const whyNoTop: string | false = noPseudoTerminal;

/** `levee top`, as an administrator of this machine sees it. */
export async function lookAtTop(state: string): Promise<Watcher> {
  const terminal = new PseudoTerminal(120, 40, {}, [leveeProgram, '--state', state, 'top']);
  await terminal.has('relay');
  return {
    async leave() {
      terminal.type('q');
      await terminal.end();
    },
  };
}

function originOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
