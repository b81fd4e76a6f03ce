import { isIP } from 'node:net';
import { unwritable } from '../../model/permission.ts';
import { quote } from '../../text/quote.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { chainRows, type FloodRuleAnswers, floodRuleChain } from '../operands/flood-rule-chain.ts';
import type { Context, Person } from '../session/context.ts';

export default {
  verb: 'execute',
  words: ['wizard', 'flood-rule'],
  alsoCalled: ['setup'],
  parameters: '',
  help: 'Guard a service: answer some questions, and the whole chain from rule to policy is made',
  requires: 'by-table',
  api: 'console',
  suggest: () => [],
  async run(context, [extra]): Promise<Faults> {
    if (extra !== undefined) return [superfluous(extra)];
    const { person } = context;
    if (person === undefined) {
      return [{ error: 'operation-failed', word: 'there is nobody to ask', expected: 'a prompt' }];
    }
    const forbidden = chainRows('').flatMap(
      ({ path }) => unwritable(context.model, context.model.catalogue.get(path)) ?? [],
    );
    if (forbidden[0] !== undefined) return [forbidden[0]];
    const answers = await answersOf(person, context);
    if (answers === null) return done;
    const commands = floodRuleChain(answers);
    context.person?.remark(commands.join('\n'));
    const go = await person.ask({ kind: 'confirm', message: 'Run these commands?' });
    if (go !== 'yes') return done;
    const faults = await person.run(commands);
    // That was told.
    if (context.client.signal.aborted) return done;
    if (faults.length === 0)
      person.remark(
        `See it at work: diagnose policy flood-test ${quote(answers.name)} connections ${Math.min(10_000, Number(answers.threshold) + 5)}`,
      );
    return faults;
  },
} satisfies Operation;

async function answersOf(person: Person, { levels, model }: Context): Promise<FloodRuleAnswers | null> {
  const isTaken = (name: string): boolean =>
    chainRows(name).some(({ path, key }) => levels.view.find(path, null, key) !== undefined);
  const name = await text(person, 'Name of the service', 'web', {
    help: 'What the policy is called; the other entries are called after it.',
    wrong: (value) =>
      value === '' || value.length > 40
        ? 'a name of 1 to 40 characters'
        : isTaken(value)
          ? 'a name that nothing has yet'
          : null,
  });
  const address = name && (await text(person, 'Address to listen on', '0.0.0.0', listening));
  const port = address && (await text(person, 'Port to listen on', '80', aPort('Clients connect to it.')));
  const server = port && (await text(person, 'Address of the server behind it', '127.0.0.1', serving));
  const serverPort =
    server && (await text(person, 'Port of the server', '8080', aPort('Connections are relayed to it.')));
  const threshold =
    serverPort && (await text(person, 'Connections that one source may hold', '10', aThreshold));
  if (!name || !address || !port || !server || !serverPort || !threshold) return null;
  const rule = model.catalogue.get('waf layer4-connection-flood-check-rule');
  const { [usual]: refused = '', ...others } = rule.fields.get('action')?.meta.choices ?? {};
  const action = await choice(person, 'What happens to more', { [usual]: refused, ...others });
  if (action === null) return null;
  const triggers = levels.view
    .rows('log trigger-policy', null)
    .map(({ key }) => [key, 'Records go there, too']);
  const trigger =
    triggers.length === 0
      ? none
      : await choice(person, 'Who is told', {
          [none]: 'The log on this machine only',
          ...Object.fromEntries(triggers),
        });
  if (trigger === null) return null;
  return {
    name,
    address,
    port,
    server,
    serverPort,
    threshold,
    action,
    trigger: trigger === none ? null : trigger,
  };
}

/** The action that is offered first. */
const usual = 'alert_deny';

/** No name of an entry: parentheses stand in none that was not quoted. */
const none = '(nobody)';

function choice(
  { ask }: Person,
  message: string,
  choices: Readonly<Record<string, string>>,
): Promise<string | null> {
  const lines = Object.entries(choices).map(([word, help]) => ({ word, help }));
  return ask({ kind: 'select', message, choices: lines });
}

/** What an answer may be. `wrong`: what is expected instead; null: it will do. */
type Kind = { readonly help: string; wrong(value: string): string | null };

/** Asks until the answer will do; null where the person gives up. A `?` is answered with what is wanted. */
async function text(
  { ask, remark }: Person,
  message: string,
  initial: string,
  { help, wrong }: Kind,
): Promise<string | null> {
  let question = message;
  for (;;) {
    const answer = await ask({ kind: 'text', message: question, initial });
    if (answer === null) return null;
    const value = answer.trim();
    const expected = wrong(value);
    if (value === '?') remark(`${help} Wanted is ${expected ?? 'any text'}.`);
    else if (expected === null) return value;
    question = value === '?' || expected === null ? message : `${message} (${expected})`;
  }
}

function anAddress(help: string): Kind {
  return { help, wrong: (value) => (isIP(value) === 0 ? 'an IPv4 or IPv6 address' : null) };
}

const listening = anAddress('Clients connect to it: an address of this machine, or 0.0.0.0 for all of them.');
const serving = anAddress('Connections that are admitted are relayed to it.');

function aPort(help: string): Kind {
  return {
    help,
    wrong: (value) =>
      /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65535 ? null : 'a port from 1 to 65535',
  };
}

const aThreshold: Kind = {
  help: 'A browser holds about 6, a proxy with many people behind it hundreds; 0 is no limit.',
  wrong: (value) => (/^\d+$/.test(value) && Number(value) <= 65536 ? null : 'a number from 0 to 65536'),
};
