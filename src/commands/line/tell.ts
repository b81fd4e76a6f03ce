// Whoever reads what is told may go away; what guards connections goes on without them.
process.stderr.on('error', () => undefined);

/** Says something to whoever looks after this process. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
