import { join } from 'node:path';
import { SecretKey } from '../src/access/secret-key.ts';
import { loadLanguage } from '../src/cli/language/language.ts';
import { LocalSession } from '../src/cli/session/local-session.ts';
import { strictBatch } from '../src/cli/session/session.ts';
import { entryLimits } from '../src/cli/session/settings/limits.ts';
import { StoredConfiguration } from '../src/daemon/configuration/configuration.ts';
import { Transactions } from '../src/model/transactions/transactions.ts';
import { Store } from '../src/store/store.ts';
import { fromHere } from '../src/system/login.ts';
import { LoggedUsers } from '../src/system/reports/logged-users.ts';
import { Shares } from '../src/system/shares.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { rules } from './load/rules.ts';
import { median, quantile } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';

const inRules = ['config waf layer4-connection-flood-check-rule'];
const inRule = [...inRules, 'edit "rule 7"', 'set action alert'];
const inPrevention = ['config waf application-layer-dos-prevention', 'edit "new"'];
const reference = 'set layer4-connection-flood-check-rule';

/** Where the session stands, the key, and the line that stands before it. */
type Case = {
  readonly at: readonly string[];
  readonly key: '?' | 'Tab' | 'colour';
  readonly line: string;
};

const cases: readonly Case[] = [
  { at: [], key: '?', line: 'config ' },
  { at: inRules, key: '?', line: 'edit ' },
  { at: inRules, key: '?', line: 'edit "rule 99' },
  { at: inRules, key: 'Tab', line: 'edit ' },
  { at: inRules, key: 'Tab', line: 'edit "rule 99' },
  { at: inRules, key: 'Tab', line: 'edit "rule 99999' },
  { at: inRules, key: 'colour', line: 'delete "rule 99999"' },
  { at: inRule, key: '?', line: 'set ' },
  { at: inPrevention, key: '?', line: `${reference} ` },
  { at: inPrevention, key: 'Tab', line: `${reference} "rule 5` },
  { at: inPrevention, key: 'colour', line: `${reference} "rule 5"` },
  { at: [], key: 'Tab', line: 'show waf layer4-connection-flood-check-rule "rule 5' },
];

type Row = { readonly tried: Case; readonly times: number[]; readonly found: number };

async function standing(open: () => LocalSession, at: readonly string[]): Promise<LocalSession> {
  const session = open();
  await session.execute(at.join('\n'), (part) => {
    if (part.kind === 'problem') throw new Error(part.problem.message);
  });
  return session;
}

/** What a key asks of the session. */
async function press(session: LocalSession, { key, line }: Case): Promise<number> {
  if (key === '?') return (await session.help(line, line.length)).length;
  if (key === 'Tab') return (await session.complete(line, line.length)).candidates.length;
  return (await session.highlight(line)).length;
}

async function measure(open: () => LocalSession, tried: Case, presses: number): Promise<Row> {
  const session = await standing(open, tried.at);
  const found = await press(session, tried);
  const times: number[] = [];
  for (let index = 0; index < presses; index++) {
    const started = performance.now();
    await press(session, tried);
    times.push(performance.now() - started);
  }
  session.close();
  return { tried, times, found };
}

/** What a first version would do: look at every name. */
function scan(names: readonly string[], presses: number): number[] {
  return Array.from({ length: presses }, () => {
    const started = performance.now();
    names.filter((name) => name.startsWith('rule 99')).sort();
    return performance.now() - started;
  });
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const count = quick ? 5000 : 100_000;
  const language = await loadLanguage();
  const store = new Store(join(directory, 'levee.db'), language.catalogue);
  try {
    const configuration = new StoredConfiguration(store, language.catalogue);
    const author = { name: 'bench', origin: 'bench' };
    const services = {
      language,
      configuration,
      system: undefined,
      ping: () => Promise.reject(new Error('nobody is asked')),
      kept: () => Promise.reject(new Error('nothing is kept')),
      author,
      from: fromHere,
      administrator: null,
      secretKey: SecretKey.random(),
      entries: new Shares(entryLimits),
      transactions: new Transactions(configuration),
      users: new LoggedUsers(),
      checkScript: () => Promise.resolve({ problems: [], warnings: [] }),
    };
    const open = (): LocalSession => new LocalSession(services);
    const source = { name: 'rules', bytes: Buffer.from(rules(count)) };
    const { status } = await open().batch([source], strictBatch, () => undefined);
    if (status !== 0) throw new Error('the rules were refused');
    const presses = quick ? 20 : 500;
    const names = configuration.view
      .rows('waf layer4-connection-flood-check-rule', null)
      .map(({ key }) => key);
    const rows: Row[] = [];
    for (const tried of cases) rows.push(await measure(open, tried, presses));
    const scanned = scan(names, presses);
    print(
      `${number(count)} rules; ${presses} presses of each key; in the process that holds the configuration.\n`,
    );
    const cells = (name: string, found: string, times: readonly number[]): string[] => [
      name,
      found,
      number(median(times)),
      number(quantile(times, 0.99)),
      number(Math.max(...times)),
      ratio(median(times), median(scanned)),
    ];
    print(
      formatTable(
        ['ms', 'found', 'median', 'p99', 'most', 'to the scan'],
        [
          ...rows.map(({ tried: { line, key }, times, found }) =>
            cells(`${line}<${key}>`, number(found), times),
          ),
          cells('all names, filtered and sorted', '-', scanned),
        ],
      ),
    );
  } finally {
    store.close();
  }
}

export default { title: 'keys that ask, with 100,000 rows in the table', run } satisfies Benchmark;
