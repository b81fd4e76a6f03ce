import { createInterface } from 'node:readline';
import { unfinished } from '../../grammar/parse.ts';
import type { Emit, Session } from '../cli/session.ts';

/** A plain prompt on the terminal: one line after the other until `exit`, Ctrl-D or a lost terminal. */
export async function runLinePrompt(session: Session, emit: Emit): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
  const over = Promise.withResolvers<void>();
  let prompt = await session.prompt();
  let text = '';
  let running = false;
  const ask = (): void => {
    lines.setPrompt(text === '' ? prompt : '> ');
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    if (running) {
      session.interrupt();
      return;
    }
    text = '';
    process.stdout.write('^C\n');
    ask();
  });
  lines.on('close', () => over.resolve());
  lines.on('line', (line) => {
    text += text === '' ? line : `\n${line}`;
    if (unfinished(text)) {
      ask();
      return;
    }
    const command = text;
    text = '';
    running = true;
    lines.pause();
    session
      .execute(command, emit)
      .then((outcome) => {
        prompt = outcome.prompt;
        running = false;
        if (outcome.closed) lines.close();
        else ask();
      })
      .catch((error: unknown) => {
        over.reject(error);
        lines.close();
      });
  });
  ask();
  await over.promise;
}
