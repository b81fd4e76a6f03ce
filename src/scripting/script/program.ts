import type { Block, ParsedScript, Stretch } from './parse.ts';

const lineCharacters = /[^\r\n]/g;

/** Blanks, so that every offset and line stays. */
function blanked(text: string): string {
  return text.replace(lineCharacters, ' ');
}

/** The line ends alone. */
function linesOf(text: string): string {
  return text.replace(lineCharacters, '');
}

/** Lua of a part of a script, at the same lines and columns as there. */
export type Piece = {
  readonly code: string;
  /** What to add to an offset in `code`, from the first line that is not empty on, for the one in the script. */
  readonly shift: number;
};

/** The Lua of one block. */
export function bodyOf(text: string, { bodyStart, bodyEnd }: Block): Piece {
  const before = text.slice(0, bodyStart);
  const line = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const lines = linesOf(text.slice(0, line));
  const code = lines + blanked(text.slice(line, bodyStart)) + text.slice(bodyStart, bodyEnd);
  return { code, shift: line - lines.length };
}

/** The Lua outside of all blocks. */
export function outsideOf({ text, blocks, idle }: ParsedScript): Piece {
  let code = '';
  let at = 0;
  for (const block of inOrder([...blocks, ...idle])) {
    code += text.slice(at, block.start) + blanked(text.slice(block.start, block.bodyEnd + 1));
    at = block.bodyEnd + 1;
  }
  return { code: code + text.slice(at), shift: 0 };
}

/**
 * One Lua chunk of the whole script, line for line: it runs what stands outside of blocks, so that its locals are
 * seen in them, and hands each block to the chunk's first argument, called with the block's index from 0 and a
 * function.
 */
export function programOf({ text, blocks, idle }: ParsedScript): string {
  const numbers = new Map<Stretch, number>(blocks.map((block, index) => [block, index]));
  let program = '';
  let at = 0;
  for (const block of inOrder<Block | Stretch>([...blocks, ...idle])) {
    program += text.slice(at, block.start);
    at = block.bodyEnd + 1;
    if (!('bodyStart' in block)) {
      program += blanked(text.slice(block.start, at));
      continue;
    }
    const index = numbers.get(block);
    program += `;(...)(${index},function(...)${linesOf(text.slice(block.start, block.bodyStart))} `;
    program += `${text.slice(block.bodyStart, block.bodyEnd)} end);`;
  }
  return program + text.slice(at);
}

function inOrder<Part extends Stretch>(parts: readonly Part[]): readonly Part[] {
  return parts.toSorted((one, other) => one.start - other.start);
}
