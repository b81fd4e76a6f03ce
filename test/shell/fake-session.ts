import type { BatchOptions, BatchSource, Emit, Outcome, Session } from '../../src/cli/session/session.ts';
import type { Completion, HelpLine, Highlight, Question } from '../../src/cli/typing/assistance.ts';

type Level = { readonly label: string; readonly leave: 'abort' | 'end' };

/** The words that may follow another: a table in place of a language. */
const words: Readonly<Record<string, readonly HelpLine[]>> = {
  '': [
    { word: 'config', help: 'change the configuration' },
    { word: 'diagnose', help: 'see what the enforcer does' },
    { word: 'execute', help: 'run an operation' },
    { word: 'exit', help: 'leave' },
    { word: 'get', help: 'print a table' },
    { word: 'show', help: 'print what differs from the default' },
  ],
  config: [
    { word: 'waf', help: 'web application firewall' },
    { word: 'server-policy', help: 'policies, pools and virtual servers' },
  ],
  waf: [
    { word: 'layer4-connection-flood-check-rule', help: 'connections that one source may hold' },
    { word: 'layer7-request-rule', help: 'requests that one source may send' },
  ],
  edit: [
    { word: '"Web Portal A"', help: '' },
    { word: '"Web Portal B"', help: '' },
    { word: 'plain', help: '' },
  ],
  trigger: [{ word: '"Mail \\"us\\""', help: 'e-mail' }],
};

const questions: Readonly<Record<string, Question>> = {
  purge: { kind: 'confirm', message: 'This operation will clear all table!' },
  password: { kind: 'password', message: 'New password' },
  name: { kind: 'text', message: 'Name', initial: 'web' },
  action: {
    kind: 'select',
    message: 'Action',
    choices: [
      { word: 'alert', help: 'report' },
      { word: 'block-period', help: 'report and refuse' },
    ],
  },
};

/** What has happened to a session, for a test to see. */
export type Log = string[];

/**
 * A session with a language of a few words: `config NAME` and `edit NAME` go down, `next`, `end` and `abort` up;
 * `lines N` prints N lines, `wide` one long one, `ask KIND` asks, `wait` runs until it is interrupted, `fail` is wrong.
 */
export class FakeSession implements Session {
  readonly log: Log;
  readonly #revocation = Promise.withResolvers<string>();
  readonly revoked = this.#revocation.promise;
  readonly #levels: Level[] = [];
  #settings = { more: false, idleMinutes: 5, plain: false };
  #interrupted = Promise.withResolvers<void>();
  #answer = Promise.withResolvers<string | null>();

  constructor(log: Log = []) {
    this.log = log;
  }

  async execute(text: string, emit: Emit): Promise<Outcome> {
    if (/\\$/.test(text) || (text.match(/"/g) ?? []).length % 2 === 1)
      return this.#outcome({ unfinished: true });
    this.log.push(`execute ${text}`);
    let status: 0 | 1 = 0;
    for (const line of text.split('\n')) {
      if (line === 'exit') return this.#outcome({ closed: true });
      if (!(await this.#line(line, emit))) status = 1;
    }
    return this.#outcome({ status });
  }

  async batch(sources: readonly BatchSource[], { operations }: BatchOptions, emit: Emit): Promise<Outcome> {
    const text = sources.map(({ bytes }) => Buffer.from(bytes).toString()).join('');
    const lines = text.replace(/\n$/, '').split('\n');
    this.log.push(
      `batch ${sources[0]?.name} of ${lines.length} lines${operations ? ' with operations' : ''}`,
    );
    const wrong = lines.findIndex((line) => line.trim() === 'fail');
    if (wrong < 0) {
      emit({ kind: 'notice', text: `${lines.length} lines applied\n` });
      return this.#outcome({});
    }
    emit({ kind: 'notice', text: `pasted:${wrong + 1}:1: wrong\n1 error: nothing was applied\n` });
    return this.#outcome({ status: 1 });
  }

  /** Ends the session as Levee does it while no command runs. */
  revoke(reason: string): void {
    this.#revocation.resolve(reason);
  }

  async state(): Promise<Outcome> {
    return this.#outcome({});
  }

  close(): void {
    this.log.push('close');
  }

  interrupt(): void {
    this.log.push('interrupt');
    this.#interrupted.resolve();
  }

  answer(value: string | null): void {
    this.log.push(`answer ${value}`);
    this.#answer.resolve(value);
  }

  async complete(text: string, cursor: number): Promise<Completion> {
    const { start, typed, before } = wordAt(text, cursor);
    const candidates = (words[before] ?? [])
      .filter(({ word }) => word.startsWith(typed) || word.startsWith(`"${typed}`))
      .map(({ word, help }) => ({ text: word, help, whole: true }));
    return { start, candidates };
  }

  async help(text: string, cursor: number): Promise<readonly HelpLine[]> {
    const { typed, before } = wordAt(text, cursor);
    if (before === 'many')
      return Array.from({ length: 40 }, (_, at) => ({ word: `word-${at}`, help: 'one of many' }));
    return (words[before] ?? []).filter(({ word }) => word.startsWith(typed));
  }

  async highlight(text: string): Promise<readonly Highlight[]> {
    const [first = '', ...others] = Array.from(text.matchAll(/\S+/g));
    const isVerb = (words[''] ?? []).some(({ word }) => word.startsWith(first[0] ?? ''));
    if (first === '') return [];
    return [
      { start: first.index, length: first[0].length, kind: isVerb ? 'verb' : 'unknown' },
      ...others.map(({ index, 0: { length } }) => ({ start: index, length, kind: 'path' as const })),
    ];
  }

  async mayHoldSecret(text: string): Promise<boolean> {
    return /password \S/.test(text);
  }

  async #line(line: string, emit: Emit): Promise<boolean> {
    const [verb = '', argument = '', ...more] = line.trim().split(' ');
    const print = (text: string): void => emit({ kind: 'output', text });
    switch (verb) {
      case 'config':
        this.#levels.push({ label: more.at(-1) ?? argument, leave: 'end' });
        return true;
      case 'edit':
        this.#levels.push({ label: line.slice(line.indexOf(' ') + 1).replaceAll('"', ''), leave: 'abort' });
        return true;
      case 'next':
      case 'end':
      case 'abort':
        this.#levels.pop();
        return true;
      case 'more':
        this.#settings = { ...this.#settings, more: argument === 'on' };
        return true;
      case 'crash':
        setImmediate(() => {
          throw new Error('crashed');
        });
        return true;
      case 'idle':
        this.#settings = { ...this.#settings, idleMinutes: Number(argument) };
        return true;
      case 'unpaged':
        emit({ kind: 'unpaged' });
        print(`${'line\n'.repeat(Number(argument))}`);
        return true;
      case 'lines':
        for (let at = 1; at <= Number(argument); at += 1) print(`line ${at}\n`);
        return true;
      case 'wide':
        print(`${'0123456789'.repeat(Number(argument))}\n`);
        return true;
      case 'part':
        print('no newline');
        return true;
      case 'wait':
        this.#interrupted = Promise.withResolvers();
        print('waiting\n');
        await this.#interrupted.promise;
        emit({ kind: 'notice', text: 'interrupted\n' });
        return true;
      case 'ask': {
        const question = questions[argument];
        if (question === undefined) return false;
        this.#answer = Promise.withResolvers();
        emit({ kind: 'question', question });
        print(`answered ${await this.#answer.promise}\n`);
        return true;
      }
      default:
        if (!['set', 'show', 'get'].includes(verb))
          emit({ kind: 'notice', text: `Unknown action 0: ${line.replace(/\p{Cc}/gu, '.')}\n` });
        return ['set', 'show', 'get'].includes(verb);
    }
  }

  #outcome({ status = 0, closed = false, unfinished = false }: Partial<Outcome>): Outcome {
    const level = this.#levels.at(-1);
    const prompt = level === undefined ? 'Levee # ' : `Levee (${level.label}) # `;
    const leave = level?.leave ?? null;
    return {
      status,
      prompt,
      closed,
      revoked: false,
      unfinished,
      idle: false,
      leave,
      settings: this.#settings,
    };
  }
}

function wordAt(text: string, cursor: number) {
  const typed = /(?:"[^"]*"?|\S)*$/.exec(text.slice(0, cursor))?.[0] ?? '';
  const start = cursor - typed.length;
  const before = text.slice(0, start).trim().split(/\s+/).at(-1) ?? '';
  return { start, typed, before };
}
