import { counted } from '../text/plural.ts';
import { defineEvent } from './descriptor.ts';

// Other nodes, and the store between them.

export const clusterReached = defineEvent({
  type: 'cluster-reached',
  id: '10000060',
  level: 'notification',
  action: 'join',
  isExpected: true,
  text: ({ server }: { readonly server: string }) => `the store of the cluster is reached at ${server}`,
  details: { server: ({ server }) => server },
});

export const clusterLost = defineEvent({
  type: 'cluster-lost',
  id: '11000070',
  level: 'warning',
  action: 'leave',
  isFailure: true,
  text: ({ reason }: { readonly reason: string }) =>
    `the store of the cluster can't be reached: ${reason}; it is tried again`,
});

export const nodeJoined = defineEvent({
  type: 'node-joined',
  id: '10000061',
  level: 'notification',
  action: 'join',
  isExpected: true,
  text: ({ node }: { readonly node: string }) => `node "${node}" is there`,
  details: { node: ({ node }) => node },
});

export const nodeLeft = defineEvent({
  type: 'node-left',
  id: '10000062',
  level: 'warning',
  action: 'leave',
  text: ({ node }: { readonly node: string }) => `node "${node}" is gone`,
  details: { node: ({ node }) => node },
});

export const nodeNamedTwice = defineEvent({
  type: 'node-named-twice',
  id: '11000071',
  level: 'error',
  action: 'join',
  isFailure: true,
  text: ({ node }: { readonly node: string }) =>
    `another node is called "${node}": this one takes no part in the cluster until one of them has another name`,
  details: { node: ({ node }) => node },
});

export const clusterUnreadable = defineEvent({
  type: 'cluster-unreadable',
  id: '11000072',
  level: 'warning',
  action: 'receive',
  isFailure: true,
  text: (_: object) =>
    'something in the store of the cluster is not sealed with the key of this node: the key of another differs, or somebody else writes there',
});

export const clusterImpossible = defineEvent({
  type: 'cluster-impossible',
  id: '11000170',
  level: 'warning',
  action: 'receive',
  isFailure: true,
  text: (_: object) =>
    'something in the store of the cluster is sealed with the key of this node and says what can not be, so that it has no effect: another node has a fault, or somebody else has the key',
});

export const countsCutOff = defineEvent({
  type: 'counts-cut-off',
  id: '11000120',
  level: 'warning',
  action: 'share',
  isFailure: true,
  text: ({ cause, onPartition }: CutOff) =>
    `counts are not shared any more: ${causes[cause]}; ${withoutOthers[onPartition]}`,
  details: { cause: ({ cause }) => cause, on_partition: ({ onPartition }) => onPartition },
});

type CutOff = {
  readonly cause: 'store' | 'stalled' | 'unheard';
  readonly onPartition: 'local' | 'share' | 'closed';
};

const causes: Readonly<Record<CutOff['cause'], string>> = {
  store: "the store of the cluster can't be reached",
  stalled: 'this node has stood still for so long that others may take it for gone',
  unheard: 'for two seconds nobody has heard this node',
};

const withoutOthers: Readonly<Record<CutOff['onPartition'], string>> = {
  local: 'a source may hold its threshold here',
  share: 'a source may hold its part of the threshold here',
  closed: 'no connection is admitted where there is a threshold',
};

export const countsShared = defineEvent({
  type: 'counts-shared',
  id: '11000121',
  level: 'notification',
  action: 'share',
  isExpected: true,
  text: ({ nodes }: { readonly nodes: number }) =>
    nodes === 1
      ? 'counts are shared, and no other node is there'
      : `counts are shared with ${counted(nodes - 1, 'other node')}`,
  details: { nodes: ({ nodes }) => nodes },
});

export const prefixDiffers = defineEvent({
  type: 'prefix-differs',
  id: '11000073',
  level: 'warning',
  action: 'receive',
  text: ({ policy, node }: { readonly policy: string; readonly node: string }) =>
    `node "${node}" counts the sources of policy "${policy}" by another prefix: its blocks and counts are of no use here`,
  details: { policy: ({ policy }) => policy, node: ({ node }) => node },
});

export const versionsDiffer = defineEvent({
  type: 'versions-differ',
  id: '11000140',
  level: 'error',
  action: 'receive',
  isFailure: true,
  text: ({ node, theirs, ours }: VersionsDiffer) =>
    `node "${node}" speaks version ${theirs} of the cluster's messages, this one ${ours}: they share nothing until one of them has another release`,
  details: { node: ({ node }) => node, theirs: ({ theirs }) => theirs, ours: ({ ours }) => ours },
});

type VersionsDiffer = { readonly node: string; readonly theirs: string; readonly ours: string };
