import type { OptionSocket } from './socket-option.ts';
import type { Stream, StreamHandler } from './stream.ts';

/** Where to connect from; port 0 leaves it to the system. */
export type SourceAddress = { readonly address: string; readonly port: number };

/**
 * A socket that is about to connect, so that options can be set before it does. It opens when it is first needed, and
 * ends with the first `connect` or `close`.
 */
export interface OutgoingSocket extends OptionSocket {
  /**
   * Begins to connect, from `source` if that is not null; `connected` or `closed` follows, never from within this
   * call. Where the system refuses the source, the stream closes as `failed`.
   */
  connect(source: SourceAddress | null, handler: StreamHandler): Stream;
  /** It is not to connect after all. */
  close(): void;
}
