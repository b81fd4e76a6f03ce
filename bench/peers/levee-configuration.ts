import { floodRuleChain } from '../../src/cli/operands/flood-rule-chain.ts';

type Policy = {
  readonly name: string;
  readonly port: number;
  readonly threshold: number;
  readonly action: string;
};

/** The commands for policies on 127.0.0.1, each with a pool of its own in front of one backend. */
export function leveeConfiguration(
  policies: readonly Policy[],
  backend: number,
  workers: number,
  engine = 'auto',
): string {
  const lines = policies.flatMap(({ name, port, threshold, action }) => [
    ...floodRuleChain({
      name,
      address: '127.0.0.1',
      port: String(port),
      server: '127.0.0.1',
      serverPort: String(backend),
      threshold: String(threshold),
      action,
      trigger: null,
    }),
  ]);
  const enforcer = ['config system enforcer', `set workers ${workers}`, `set engine ${engine}`, 'end'];
  return [...enforcer, ...lines, ''].join('\n');
}

/** The commands that give a policy a script. */
export function scriptingOf(policy: string, text: string): string {
  return `config server-policy scripting
edit "${policy}"
set script '${text}'
next
end
config server-policy policy
edit "${policy}"
set scripting enable
set scripting-list "${policy}"
next
end
`;
}
