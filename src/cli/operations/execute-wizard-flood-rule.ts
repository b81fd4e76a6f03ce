import { isIP } from 'node:net';
import { unwritable } from '../../model/permission.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { chainRows, type FloodRuleAnswers, floodRuleChain } from '../operands/flood-rule-chain.ts';
import type { Context, Person } from '../session/context.ts';

export default {
  verb: 'execute',
  words: ['wizard', 'flood-rule'],
  parameters: '',
  help: 'Guard a service: answer six questions, and the whole chain from rule to policy is made',
  requires: 'by-table',
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
    return go === 'yes' ? person.run(commands) : done;
  },
} satisfies Operation;

async function answersOf(person: Person, { levels }: Context): Promise<FloodRuleAnswers | null> {
  const isTaken = (name: string): boolean =>
    chainRows(name).some(({ path, key }) => levels.view.find(path, null, key) !== undefined);
  const name = await text(person, 'Name of the service', 'web', (value) =>
    value === '' || value.length > 40
      ? 'a name of 1 to 40 characters'
      : isTaken(value)
        ? 'a name that nothing has yet'
        : null,
  );
  const address = name && (await text(person, 'Address to listen on', '0.0.0.0', anAddress));
  const port = address && (await text(person, 'Port to listen on', '80', aPort));
  const server = port && (await text(person, 'Address of the server behind it', '127.0.0.1', anAddress));
  const serverPort = server && (await text(person, 'Port of the server', '8080', aPort));
  const threshold =
    serverPort && (await text(person, 'Connections that one source may hold', '10', aThreshold));
  if (!name || !address || !port || !server || !serverPort || !threshold) return null;
  return { name, address, port, server, serverPort, threshold };
}

/** Asks until the answer will do; null where the person gives up. */
async function text(
  { ask }: Person,
  message: string,
  initial: string,
  wrong: (value: string) => string | null,
): Promise<string | null> {
  let question = message;
  for (;;) {
    const value = await ask({ kind: 'text', message: question, initial });
    if (value === null) return null;
    const expected = wrong(value.trim());
    if (expected === null) return value.trim();
    question = `${message} (${expected})`;
  }
}

function anAddress(value: string): string | null {
  return isIP(value) === 0 ? 'an IPv4 or IPv6 address' : null;
}

function aPort(value: string): string | null {
  return /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 65535
    ? null
    : 'a port from 1 to 65535';
}

function aThreshold(value: string): string | null {
  return /^\d+$/.test(value) && Number(value) <= 65536 ? null : 'a number from 0 to 65536';
}
