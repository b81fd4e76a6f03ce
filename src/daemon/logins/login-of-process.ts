import { readFileSync } from 'node:fs';

/** What the kernel shows for a process that no login has led to (proc_pid_loginuid(5)). */
const noLogin = 4_294_967_295;

/**
 * Who is behind a process: the user who logged in to the machine, whatever `sudo` has made of them since, else the user
 * that it runs as.
 */
export function loginOfProcess(process: number | 'self', user: number | undefined): string {
  const login = auditedLogin(process);
  return login === undefined ? `user ${user ?? 'unknown'}` : `login ${login}`;
}

function auditedLogin(process: number | 'self'): number | undefined {
  try {
    const text = readFileSync(`/proc/${process}/loginuid`, 'utf8');
    return /^\d+$/.test(text) && Number(text) !== noLogin ? Number(text) : undefined;
  } catch {
    // The process has gone, or the system keeps no account of logins.
    return undefined;
  }
}
