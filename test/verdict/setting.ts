import assert from 'node:assert/strict';
import { formatAddress, isIPv4 } from '../../src/net/address.ts';
import { buildAddressMap, type MarkedAddresses } from '../../src/net/address-map.ts';
import type { Action } from '../../src/policy/snapshot.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import type { SocketProbe } from '../../src/verdict/judge/departures.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import type { IpListLimit, Limit } from '../../src/verdict/judge/limit.ts';
import { KEY_ADDRESS, KEY_WORDS, writeKey } from '../../src/verdict/table/key.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { changeKeys } from '../../src/verdict/upkeep/keys.ts';
import type { EpisodeLine, SourceState } from '../../src/verdict/upkeep/source-state.ts';
import { listSources } from '../../src/verdict/upkeep/sources.ts';
import { words } from './addresses.ts';

export const client = words('203.0.113.7');
export const minute = 60_000;

export function limitWith(action: Action, more: Partial<Limit> = {}): Limit {
  return {
    policy: 1,
    threshold: 10,
    silentThreshold: 0,
    action,
    blockPeriod: 600,
    ipList: null,
    scripted: false,
    monitor: false,
    prefixV4: 32,
    prefixV6: 64,
    former: null,
    ...more,
  };
}

export function listOf(
  entries: readonly MarkedAddresses[],
  more: Partial<Omit<IpListLimit, 'addresses'>> = {},
): IpListLimit {
  return {
    addresses: new Int32Array(buildAddressMap(entries)),
    action: 'alert_deny',
    blockPeriod: 60,
    allowOnly: false,
    ...more,
  };
}

/** Connections that the source of an address holds, over all workers. */
export function openOf(table: SharedArrayBuffer, limit: Limit, address: Uint32Array): number {
  const key = new Int32Array(KEY_WORDS);
  writeKey(key, limit, address, 0);
  const prefix = isIPv4(address) ? limit.prefixV4 : limit.prefixV6;
  const source = formatAddress(Uint32Array.from(key.subarray(KEY_ADDRESS)));
  let open = 0;
  const isComplete = atOnce(
    listSources(table, 0, (state) => {
      if (state.policy === limit.policy && state.source === source && state.prefix === prefix)
        open = state.open;
    }),
  );
  assert.ok(isComplete);
  return open;
}

/** A table with one gate, a place for a second, and what it says. */
export function setUp(probe: SocketProbe | null = null) {
  const table = createSourcesTable(1024);
  const ledgers = [createLedger(1000), createLedger(1000)];
  const gate = new Gate(table, ledgers, 1, probe);
  const secondGate = (): Gate => new Gate(table, ledgers, 2, probe);
  /** Sources of a policy are told apart as this limit says from now on. */
  const rekey = (limit: Limit): void => assert.ok(changeKeys(table, ledgers, [limit], 0));
  const states = (now = 0): SourceState[] => {
    const sources: SourceState[] = [];
    assert.ok(atOnce(listSources(table, now, (source) => sources.push(source))));
    return sources;
  };
  /** Of the one source that there is. */
  const state = (now = 0): SourceState | undefined => {
    const sources = states(now);
    assert.ok(sources.length <= 1);
    return sources[0];
  };
  const sweep = (now: number): EpisodeLine[] => {
    const lines: EpisodeLine[] = [];
    assert.ok(atOnce(sweepEpisodes(table, now, minute, (line) => lines.push(line))));
    return lines;
  };
  const open = (limit: Limit, count: number, now = 0, address = client): number[] =>
    Array.from({ length: count }, () => {
      gate.admit(limit, address, now);
      return gate.judgement.connection;
    });
  return { table, ledgers, gate, secondGate, rekey, state, states, sweep, open };
}
