import { read32, write32 } from '../../net/big-endian.ts';
import { findOption, OptionKind } from '../../net/tcp-options.ts';
import type { Tcp } from '../headers/tcp.ts';

/**
 * Moves the blocks of a SACK option (RFC 2018) to another sequence space. An option whose blocks `move` does
 * not know, undefined, is blanked out.
 */
export function moveSelective(tcp: Tcp, move: (sequence: number) => number | undefined): void {
  const { options } = tcp;
  const at = findOption(options, OptionKind.selective);
  if (at < 0) return;
  const length = options[at + 1] ?? 0;
  const edges: number[] = [];
  let isKnown = true;
  for (let edge = at + 2; edge + 4 <= at + length; edge += 4) {
    const moved = move(read32(options, edge));
    if (moved === undefined) isKnown = false;
    else edges.push(moved);
  }
  for (let block = 0; block + 1 < edges.length; block += 2)
    if (edges[block] === edges[block + 1]) isKnown = false;
  const moved = options.slice(at, at + length);
  if (isKnown)
    edges.forEach((edge, index) => {
      write32(moved, 2 + index * 4, edge);
    });
  else moved.fill(OptionKind.nothing);
  tcp.replaceOption(at, moved);
}
