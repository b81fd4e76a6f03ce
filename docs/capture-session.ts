import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../test/network/ports.ts';
import { State } from '../test/running/levee.ts';
import { PseudoTerminal } from '../test/terminal/pseudo-terminal.ts';

const root = join(import.meta.dirname, '..');

/** The ports of examples/quickstart.conf; the capture takes free ones, for these may be taken. */
const ports = { front: '18080', back: '18081' };

/** What is typed, and what the screen shows when the next may be typed. */
const steps: readonly (readonly [keys: string, shown: string])[] = [
  ['con\t?', 'Levee # config █'],
  ['waf lay\t\r', '(layer4-connection-flood-check-rule) # █'],
  ['edit ?', '# edit █'],
  ['W\t\r', '(Web Portal Network Connect Limit) # █'],
  ['set action ?', '# set action █'],
  ['alert_dney\r', 'Command fail. Return code -651\nLevee (Web Portal Network Connect Limit) # █'],
  ['set layer4\t5\r', 'threshold 5\nLevee (Web Portal Network Connect Limit) # █'],
  ['end\r', '# end\nLevee # █'],
  ['diagnose policy flood-test "web" connections 15\r', '  start\nLevee # █'],
];

/** What a terminal shows of a session with Levee on the example of the quickstart, without what differs each time. */
export async function captureSession(): Promise<string> {
  const server = await listen();
  const front = String(await freePort());
  const state = new State();
  try {
    const example = readFileSync(join(root, 'examples', 'quickstart.conf'), 'utf8');
    const text = example.replaceAll(ports.front, front).replaceAll(ports.back, portOf(server));
    const { status, stderr } = await state.here(['import', '-'], text);
    if (status !== 0) throw new Error(stderr);
    const levee = new PseudoTerminal(110, 50, { TZ: 'UTC' }, state.command([]));
    await levee.has('Levee # █');
    levee.type('\f');
    await levee.shows('Levee # █');
    for (const [keys, shown] of steps) {
      levee.type(keys);
      await levee.has(shown);
    }
    const screen = levee.terminal.screen.slice(0, -1);
    levee.type('exit\r');
    await levee.has('End the protection of 1 policy?');
    levee.type('y');
    await levee.end();
    return `${masked(screen.join('\n'), front)}\n`;
  } finally {
    await state.end();
    server.close();
  }
}

/** With the ports of the example, and one moment for all. */
function masked(screen: string, front: string): string {
  return screen
    .replaceAll(front, ports.front)
    .replace(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, '2026-11-20 11:05:14');
}

async function listen(): Promise<Server> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return String(address.port);
}
