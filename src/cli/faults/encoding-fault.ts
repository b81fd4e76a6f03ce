import type { EncodingProblem } from '../../../grammar/source-text.ts';
import type { Fault } from './problem.ts';

/** What is wrong with bytes that are no UTF-8. `text` is what can be made of them. */
export function encodingFault({ line, column, length }: EncodingProblem, text: string): Fault {
  const lines = text.split('\n', line);
  const offset = lines.slice(0, -1).reduce((sum, { length: size }) => sum + size + 1, 0);
  const span = { offset: offset + column - 1, length: 1, line, column };
  const bytes = length === 1 ? 'a byte that is' : `${length} bytes that are`;
  return { error: 'invalid-text', word: '', span, expected: `text in UTF-8; here is ${bytes} none` };
}
