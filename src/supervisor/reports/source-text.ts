import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';

/** An address, or a network where the source is more than one address. */
export function sourceText({ source, prefix }: SourceIdentity): string {
  return prefix === (source.includes(':') ? 128 : 32) ? source : `${source}/${prefix}`;
}
