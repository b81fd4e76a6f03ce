import { Chalk } from 'chalk';
import type { Style } from './frame.ts';
import type { Paint } from './repaint.ts';

/** How each style looks. Without colour all look plain. */
export function paintFor(colour: boolean): Paint {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const looks: Readonly<Record<Style, (text: string) => string>> = {
    plain: (text) => text,
    verb: chalk.bold,
    path: chalk.cyan,
    field: chalk.cyan,
    value: chalk.green,
    comment: chalk.gray,
    unknown: chalk.red.underline,
    ghost: chalk.gray,
    selected: chalk.inverse,
  };
  return (style, text) => looks[style](text);
}
