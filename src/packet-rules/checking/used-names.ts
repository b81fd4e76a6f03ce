import { type Token, tokensOf } from '../../lua/syntax/tokens.ts';

/** A name that a file of rules reads: a global, or a field of one, or of a module that a local stands for. */
export type UsedName = {
  /** The module whose value the path begins at; undefined: a global is the first of the path. */
  readonly module: string | undefined;
  readonly path: readonly string[];
  /** As it is written. */
  readonly text: string;
  readonly line: number;
};

const keywords: ReadonlySet<string> = new Set([
  ...['and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'goto', 'if', 'in', 'local'],
  ...['nil', 'not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while', 'self', '_ENV', '_G'],
]);
/** Whoever asks whether a name is there knows that it may not be. */
const asking: ReadonlySet<string> = new Set(['then', 'and', 'or', '==', '~=']);

/** The tokens of a file as texts, and what of them is of use. */
class Source {
  readonly texts: readonly string[];
  readonly #tokens: readonly Token[];
  readonly #code: string;

  constructor(code: string) {
    this.#code = code;
    this.#tokens = [...tokensOf(code)];
    this.texts = this.#tokens.map(({ start, end }) => code.slice(start, end));
  }

  at(index: number): string {
    return this.texts[index] ?? '';
  }

  isName(index: number): boolean {
    return this.#tokens[index]?.kind === 'name' && !keywords.has(this.at(index));
  }

  /** The text between quotes, if there is one. */
  quoted(index: number): string | undefined {
    return this.#tokens[index]?.kind === 'string' ? this.at(index).slice(1, -1) : undefined;
  }

  lineOf(index: number): number {
    return this.#code.slice(0, this.#tokens[index]?.start ?? 0).split('\n').length;
  }

  /** The names from `index` on with commas between them, and where they end. */
  names(index: number): { readonly names: readonly string[]; readonly end: number } {
    const names: string[] = [];
    let at = index;
    while (this.isName(at) || this.at(at) === 'self') {
      names.push(this.at(at));
      at++;
      // <const> and <close>.
      if (this.at(at) === '<' && this.at(at + 2) === '>') at += 3;
      if (this.at(at) !== ',') break;
      at++;
    }
    return { names, end: at };
  }
}

/** Names that a file makes itself, anywhere in it. */
type Own = {
  readonly locals: Set<string>;
  /** Globals, and fields as `a.b`. */
  readonly assigned: Set<string>;
  /** The module that a name stands for. */
  readonly modules: Map<string, string>;
};

/** The module in `require('M')`, `require"M"` or the like at `index`. */
function requiredAt(source: Source, index: number): string | undefined {
  if (source.at(index) !== 'require') return undefined;
  return source.quoted(index + (source.at(index + 1) === '(' ? 2 : 1));
}

function pathAt(source: Source, index: number): readonly string[] {
  const path = [source.at(index)];
  for (let at = index + 1; source.at(at) === '.' && source.isName(at + 1); at += 2)
    path.push(source.at(at + 1));
  return path;
}

function addFunction(source: Source, index: number, own: Own): void {
  const path = source.isName(index) ? pathAt(source, index) : [];
  if (path.length > 0) own.assigned.add(path.join('.'));
  let at = index;
  while (source.at(at) !== '(' && at < source.texts.length) at++;
  for (const name of source.names(at + 1).names) own.locals.add(name);
}

/** What a file declares, wherever: scopes are not followed, so that nothing is called missing that is there. */
function addOwn(source: Source, own: Own): void {
  for (let index = 0; index < source.texts.length; index++) {
    const word = source.at(index);
    if (word === 'function') addFunction(source, index + 1, own);
    else if (word === 'for' || (word === 'local' && source.at(index + 1) !== 'function')) {
      const { names, end } = source.names(index + 1);
      const module = source.at(end) === '=' ? requiredAt(source, end + 1) : undefined;
      const [first] = names;
      if (module !== undefined && first !== undefined) own.modules.set(first, module);
      else for (const name of names) own.locals.add(name);
    } else if (word === 'local') own.locals.add(source.at(index + 2));
    else if (source.isName(index) && source.at(index - 1) !== '.') {
      const path = pathAt(source, index);
      const behind = index + 2 * path.length - 1;
      const isList = source.at(behind) === ',' && isAssignedList(source, behind);
      if (source.at(behind) === '=' || isList) own.assigned.add(path.join('.'));
      const module = source.at(behind) === '=' ? requiredAt(source, behind + 1) : undefined;
      if (module !== undefined && path.length === 1) own.modules.set(word, module);
    }
  }
}

function isAssignedList(source: Source, comma: number): boolean {
  const { end } = source.names(comma + 1);
  return source.at(end) === '=';
}

/** The names that files read and do not make, each once, where it is read first. */
export function usedNames(files: ReadonlyMap<string, string>): ReadonlyMap<string, readonly UsedName[]> {
  const sources = [...files].map(([name, code]) => [name, new Source(code)] as const);
  const globals = new Set<string>();
  const owns = sources.map(([, source]) => {
    const own: Own = { locals: new Set(), assigned: new Set(), modules: new Map() };
    addOwn(source, own);
    for (const name of own.assigned) globals.add(name);
    return own;
  });
  const used = new Map<string, UsedName[]>();
  for (const [index, [name, source]] of sources.entries()) {
    const own = owns[index];
    if (own !== undefined) used.set(name, namesOf(source, own, globals));
  }
  return used;
}

function namesOf(source: Source, own: Own, globals: ReadonlySet<string>): UsedName[] {
  const found = new Map<string, UsedName>();
  const asked = new Set<string>();
  for (let index = 0; index < source.texts.length; index++) {
    const before = source.at(index - 1);
    if (!source.isName(index) || ['.', ':', '::', 'goto', 'function', 'local'].includes(before)) continue;
    const path = pathAt(source, index);
    const behind = source.at(index + 2 * path.length - 1);
    const [root = ''] = path;
    const module = own.modules.get(root);
    // A parameter may have the name of a module.
    if (own.locals.has(root)) continue;
    if (asking.has(behind) || before === 'not') asked.add(path.join('.'));
    if (behind === '=') continue;
    if (path.some((_, length) => globals.has(path.slice(0, length + 1).join('.')) && module === undefined))
      continue;
    const text = path.join('.');
    if (found.has(text)) continue;
    const inModule = module === undefined ? path : path.slice(1);
    if (inModule.length > 0) found.set(text, { module, path: inModule, text, line: source.lineOf(index) });
  }
  return [...found.values()].filter(({ text }) => !asked.has(text));
}
