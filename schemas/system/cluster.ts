import { numberKey } from '../key.ts';
import { server } from '../kinds/addresses/server.ts';
import { choice, toggle } from '../kinds/choices/choice.ts';
import { integer } from '../kinds/integer.ts';
import { certificates } from '../kinds/secrets/certificates.ts';
import { sealedSecret } from '../kinds/secrets/sealed-secret.ts';
import { text } from '../kinds/text.ts';
import type { TableDefinition } from '../table.ts';

export default {
  help: 'Other Levees that this one works with, through a Redis or Valkey that all of them reach',
  area: 'sysgrp',
  ofNode: true,
  members: {
    status: toggle({ help: 'Work with the others', default: 'disable', extension: true }),
    'node-name': text({
      help: 'What the others call this one; none of them may have the same',
      maximum: 63,
      extension: true,
    }),
    key: sealedSecret({
      help: 'Secret that all nodes have, and nobody else: what they tell each other is sealed with it',
      givenFor: ['key-prefix'],
      usedBy: 'status',
      extension: true,
    }),
    'key-prefix': text({
      help: 'Beginning of all names in the store: nodes with the same one belong together',
      maximum: 63,
      default: 'levee',
      extension: true,
    }),
    'share-blocks': toggle({
      help: 'A source that one node blocks is blocked by all, and lifted by all',
      default: 'enable',
      extension: true,
    }),
    'share-counts': toggle({
      help: 'The threshold of a rule is for what a source holds at all nodes together',
      default: 'enable',
      extension: true,
    }),
    'on-partition': choice({
      help: 'With share-counts, what a source may hold at a node that the others have not heard for two seconds',
      choices: {
        local: 'The threshold, as if the node were alone: more is let in than the threshold says',
        share: 'Its part of the threshold: divided by the nodes that there were',
        closed: 'Nothing more: no connection is admitted to a policy with a threshold',
      },
      default: 'share',
      extension: true,
    }),
    'blind-allowance': integer({
      help: 'With share-counts, connections of a source that a node admits before the others know of them: the threshold may be passed by so many for each other node, and a burst of so many is never refused; 0: a fourth of the threshold, at least 8',
      minimum: 0,
      maximum: 65536,
      default: 0,
      extension: true,
    }),
    'share-config': toggle({
      help: 'What is committed on one node runs on all, but for what is of one node alone; whoever changes anything here while it is enabled needs rw on everything',
      default: 'disable',
      reachesAll: true,
      extension: true,
    }),
    'server-list': {
      help: 'Servers of the store: the first one that can be written to is used by all nodes',
      key: numberKey(),
      limit: 8,
      members: {
        server: server({ help: 'Server of the store', required: true, extension: true }),
        port: integer({
          help: 'Port of the server',
          minimum: 1,
          maximum: 65535,
          default: 6379,
          extension: true,
        }),
        username: text({ help: 'Name to log in with', maximum: 255, extension: true }),
        password: sealedSecret({
          help: 'Password to log in with; to be set again with the server, port, name or encryption',
          givenFor: ['server', 'port', 'username', 'tls', 'ca'],
          usedBy: 'server',
          extension: true,
        }),
        tls: toggle({ help: 'Encrypt the way to the server', default: 'disable', extension: true }),
        ca: certificates({
          help: 'With tls, the only authorities that may have signed the certificate of the server; without it those that this machine trusts',
          extension: true,
        }),
        certificate: certificates({
          help: 'With tls, the certificate that Levee shows to a server that asks for one',
          extension: true,
        }),
        'private-key': sealedSecret({
          help: 'Private key of certificate, in PEM',
          givenFor: [],
          usedBy: 'certificate',
          maximum: 4096,
          extension: true,
        }),
      },
    },
  },
} satisfies TableDefinition;
