import { spawn } from 'node:child_process';
import { join } from 'node:path';

export type Step =
  | readonly ['wait', text: string]
  | readonly ['type', text: string]
  | readonly ['hangup']
  | readonly ['kill', signal: NodeJS.Signals]
  /** Something to be done outside while the command runs. */
  | readonly ['do', action: () => Promise<void>];

const actionMark = 'an action is due';

export type Shown = { readonly screen: string; readonly status: number };

/** Plays a script on bin/levee in a pseudo-terminal; the end of the script must be its end. */
export async function onTerminal(words: readonly string[], steps: readonly Step[]): Promise<Shown> {
  const here = import.meta.dirname;
  const levee = join(here, '..', '..', 'bin', 'levee');
  const actions = steps.flatMap((step) => (step[0] === 'do' ? [step[1]] : []));
  const script = [...steps.map((step) => (step[0] === 'do' ? ['tell', actionMark] : step)), ['end']];
  const child = spawn('python3', [join(here, 'terminal.py'), JSON.stringify(script), levee, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', TZ: 'UTC' },
  });
  let screen = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!text.startsWith(actionMark)) {
      errors += text;
      return;
    }
    const action = actions.shift();
    const goOn = (): void => void child.stdin.write('\n');
    const fail = (error: unknown): void => {
      errors += String(error);
      child.kill();
    };
    action?.().then(goOn, fail);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.on('error', reject);
  child.on('close', resolve);
  const status = await promise;
  if (status !== 0) throw new Error(`${errors}\nThe terminal showed:\n${screen}`);
  return { screen, status: Number(/exit status (-?\d+)\n$/.exec(screen)?.[1]) };
}
