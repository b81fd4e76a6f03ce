import { createInterface } from 'node:readline';
import type { Emit, Session } from '../control/session.ts';

/** A plain prompt on the terminal: one command after the other until `exit`, Ctrl-D or a lost terminal. */
export async function runLinePrompt(session: Session, emit: Emit): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
  let running = false;
  let text = '';
  let { prompt } = await session.look();
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
    lines.write(null, { ctrl: true, name: 'e' });
    process.stdout.write('^C\n');
    lines.write(null, { ctrl: true, name: 'u' });
    ask();
  });
  try {
    ask();
    // Lines that are typed ahead wait in the iterator, in their order.
    for await (const line of lines) {
      text += text === '' ? line : `\n${line}`;
      running = true;
      const outcome = await session.execute(text, emit);
      running = false;
      if (outcome.closed) break;
      if (!outcome.unfinished) text = '';
      ({ prompt } = outcome);
      ask();
    }
  } finally {
    lines.close();
  }
}
