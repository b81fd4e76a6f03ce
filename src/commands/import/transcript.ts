import { isVerb } from '../../../grammar/shapes.ts';
import { asShown } from './as-shown.ts';
import { quoteAfter } from './open-quote.ts';
import { Stripped } from './stripped.ts';

/** A device's name, the level where it stands, and its sign. */
const prompt = /^\s*([\w.-]+) (\(.*?\) )?[#$](?: |$)/;

/** What was typed to look at something, and no change. */
const looking = /^(?:sh|g|ex|di|tr)/;
/** What was asked for help. */
const asking = /\?$/;
const leaving = /^(?:exi?t?|quit|logout)$/;

/** What a connection says when it ends, behind the prompt at which it did. */
const ended =
  /^(?:(?:shared )?connection |client_loop|packet_write|timeout|logout|broken pipe|disconnected)/i;

/** What a device answers to `edit`. */
const answer = /^\s*new entry '.*' added\s*$/;

/** What a device says last of a command that it does not take. */
const refusal = /^\s*(?:Command fail\b|Unknown action\b)/;

/** A command, behind nothing or behind the sign of a prompt that is none of ours. */
const command =
  /(?:^|[#$>%])\s*(?:conf\w*\s+[\w-]+\s+\S|edit\s+\S|set\s+\S+\s+\S|(?:unset|delete|purge|append|select|unselect|clear|rename|clone|move)\b|(?:next|end|abort)\s*$)/;

/** What the lines without a prompt are that follow: commands, what was shown to somebody who looked, or nothing of a session. */
type Section = 'commands' | 'shown' | 'around';

export type Commands = {
  readonly bytes: Uint8Array;
  /** What was no command: a line for each kind. */
  readonly stripped: readonly string[];
};

/**
 * The commands of what a terminal has shown: without prompts, `--More--`, escapes, what was typed only to look and what
 * was shown then (but for `show` at the root, which shows commands), what the device refused, and what stands around
 * the sessions. What looks like a command is never among it, unless a prompt stands before and behind. Lines keep their
 * numbers. What stands in quotes keeps all but escapes and the pager's lines. Bytes are taken for characters and kept as
 * they are, whatever their encoding.
 */
export function commandsOf(transcript: Uint8Array): Commands {
  const lines = Buffer.from(transcript).toString('latin1').split('\n').map(asShown);
  const reading = new Reading(lines);
  const kept = lines.map((_, index) => reading.take(index));
  return { bytes: Buffer.from(kept.join('\n'), 'latin1'), stripped: reading.stripped.report };
}

/** One reading of a transcript, line by line. */
class Reading {
  readonly stripped = new Stripped();
  readonly #lines: readonly string[];
  /** Index of the last line with a prompt; -1: there is none, and all are commands. */
  readonly #last: number;
  #section: Section;
  #open = '';
  /** Blocks that are open in what `show` shows. */
  #depth = 0;
  /** Up to this line the device says that it refuses a command. */
  #refusedTo = -1;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#last = lines.findLastIndex((line) => promptOf(line) !== undefined);
    this.#section = this.#last < 0 ? 'commands' : 'around';
  }

  /** What remains of a line. */
  take(index: number): string {
    const line = this.#lines[index] ?? '';
    if (index <= this.#refusedTo) return this.#strip('refused', index);
    if (this.#open !== '') return this.#keep(line);
    const before = promptOf(line);
    if (before !== undefined) {
      const isRoot = !before.trimEnd().slice(0, -1).trimEnd().endsWith(')');
      return this.#takeTyped(index, line.slice(before.length), isRoot);
    }
    if (line.trim() === '' || answer.test(line)) return '';
    if (this.#section === 'commands') {
      const isOver = this.#last >= 0 && index > this.#last && this.#depth === 0 && !command.test(line);
      return isOver ? this.#strip('around', index) : this.#keep(line);
    }
    const isBounded = this.#section === 'shown' && index < this.#last;
    if (isBounded || !command.test(line)) return this.#strip(this.#section, index);
    this.#section = 'commands';
    return this.#keep(line);
  }

  /** What stands behind a prompt. */
  #takeTyped(index: number, typed: string, isRoot: boolean): string {
    const said = typed.trim();
    this.#depth = 0;
    this.#section = 'commands';
    if (said === '') return '';
    if (asking.test(said)) return this.#look(index);
    if ((isRoot && leaving.test(said)) || ended.test(said)) {
      this.#section = 'around';
      return this.#strip('around', index);
    }
    if (looking.test(said)) {
      // What `show` shows at the root is the configuration, if it is all of it.
      if (!isRoot || !said.startsWith('sh') || said.includes('|')) return this.#look(index);
      return '';
    }
    this.#refusedTo = this.#refusalFrom(index, typed);
    return this.#refusedTo < 0 ? this.#keep(typed) : this.#strip('refused', index);
  }

  #look(index: number): string {
    this.#section = 'shown';
    return this.#strip('shown', index);
  }

  /** Where the answer to a typed command ends that was refused; -1: it was not. */
  #refusalFrom(index: number, typed: string): number {
    if (quoteAfter(typed, '') !== '') return -1;
    let next = index + 1;
    while (next < this.#lines.length && promptOf(this.#lines[next] ?? '') === undefined) next += 1;
    const answers = this.#lines.slice(index + 1, next);
    const last = answers.findLastIndex((line) => line.trim() !== '');
    // What was pasted ahead of its prompts is no answer.
    if (!refusal.test(answers[last] ?? '') || answers.some((line) => command.test(line))) return -1;
    return index + 1 + last;
  }

  #keep(line: string): string {
    if (this.#open === '') {
      if (/^\s*config\b/.test(line)) this.#depth += 1;
      else if (/^\s*end\s*$/.test(line)) this.#depth = Math.max(0, this.#depth - 1);
    }
    this.#open = quoteAfter(line, this.#open);
    return line;
  }

  /** What is no command is a comment: a text of nothing else is not empty. */
  #strip(what: 'around' | 'shown' | 'refused', index: number): string {
    if ((this.#lines[index] ?? '').trim() === '') return '';
    this.stripped.add(what, index + 1);
    return '#';
  }
}

/** The prompt that a line begins with, or several: where nothing was typed at one, the next stands behind it. */
function promptOf(line: string): string | undefined {
  const [first, name] = prompt.exec(line) ?? [];
  if (first === undefined || name === undefined || isVerb(name)) return undefined;
  return first + (promptOf(line.slice(first.length)) ?? '');
}
