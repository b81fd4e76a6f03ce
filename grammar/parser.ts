import {
  defaultParserErrorProvider,
  EmbeddedActionsParser,
  EOF,
  type IToken,
  type ParserMethod,
} from 'chevrotain';
import { type VerbOf, verbs, verbsOf } from './shapes.ts';
import { Places } from './spans.ts';
import type { Statement } from './statement.ts';
import { Full, Pipe, QuotedWord, Side, To, verbToken, Word } from './tokens.ts';
import { isQuoted, jointOf, unquote } from './unquote.ts';
import type { Span, Word as StatementWord } from './word.ts';

type Rule = ParserMethod<[], Statement>;

/** What is missing or wrong, in words for a person, is the message of each error. */
const aTable = { ERR_MSG: 'a table' };
const aKey = { ERR_MSG: 'a key' };
const aField = { ERR_MSG: 'a field' };
const aValue = { ERR_MSG: 'a value' };
const toNewName = { ERR_MSG: '"to" and the new name' };
const theNewName = { ERR_MSG: 'the new name' };
const aSide = { ERR_MSG: '"before" or "after" and a key' };
const aCommand = { ERR_MSG: 'a command' };
const aPipe = { ERR_MSG: 'what the output is piped to' };
const endOfLine = 'the end of the line';

const kind = 'statement' as const;
const nowhere = new Places('');

/** What is wrong with a line: the token that should not stand there, or none when something is missing at the end. */
export type Mistake = { readonly kind: 'mistake'; readonly token?: IToken; readonly expected: string };

/** The grammar: one rule for each shape of statement. Its input is one line with its keywords marked. */
export class StatementParser extends EmbeddedActionsParser {
  readonly statement: Rule;
  readonly #pipes: ParserMethod<[], (readonly [StatementWord, ...StatementWord[]])[]>;
  #places = nowhere;
  #span = nowhere.span(0, 0);

  constructor(options: { readonly skipValidations: boolean }) {
    super([Word, QuotedWord, ...verbs.map(verbToken), Full, To, Side, Pipe], {
      maxLookahead: 1,
      recoveryEnabled: false,
      errorMessageProvider: { ...defaultParserErrorProvider, buildNotAllInputParsedMessage: () => endOfLine },
      skipValidations: options.skipValidations,
    });
    this.#pipes = this.RULE('pipes', () => {
      const pipes: (readonly [StatementWord, ...StatementWord[]])[] = [];
      this.MANY(() => {
        this.CONSUME(Pipe);
        const pipe: [StatementWord, ...StatementWord[]] = [this.#word(this.CONSUME(Word, aPipe))];
        this.MANY1(() => pipe.push(this.#word(this.CONSUME1(Word))));
        pipes.push(pipe);
      });
      return pipes;
    });
    const rules: Rule[] = [
      ...verbsOf('table').map((verb) => this.#table(verb)),
      ...verbsOf('key').map((verb) => this.#key(verb)),
      ...verbsOf('values').map((verb) => this.#values(verb)),
      ...verbsOf('field').map((verb) => this.#field(verb)),
      ...verbsOf('alone').map((verb) => this.#alone(verb)),
      ...verbsOf('pair').map((verb) => this.#pair(verb)),
      ...verbsOf('move').map((verb) => this.#move(verb)),
      ...verbsOf('path').map((verb) => this.#path(verb)),
      ...verbsOf('show').map((verb) => this.#show(verb)),
      ...verbsOf('command').map((verb) => this.#command(verb)),
    ];
    const alternatives = rules.map((rule) => ({ ALT: () => this.SUBRULE(rule) }));
    this.statement = this.RULE('statement', () => this.OR(alternatives));
    this.performSelfAnalysis();
  }

  /** Reads one line. A line that is no statement gives the first thing wrong with it. */
  read(line: IToken[], span: Span, places: Places): Statement | Mistake {
    this.#span = span;
    this.#places = places;
    this.input = line;
    const statement = this.statement();
    const [error] = this.errors;
    if (error === undefined) return statement;
    const { token, message: expected } = error;
    return token.tokenType === EOF ? { kind: 'mistake', expected } : { kind: 'mistake', token, expected };
  }

  /** Lets go of the text that was read last. */
  forget(): void {
    this.#places = nowhere;
    this.input = [];
  }

  #table<V extends VerbOf<'table'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const path = [this.#word(this.CONSUME(Word, aTable))];
      this.MANY(() => path.push(this.#word(this.CONSUME1(Word))));
      return { kind, verb, span: this.#span, path };
    });
  }

  #key<V extends VerbOf<'key'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const key = this.#word(this.CONSUME(Word, aKey));
      return { kind, verb, span: this.#span, key };
    });
  }

  #values<V extends VerbOf<'values'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const field = this.#word(this.CONSUME(Word, aField));
      const values = [this.#word(this.CONSUME1(Word, aValue))];
      this.MANY(() => values.push(this.#word(this.CONSUME2(Word))));
      return { kind, verb, span: this.#span, field, values };
    });
  }

  #field<V extends VerbOf<'field'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const field = this.#word(this.CONSUME(Word, aField));
      return { kind, verb, span: this.#span, field };
    });
  }

  #alone<V extends VerbOf<'alone'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      return { kind, verb, span: this.#span };
    });
  }

  #pair<V extends VerbOf<'pair'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const from = this.#word(this.CONSUME(Word, aKey));
      this.CONSUME(To, toNewName);
      const to = this.#word(this.CONSUME1(Word, theNewName));
      return { kind, verb, span: this.#span, from, to };
    });
  }

  #move<V extends VerbOf<'move'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const key = this.#word(this.CONSUME(Word, aKey));
      const side: 'before' | 'after' = this.CONSUME(Side, aSide).image === 'after' ? 'after' : 'before';
      const other = this.#word(this.CONSUME1(Word, aKey));
      return { kind, verb, span: this.#span, key, side, other };
    });
  }

  #path<V extends VerbOf<'path'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const path: StatementWord[] = [];
      this.MANY(() => path.push(this.#word(this.CONSUME(Word))));
      const pipes = this.SUBRULE(this.#pipes);
      return { kind, verb, span: this.#span, path, pipes };
    });
  }

  #show<V extends VerbOf<'show'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const full = this.OPTION(() => this.CONSUME(Full)) !== undefined;
      const path: StatementWord[] = [];
      this.MANY(() => path.push(this.#word(this.CONSUME(Word))));
      const pipes = this.SUBRULE(this.#pipes);
      return { kind, verb, span: this.#span, full, path, pipes };
    });
  }

  #command<V extends VerbOf<'command'>>(verb: V) {
    return this.RULE(verb, () => {
      this.CONSUME(verbToken(verb));
      const words = [this.#word(this.CONSUME(Word, aCommand))];
      this.MANY(() => words.push(this.#word(this.CONSUME1(Word))));
      const pipes = this.SUBRULE(this.#pipes);
      return { kind, verb, span: this.#span, words, pipes };
    });
  }

  #word({ image, startOffset, tokenType }: IToken): StatementWord {
    const span = this.#places.span(startOffset, image.length);
    if (tokenType === Word) return { text: image, span, quoted: false };
    const word = { text: unquote(image), span, quoted: isQuoted(image) };
    const joint = jointOf(image);
    return joint === undefined ? word : { ...word, joint };
  }
}
