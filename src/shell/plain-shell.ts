import { createInterface } from 'node:readline';
import type { ReplyPart, Session } from '../control/session.ts';
import type { Terminal } from './terminal.ts';

/** Where escape sequences are not understood: a prompt, a line, what it gives. Questions are declined. */
export async function runPlainShell(
  session: Session,
  { input, output }: Terminal,
  print: (part: ReplyPart) => string,
): Promise<void> {
  let text = '';
  output.write((await session.look()).prompt);
  // Not before: lines that come when nobody iterates yet are lost.
  const lines = createInterface({ input, terminal: false });
  // Lines that come while a command runs wait in the iterator, in their order.
  for await (const line of lines) {
    text += text === '' ? line : `\n${line}`;
    const outcome = await session.execute(text, (part) => {
      if (part.kind === 'question') session.answer(null);
      else output.write(print(part));
    });
    if (outcome.closed) break;
    if (!outcome.unfinished) text = '';
    output.write(outcome.unfinished ? '> ' : outcome.prompt);
  }
  lines.close();
}
