// The reader of standard error may go away: Levee guards connections without one too.
process.stderr.on('error', () => undefined);

/** Writes a line to standard error, for whoever looks after this process. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
