import { wrappedLines } from '../../text/display-width.ts';
import { printProblem } from '../faults/print-problem.ts';
import type { ReplyPart } from '../session/session.ts';
import { liveLines } from './live-lines.ts';

/**
 * What a part says to the person.
 *
 * @param width cells of a row of their terminal; without one no text is broken
 */
export function personText(part: ReplyPart, width?: number): string {
  switch (part.kind) {
    case 'output':
      return part.text;
    case 'notice':
    case 'done':
      return width === undefined ? part.text : wrappedLines(part.text, width);
    case 'problem':
      return `${printProblem(part.problem, width)}\n`;
    case 'live':
      return `${[...liveLines(part.view)].join('\n')}\n`;
    case 'file':
    case 'unpaged':
    case 'file-wanted':
    case 'replay-wanted':
    case 'question':
      return '';
  }
}
