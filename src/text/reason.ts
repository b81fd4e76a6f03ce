/** What an error says. Anything can be thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of TLS: around it OpenSSL says where in its sources that is.
  if ('library' in error && 'reason' in error) return String(error.reason);
  return error.message;
}

/** The code of an error of the system or of Node, as `ENOENT`. Undefined: it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The codes of the file system in the words of a person. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'permission denied by the system',
  EPERM: 'permission denied by the system',
};

/** Why a file can't be read or written, for the person who named it. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const code = codeOf(error);
  if (code === undefined) return message;
  return reasons[code] ?? systemText(message, code) ?? message;
}

/** What the system says, of which Node makes `ENOSPC: no space left on device, write`. */
function systemText(message: string, code: string): string | undefined {
  return message.startsWith(`${code}: `) ? message.slice(code.length + 2).split(', ')[0] : undefined;
}
