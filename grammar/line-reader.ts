import type { IToken } from 'chevrotain';
import { endOf, type Line, mostWords } from './lexing.ts';
import { StatementParser } from './parser.ts';
import { beforePipe, splitAtPipes } from './pipe-words.ts';
import { resolveVerb, type VerbResolution } from './resolve-verb.ts';
import { isPiped, type Verb, verbOf } from './shapes.ts';
import { Places } from './spans.ts';
import type { Item, SyntaxProblem } from './statement.ts';
import { ExcessWord, markKeywords, UnclosedQuote, Word } from './tokens.ts';
import { isQuoted, unquote } from './unquote.ts';
import type { Span, Word as StatementWord } from './word.ts';

/** Of a word that is too much. */
const mostShown = 1000;

/** One for the process: building the grammar costs milliseconds, reading a line a microsecond. */
const parser = new StatementParser({ skipValidations: true });

/** Makes items of the lines of one text, which must come from the front to the back. */
export class LineReader {
  readonly #text: string;
  readonly #places: Places;
  readonly #mayHoldNul: boolean;
  readonly #validVerbs: () => readonly Verb[];

  constructor(text: string, validVerbs: () => readonly Verb[]) {
    this.#text = text;
    this.#places = new Places(text);
    this.#mayHoldNul = text.includes('\0');
    this.#validVerbs = validVerbs;
  }

  read(line: Line): Item {
    const [first] = line;
    const last = line.at(-1) ?? first;
    const meant = first.tokenType === ExcessWord ? { nearest: undefined } : this.#resolve(first);
    const broken = this.#brokenWord(line, last);
    if (broken !== undefined) return 'verb' in meant ? { ...broken, verb: meant.verb } : broken;

    const span = this.#places.span(first.startOffset, endOf(last) - first.startOffset);
    if (!('verb' in meant)) return verbProblem(meant, first.image, { ...span, length: first.image.length });
    const { verb } = meant;
    const words = isPiped(verb) ? splitAtPipes(line) : line;
    markKeywords(words, verb);
    const result = parser.read(words, span, this.#places);
    if (result.kind === 'statement') return result;
    const { token, expected } = result;
    const offset = token?.startOffset ?? endOf(last);
    const word = token?.image ?? '';
    const problem = token === undefined ? 'incomplete' : 'unexpected-word';
    const place = this.#places.span(offset, word.length);
    const said = this.#said(words, span, offset);
    return { kind: 'problem', problem, span: place, word, verb, said, expected, candidates: [] };
  }

  /** The words before a place, of a line that begins at `start`. */
  #said(words: readonly IToken[], start: Span, offset: number): StatementWord[] {
    // Other places of the text are asked for from the front to the back.
    const places = new Places(this.#text.slice(start.offset, offset));
    return words
      .filter(({ startOffset }) => startOffset < offset)
      .map(({ image, startOffset }) => {
        const { line, column } = places.span(startOffset - start.offset, image.length);
        const span = {
          offset: startOffset,
          length: image.length,
          line: start.line + line - 1,
          column: line === 1 ? start.column + column - 1 : column,
        };
        return { text: unquote(image), span, quoted: isQuoted(image) };
      });
  }

  close(): void {
    parser.forget();
  }

  #resolve({ tokenType, image }: IToken): VerbResolution {
    const verb = verbOf(image);
    if (verb !== undefined) return { verb };
    const piped = beforePipe(image);
    if (piped !== image) {
      const meant = resolveVerb(piped, this.#validVerbs());
      if ('verb' in meant && isPiped(meant.verb)) return meant;
    }
    if (tokenType === UnclosedQuote) return { nearest: undefined };
    const word = tokenType === Word ? image : unquote(image);
    const meant = resolveVerb(word, this.#validVerbs());
    // A quoted word in the verb's place is what a stray quote leaves behind.
    return 'verb' in meant && isQuoted(image) ? { nearest: meant.verb } : meant;
  }

  /** The first word that could not be read as it stands. */
  #brokenWord(line: readonly IToken[], last: IToken): SyntaxProblem | undefined {
    if (last.tokenType === ExcessWord) {
      const span = this.#places.span(last.startOffset, last.image.length);
      const word = last.image.slice(0, mostShown);
      return problem('too-many-words', span, word, `a statement of at most ${mostWords} words and 1 MiB`);
    }
    if (this.#mayHoldNul) {
      for (const { image, startOffset } of line) {
        const nul = image.indexOf('\0');
        if (nul < 0) continue;
        const span = this.#places.span(startOffset + nul, 1);
        return problem('nul-character', span, '\0', 'text without NUL characters');
      }
    }
    if (last.tokenType !== UnclosedQuote) return undefined;
    const word = last.image.trimEnd();
    return problem(
      'unclosed-quote',
      this.#places.span(last.startOffset, word.length),
      word,
      'a closing quote',
    );
  }
}

function problem(
  kind: SyntaxProblem['problem'],
  span: Span,
  word: string,
  expected: string,
  candidates: readonly Verb[] = [],
): SyntaxProblem {
  return { kind: 'problem', problem: kind, span, word, expected, candidates };
}

function verbProblem(
  meant: Exclude<VerbResolution, { verb: Verb }>,
  word: string,
  span: Span,
): SyntaxProblem {
  if ('candidates' in meant) {
    const { candidates } = meant;
    return problem('ambiguous-verb', span, word, `one of ${candidates.join(', ')}`, candidates);
  }
  return problem('unknown-verb', span, word, 'a verb', meant.nearest === undefined ? [] : [meant.nearest]);
}
