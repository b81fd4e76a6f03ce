import type { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The first descriptor that a service manager hands over (sd_listen_fds(3)). */
const firstDescriptor = 3;

/**
 * The listening sockets that a service manager has opened for this process; undefined: none. `report` takes a line for
 * each that is of no use.
 */
export async function lentBy(
  { LISTEN_FDS: count = '', LISTEN_PID: meant = '' }: Environment,
  report: (line: string) => void,
): Promise<GivenSockets | undefined> {
  // Another process of the unit may have inherited the environment.
  if (Number(meant) !== process.pid || !(Number(count) > 0)) return undefined;
  const { lentSockets } = await import('../../enforcer/sockets/given-sockets.ts');
  return lentSockets(
    Array.from({ length: Number(count) }, (_, index) => firstDescriptor + index),
    report,
  );
}
