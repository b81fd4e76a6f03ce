import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { floodRuleChain } from '../../../src/cli/operands/flood-rule-chain.ts';
import { BridgedNamespaces } from '../../network/bridged-namespaces.ts';
import { until } from '../../running/condition.ts';
import { temporaryFolder } from '../../running/folder.ts';
import { LeveeProcess, newState, type State } from '../../running/levee.ts';
import { storePrograms } from '../../running/redis.ts';
import type { Answer, Question, Way } from './questions.ts';

const network = '10.99.0';
const loadAddress = `${network}.100`;
const storeAddress = `${network}.10`;
/** Policies of each node: `web` refuses more than ten, `guard` blocks whoever opens more than two. */
export const ports = { web: 8080, guard: 8081 };
export const limit = 10;

/** Stops the thread with the number that it is given (ptrace(2)) until its input ends. */
const holdThread = `
import ctypes, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
thread = int(sys.argv[1])
seize, interrupt, any_thread = 0x4206, 0x4207, 0x40000000
if ptrace(seize, thread, None, None) != 0 or ptrace(interrupt, thread, None, None) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
os.waitpid(thread, any_thread)
print("it stands", flush=True)
sys.stdin.read()
`;

export type Status = {
  readonly state: string;
  readonly peers: readonly string[];
  /** So many nodes it shares its counts with; 0: it is not heard. */
  readonly sharesWith: number;
};

function sharesWith({ standing, nodes }: { readonly standing: string; readonly nodes: number }): number {
  return standing === 'sharing' ? nodes - 1 : 0;
}

/** A machine with a daemon, that is killed, stopped and cut off. */
export class FleetNode {
  readonly name: string;
  readonly address: string;
  readonly #state: State;
  readonly #machines: BridgedNamespaces;
  #process: LeveeProcess | undefined;
  #holder: ChildProcess | undefined;

  constructor(state: State, machines: BridgedNamespaces, name: string, address: string) {
    this.#state = state;
    this.#machines = machines;
    this.name = name;
    this.address = address;
  }

  async configure(text: string): Promise<void> {
    const { status, stderr } = await this.#state.here([], text);
    if (status !== 0) throw new Error(stderr);
  }

  async start(): Promise<void> {
    const daemon = new LeveeProcess(this.#machines.command(this.name, this.#state.command(['daemon'])));
    this.#process = daemon;
    await daemon.printed('levee: running in');
  }

  get pid(): number {
    return this.#process?.child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.child.kill(signal);
  }

  /** Its main thread stands still, and nothing else of it. Resolves with what lets it go on. */
  async stall(): Promise<() => Promise<void>> {
    const holder = spawn('python3', ['-c', holdThread, String(this.pid)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#holder = holder;
    const ended = once(holder, 'close');
    await once(holder.stdout, 'data');
    return async () => {
      holder.stdin.end();
      await ended;
    };
  }

  async end(): Promise<void> {
    // It would not be over before.
    this.#holder?.kill('SIGKILL');
    await this.#process?.kill('SIGKILL');
  }

  async asked<T>(command: string): Promise<T> {
    const { stdout, stderr } = await this.#state.here(['-c', `${command} | json`]);
    if (stderr !== '') throw new Error(`${this.name}: ${stderr}`);
    return JSON.parse(stdout);
  }

  async told(command: string): Promise<void> {
    const { status, stderr } = await this.#state.here(['-c', command]);
    if (status !== 0) throw new Error(`${this.name}: ${stderr}`);
  }

  async status(): Promise<Status> {
    const { state, peers, counts } = await this.asked<{
      readonly state: string;
      readonly peers: readonly { readonly node: string }[];
      readonly counts: { readonly standing: string; readonly nodes: number };
    }>('diagnose cluster status');
    return { state, peers: peers.map(({ node }) => node), sharesWith: sharesWith(counts) };
  }

  async blocked(): Promise<readonly string[]> {
    const blocks = await this.asked<readonly { readonly source: string }[]>(
      'diagnose policy period-blockip list',
    );
    return blocks.map(({ source }) => source).sort();
  }

  /** Neither hears the store nor is heard by it; clients reach it as before. */
  cutOff(): void {
    for (const command of [
      'add table inet cut',
      'add chain inet cut in { type filter hook input priority 0 ; }',
      'add chain inet cut out { type filter hook output priority 0 ; }',
      `add rule inet cut in ip saddr ${storeAddress} drop`,
      `add rule inet cut out ip daddr ${storeAddress} drop`,
    ])
      this.#machines.run(this.name, `nft ${command}`);
  }

  join(): void {
    this.#machines.run(this.name, 'nft delete table inet cut');
  }
}

/** The machine of the store. */
class FleetStore {
  readonly #machines: BridgedNamespaces;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(machines: BridgedNamespaces, folder: string) {
    this.#machines = machines;
    this.#folder = folder;
  }

  async start(): Promise<void> {
    const words = ['--bind', storeAddress, '--protected-mode', 'no', '--save', '', '--dir', this.#folder];
    const [program = '', ...rest] = this.#machines.command('store', [storePrograms[0] ?? '', ...words]);
    this.#child = spawn(program, rest, { stdio: 'ignore' });
    await until('the store answers', () => this.#answers());
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  ask(...words: readonly string[]): string {
    const program = (storePrograms[0] ?? '').replace('-server', '-cli');
    const [command = '', ...rest] = this.#machines.command('store', [program, '-h', storeAddress, ...words]);
    return execFileSync(command, rest, { encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  #answers(): boolean {
    try {
      return this.ask('ping') === 'PONG';
    } catch {
      return false;
    }
  }
}

/** Clients, and the member that all nodes relay to, on a machine of their own. */
class Load {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, PromiseWithResolvers<number>>();
  /** Resolves once the member listens. */
  readonly ready: Promise<number>;
  #questions = 0;

  constructor([program = '', ...words]: readonly string[]) {
    this.ready = this.#expect(0);
    this.#child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: Answer) => {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ('value' in answer) asked?.resolve(answer.value);
      else asked?.reject(new Error(answer.failure));
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('the load has ended'));
    });
  }

  ask(question: Question): Promise<number> {
    const id = ++this.#questions;
    const answer = this.#expect(id);
    this.#child.send({ ...question, id });
    return answer;
  }

  #expect(id: number): Promise<number> {
    const asked = Promise.withResolvers<number>();
    this.#asked.set(id, asked);
    return asked.promise;
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Three machines with Levee, one with the store between them, and one with all that connects to them. */
export class Fleet {
  readonly nodes: readonly FleetNode[];
  readonly store: FleetStore;
  readonly #load: Load;
  #sources = 100;

  private constructor(nodes: readonly FleetNode[], store: FleetStore, load: Load) {
    this.nodes = nodes;
    this.store = store;
    this.#load = load;
  }

  /** Undefined, and the test skipped with the reason, where there can be none. */
  static async start(context: TestContext, settings: readonly string[]): Promise<Fleet | undefined> {
    const names = ['n1', 'n2', 'n3'];
    const addresses = Array.from({ length: 100 }, (_, index) => `${network}.${100 + index}/24`);
    const machines = BridgedNamespaces.make(
      context,
      new Map<string, readonly string[]>([
        ['load', addresses],
        ['store', [`${storeAddress}/24`]],
        ...names.map((name, index) => [name, [`${network}.${index + 1}/24`]] as [string, string[]]),
      ]),
    );
    if (machines === undefined) return undefined;
    const store = new FleetStore(machines, temporaryFolder(context));
    const load = new Load(machines.command('load', [process.execPath, join(import.meta.dirname, 'load.ts')]));
    context.after(() => {
      store.kill('SIGKILL');
      load.end();
    });
    await Promise.all([store.start(), load.ready]);
    const nodes = names.map(
      (name, index) => new FleetNode(newState(context), machines, name, `${network}.${index + 1}`),
    );
    for (const node of nodes) {
      context.after(() => node.end());
      await node.configure(configurationOf(node, settings));
    }
    await Promise.all(nodes.map((node) => node.start()));
    return new Fleet(nodes, store, load);
  }

  /** A source that nobody has had. */
  newSource(): string {
    return `${network}.${++this.#sources}`;
  }

  /** Opens so many connections to each of the nodes, all at once. Resolves with how many were admitted. */
  open(from: string, nodes: readonly FleetNode[], port: number, each: number): Promise<number> {
    const ways = Array.from({ length: each }, () =>
      nodes.map(({ address }): Way => ({ from, to: address, port })),
    );
    return this.#load.ask({ kind: 'open', ways: ways.flat() });
  }

  close(
    from: string,
    { address }: FleetNode,
    port: number,
    count = Number.MAX_SAFE_INTEGER,
  ): Promise<number> {
    return this.#load.ask({ kind: 'close', way: { from, to: address, port }, count });
  }

  held(from: string): Promise<number> {
    return this.#load.ask({ kind: 'held', from });
  }

  most(from: string): Promise<number> {
    return this.#load.ask({ kind: 'most', from });
  }

  /** All reach the store, and know each other. */
  async isWhole(): Promise<boolean> {
    for (const node of this.nodes) {
      const { state, peers, sharesWith } = await node.status();
      const others = this.nodes.length - 1;
      if (state !== 'connected' || peers.length !== others || sharesWith !== others) return false;
    }
    return true;
  }
}

function configurationOf({ name, address }: FleetNode, settings: readonly string[]): string {
  const policy = (called: string, port: number, threshold: number, action: string): readonly string[] =>
    floodRuleChain({
      ...{ name: called, address, port: String(port), server: loadAddress, serverPort: '7000' },
      ...{ threshold: String(threshold), action, trigger: null },
    });
  return [
    ...policy('web', ports.web, limit, 'alert_deny'),
    ...policy('guard', ports.guard, 2, 'block-period'),
    'config system enforcer',
    'set workers 1',
    'end',
    'config system cluster',
    'set status enable',
    `set node-name ${name}`,
    'set key "a key that all nodes have"',
    ...settings,
    'config server-list',
    'edit 1',
    `set server ${storeAddress}`,
    'next',
    'end',
    'end',
    '',
  ].join('\n');
}
