// Whoever reads this may go away; what guards connections goes on without them.
process.stderr.on('error', () => undefined);

/** Writes a line to standard error, for whoever looks after this process. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
