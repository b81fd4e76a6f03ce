import { nameKey } from '../key.ts';
import { addressRange } from '../kinds/addresses/address-range.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { list } from '../kinds/list.ts';
import { reference } from '../kinds/reference.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

const services = ['server-policy service predefined', 'server-policy service custom'];

export default {
  help: 'Protect one service: where it listens, what guards it, which servers answer',
  area: 'traroutegrp',
  key: nameKey(),
  // Two that listen at the same address can't both take connections.
  cloned: { status: 'disable' },
  members: {
    vserver: reference({
      help: 'Virtual server: the addresses to listen on',
      tables: ['server-policy vserver'],
      required: true,
    }),
    service: reference({
      help: 'Service: the port to listen on',
      tables: services,
      requiredUnless: 'https-service',
    }),
    'https-service': reference({
      help: 'Service whose port to listen on, too; its TLS is relayed as it is, and not ended here',
      tables: services,
    }),
    'proxy-protocol': toggle({
      help: 'Expect a PROXY header (version 1 or 2) from proxy-protocol-from, within 5 seconds',
      default: 'disable',
    }),
    'proxy-protocol-from': list(
      addressRange({ help: 'Peers that may announce another source', extension: true }),
      { maximum: 64 },
    ),
    'use-proxy-protocol-addr': toggle({
      help: 'With proxy-protocol enable: judge and count the source that the header announces, not the peer',
      default: 'disable',
    }),
    'proxy-protocol-exempt-probes': toggle({
      help: 'With use-proxy-protocol-addr enable: who announces nobody (LOCAL, UNKNOWN, or another protocol than TCP), as balancers do that check whether Levee lives, is counted and not limited; else its own address is the source, and limited like any other',
      default: 'disable',
      extension: true,
    }),
    'web-protection-profile': reference({
      help: 'Protection to apply to each connection',
      tables: ['waf web-protection-profile inline-protection'],
    }),
    'server-pool': reference({
      help: 'Servers that the connections are relayed to',
      tables: ['server-policy server-pool'],
      required: true,
    }),
    status: toggle({ help: 'Take connections', default: 'enable' }),
    comment: text({ help: 'A note for other administrators', maximum: 999 }),
    'monitor-mode': toggle({
      help: 'Report violations but refuse nothing, whatever the action of the rule',
      default: 'disable',
    }),
    syncookie: toggle({
      help: 'Have the kernel answer for the listeners above half-open-threshold, so that SYN packets of forged senders take nothing (Linux: docs/kernel.md)',
      default: 'disable',
    }),
    'half-open-threshold': integer({
      help: 'With syncookie enable: SYN packets a second to one listener, above which the kernel answers',
      minimum: 10,
      maximum: 10000,
      default: 8192,
      unit: 'packets a second',
    }),
    'tcp-conn-timeout': integer({
      help: 'Time for each server that is tried to accept a connection; 0 = 10 seconds',
      minimum: 0,
      maximum: 600,
      default: 0,
      unit: 'seconds',
    }),
    scripting: toggle({ help: 'Run the scripts of scripting-list', default: 'disable' }),
    'scripting-list': list(
      reference({
        help: 'Scripts that take part in each connection; of equal priority, the first runs first',
        tables: ['server-policy scripting'],
        spellings: ['scripting-name'],
      }),
      { maximum: 16 },
    ),
    'scripting-on-failure': choice({
      help: 'What a script means that is switched off, since it fails or takes too much, or can not be started',
      choices: {
        open: 'Connections go on without it',
        closed: 'New connections are reset, until the scripts are changed or scripting is enabled anew',
      },
      default: 'open',
      extension: true,
    }),
    tlog: toggle({ help: 'Write each connection that has ended to the traffic log', default: 'disable' }),
  },
} satisfies TableDefinition;
