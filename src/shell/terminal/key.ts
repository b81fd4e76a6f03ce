import type { Key as DecodedKey } from 'node:readline';

export type Key =
  | {
      readonly kind: 'key';
      /** What a binding is looked up by: `C-a`, `M-b`, `S-tab`, `left`, or the character itself. */
      readonly chord: string;
      /** The character that it stands for; '' for a key that types none. */
      readonly text: string;
      /** What the terminal sent. */
      readonly sequence: string;
      readonly decoded: DecodedKey;
    }
  /** What a terminal pasted in one piece, its lines ended by newlines. */
  | { readonly kind: 'paste'; readonly text: string }
  /** A paste that was too long to be kept. */
  | { readonly kind: 'overflow' };

const oneCharacter = /^[^\p{Cc}]$/u;

/** A key as readline decodes it. */
export function keyOf(decoded: DecodedKey): Key {
  const sequence = decoded.sequence ?? '';
  const text = oneCharacter.test(sequence) ? sequence : '';
  return { kind: 'key', chord: text === '' ? chordOf(decoded, sequence) : text, text, sequence, decoded };
}

function chordOf({ name, ctrl, meta, shift }: DecodedKey, sequence: string): string {
  const modifiers = `${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${shift ? 'S-' : ''}`;
  return `${modifiers}${name === 'return' ? 'enter' : (name ?? sequence)}`;
}

/** Terminals send a pasted line's end as a carriage return, some with a newline behind it. */
export function pasteOf(text: string): Key {
  return { kind: 'paste', text: text.replace(/\r\n?/g, '\n') };
}
