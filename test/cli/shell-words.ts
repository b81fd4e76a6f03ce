/** A plain word of sh(1), one in single quotes, or one in double quotes without an expansion. */
const word = /^(?:[\w@%+=:,./-]+|'[^']*'|"(?:[^"\\$`]|\\["\\$`])*")+/;
const piece = /'([^']*)'|"((?:[^"\\]|\\.)*)"|[^'"]+/g;

/** The words of a command line; undefined where it is more than one command and its words. */
export function shellWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let rest = command.trim(); rest !== ''; ) {
    const written = word.exec(rest)?.[0];
    if (written === undefined) return undefined;
    words.push(
      written.replaceAll(
        piece,
        (plain, single?: string, double?: string) => single ?? double?.replace(/\\(.)/g, '$1') ?? plain,
      ),
    );
    rest = rest.slice(written.length);
    if (rest !== '' && !rest.startsWith(' ')) return undefined;
    rest = rest.trimStart();
  }
  return words;
}
