import { lineEnd } from '../../../grammar/spans.ts';
import type { Item } from '../../../grammar/statement.ts';

/**
 * What stands around the commands in the file that a FortiWeb's backup gives: `[header]` to `[/header]`, then for each
 * file `[file]`, lines NAME=VALUE, dashes, the commands, dashes and `[/file]`.
 */
export class BackupFrame {
  readonly #isFramed: boolean;
  /** The section that was begun last. */
  section = '';
  #isOpen = false;
  /** The VDOM of the file in which the text stands. */
  domain: string | undefined;

  constructor(isFramed: boolean) {
    this.#isFramed = isFramed;
  }

  /** Takes an item that stands in no table: whether it is of the frame. */
  takes(item: Item, text: string): boolean {
    if (!this.#isFramed || item.kind === 'statement') return false;
    const { offset } = item.span;
    const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, lineEnd(text, offset)).trim();
    const [, slash, name] = /^\[(\/?)(header|file)\]$/.exec(line) ?? [];
    if (name !== undefined) {
      this.section = `[${name}]`;
      this.domain = undefined;
      this.#isOpen = slash === '';
      return true;
    }
    if (!this.#isOpen || !/^(?:\w+=|-{3,})/.test(line)) return false;
    const domain = /^domain=(.+)$/.exec(line)?.[1];
    if (domain !== undefined && domain !== 'global') this.domain = domain;
    return true;
  }
}
