import type { Word } from '../../../grammar/word.ts';
import type { ModelFault, ModelFaults } from '../../model/fault.ts';
import { after } from '../words/resolve.ts';
import type { Fault, Faults } from './problem.ts';

/** The words of a statement that the model was given, by what they were to it. */
export type Arguments = {
  readonly key?: Word;
  readonly name?: Word;
  readonly other?: Word;
  readonly field?: Word;
  readonly values?: readonly Word[];
};

/** Faults of the model at the words of the statement that it was asked by. */
export function spanned(faults: ModelFaults, said: Arguments): Faults {
  return faults.map((fault) => atWord(fault, said));
}

/** As `spanned`, of one fault. */
export function atWord({ argument, ...fault }: ModelFault, said: Arguments): Fault {
  if (argument === undefined || argument === 'table') return fault;
  if (typeof argument === 'number') {
    const { values = [] } = said;
    const word = values[argument];
    const last = values.at(-1);
    return word === undefined ? { ...fault, span: last && after(last) } : asTyped(fault, word);
  }
  const word = said[argument];
  if (word === undefined) return fault;
  return argument === 'field' ? asTyped(fault, word) : { ...fault, span: word.span };
}

/** The model was given a word in full that may have been abbreviated. */
function asTyped(fault: Fault, { text, span }: Word): Fault {
  return fault.within === undefined ? { ...fault, word: text, span } : { ...fault, span };
}
