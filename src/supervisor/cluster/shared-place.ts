import type { Head } from '../../cluster/configuration/head.ts';
import { digestOf } from '../../cluster/configuration/image.ts';
import type { Shared } from '../../cluster/configuration/own-configuration.ts';
import { packBody, packHead, unpackBody, unpackHead } from '../../cluster/messages/configuration.ts';
import type { Envelopes } from '../../cluster/messages/envelope.ts';
import { ImpossibleError } from '../../cluster/messages/packing.ts';
import type { Unread } from '../../cluster/messages/sealed.ts';
import type { FieldPlace, SharedStore } from '../../cluster/store/shared-store.ts';
import { inTurns } from '../../time/time-slice.ts';

/** Bytes: names, and the comment of a revision; and a configuration of a million entries. */
const longestHead = 2 ** 16;
const longestBody = 2 ** 26;

/** `sealed`: the head as it stands there; null: none does. `head` null: none that can be read, and `unread` is why. */
export type Found = {
  readonly sealed: Buffer | null;
  readonly head: Head | null;
  readonly unread: Exclude<Unread, 'unknown'> | null;
};

/**
 * Where the shared configuration is in the store: what is said of it apart from what it says, since the former is looked
 * at all the time. Everything rejects where the store is lost, and with a PackingError where a newer Levee has written.
 */
export class SharedPlace {
  readonly #store: SharedStore;
  readonly #envelopes: Envelopes;
  readonly #name: string;
  readonly #head: FieldPlace;
  readonly #body: FieldPlace;

  constructor(store: SharedStore, envelopes: Envelopes, name: string) {
    this.#store = store;
    this.#envelopes = envelopes;
    this.#name = name;
    this.#head = { hash: name, field: 'head', longest: longestHead };
    this.#body = { hash: name, field: 'body', longest: longestBody };
  }

  async find(): Promise<Found> {
    const sealed = await this.#store.get(this.#head);
    if (sealed === null) return { sealed, head: null, unread: null };
    const content = this.#envelopes.open(sealed, `${this.#name} head`);
    if (content === null) return { sealed, head: null, unread: 'foreign' };
    try {
      return { sealed, head: unpackHead(content), unread: null };
    } catch (error) {
      if (!(error instanceof ImpossibleError)) throw error;
      return { sealed, head: null, unread: 'impossible' };
    }
  }

  /** Null: another one is written just now, or what is there does not belong to it. */
  async fetch(head: Head): Promise<Shared | null> {
    const sealed = await this.#store.get(this.#body);
    const content = sealed && this.#envelopes.open(sealed, `${this.#name} body`);
    const body = content && (await unpackBody(content));
    return body !== null && (await inTurns(digestOf(body.image))) === head.digest ? { head, ...body } : null;
  }

  /** Returns whether it was written: somebody else may have been faster. `before`: what was found. */
  async write({ sealed: before }: Found, { head, past, image }: Shared): Promise<boolean> {
    const sealed = this.#envelopes.seal(packHead(head), `${this.#name} head`);
    const body = this.#envelopes.seal(await packBody({ past, image }), `${this.#name} body`);
    if (body.length > longestBody) throw new Error('the configuration is too large to be shared');
    const fields = new Map([
      ['head', sealed],
      ['body', body],
    ]);
    const isWritten = await this.#store.replace(this.#head, before, fields);
    if (isWritten) await this.#store.publish(this.#name, sealed);
    return isWritten;
  }
}
