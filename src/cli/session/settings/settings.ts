import type { Catalogue } from '../../../../schemas/catalogue.ts';
import type { RowId } from '../../../../schemas/content.ts';
import type { LockoutRules } from '../../../access/lockout.ts';
import type { View } from '../../../store/view.ts';
import { contentText } from '../../printing/show.ts';
import type { TerminalSettings } from '../session.ts';

/** What the configuration says of sessions themselves. */
export class Settings {
  readonly #catalogue: Catalogue;
  readonly #view: View;

  constructor(catalogue: Catalogue, view: View) {
    this.#catalogue = catalogue;
    this.#view = view;
  }

  get hostName(): string {
    return this.#text('system global', 'hostname');
  }

  get idleMinutes(): number {
    return Number(this.#text('system global', 'admintimeout'));
  }

  /** Durations in milliseconds. */
  get lockoutRules(): LockoutRules {
    return {
      threshold: Number(this.#text('system global', 'admin-lockout-threshold')),
      duration: Number(this.#text('system global', 'admin-lockout-duration')) * 60_000,
    };
  }

  get revisionLimit(): number {
    return Number(this.#text('system global', 'revision-limit'));
  }

  get more(): boolean {
    return this.#text('system console', 'output') === 'more';
  }

  /** Whether other nodes have the same configuration. */
  get sharesConfiguration(): boolean {
    return this.#text('system cluster', 'status') === 'enable' && this.wantsSharedConfiguration;
  }

  /** Also of a node that takes no part in its cluster for a while. */
  get wantsSharedConfiguration(): boolean {
    return this.#text('system cluster', 'share-config') === 'enable';
  }

  /** What an administrator wants of their terminal. `more`: what they have said of it in their session. */
  terminalOf(administrator: RowId | null, more: boolean | undefined): TerminalSettings {
    const plain = this.isPlainFor(administrator);
    return { more: more ?? this.more, idleMinutes: this.idleMinutes, plain };
  }

  /** Whether an administrator wants plain text. */
  isPlainFor(administrator: RowId | null): boolean {
    const row = administrator === null ? undefined : this.#view.row(administrator);
    return contentText(this.#view, row?.fields.get('plain-terminal')) === 'enable';
  }

  #text(path: string, name: string): string {
    const id = this.#view.find(path, null, '');
    const set = id === undefined ? undefined : this.#view.row(id)?.fields;
    return contentText(this.#view, this.#catalogue.get(path).inForce(set, name));
  }
}
