const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'a directory',
  EACCES: 'permission denied by the system',
  EPERM: 'permission denied by the system',
};

/** For a person. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) return error.message;
  return reasons[String(error.code)] ?? systemText(error.message, String(error.code)) ?? error.message;
}

/** What the system says, of which Node makes `ENOSPC: no space left on device, write`. */
function systemText(message: string, code: string): string | undefined {
  return message.startsWith(`${code}: `) ? message.slice(code.length + 2).split(', ')[0] : undefined;
}
