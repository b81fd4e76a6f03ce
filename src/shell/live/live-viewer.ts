import { actionOn, type LiveAction, type LiveRow, type LiveView } from '../../cli/session/live-view.ts';
import { Confirmation } from '../dialogues/confirmation.ts';
import type { FullScreen } from '../screen/full-screen.ts';
import type { Key } from '../terminal/key.ts';
import type { Keyboard } from '../terminal/keyboard.ts';
import { type Doing, liveRows } from './live-rows.ts';
import { TableChoice } from './table-choice.ts';

export type ViewerParts = {
  readonly screen: FullScreen;
  readonly keyboard: Keyboard;
  /** A key asks for something. */
  readonly answer: (answer: string) => void;
  /** The person wants to see no more. */
  readonly leave: () => void;
};

/** An action that the person is asked about before it is done. */
type Asked = { readonly action: LiveAction; readonly row: LiveRow; readonly confirmation: Confirmation };

const looking: Doing = { kind: 'looking' };

/** Shows a view that changes on the whole screen, and does what keys ask for, until it is stopped. */
export class LiveViewer {
  readonly #parts: ViewerParts;
  readonly #release: () => void;
  readonly #choice: TableChoice;
  /** What has come while it was paused. */
  #held: LiveView | null = null;
  #isPaused = false;
  #doing: Doing = looking;
  #asked: Asked | null = null;

  constructor(parts: ViewerParts, view: LiveView) {
    this.#parts = parts;
    this.#choice = new TableChoice(view);
    this.#release = parts.keyboard.handle((key) => this.#press(key));
    this.#paint();
    // What was typed after the command is for the view.
    parts.keyboard.offerTypeAhead();
  }

  change(view: LiveView): void {
    if (this.#isPaused) {
      this.#held = view;
      return;
    }
    this.#choice.change(view);
    this.#paint();
  }

  resized(): void {
    this.#parts.screen.resized();
    this.#paint();
  }

  stop(): void {
    this.#release();
    this.#parts.screen.leave();
  }

  #paint(): void {
    const { screen } = this.#parts;
    screen.show(liveRows(this.#choice, screen.rows, this.#doing, this.#isPaused));
  }

  #press(key: Key): boolean {
    if (key.kind !== 'key') return true;
    if (this.#asked !== null) this.#confirm(this.#asked, key);
    else if (this.#doing.kind === 'typing') this.#type(this.#doing.text, key.chord, key.text);
    else if (this.#doing.kind === 'reading-keys' && key.chord !== 'C-c') this.#doing = looking;
    else if (key.chord === 'q' || key.chord === 'C-c' || key.chord === 'C-d') {
      this.#parts.leave();
      return true;
    } else this.#choose(key.chord);
    this.#paint();
    return true;
  }

  #type(typed: string, chord: string, text: string): void {
    if (chord === 'enter') this.#doing = looking;
    else if (chord === 'escape' || chord === 'C-c') {
      this.#doing = looking;
      this.#choice.narrow('');
    } else {
      const filter = chord === 'backspace' ? [...typed].slice(0, -1).join('') : typed + text;
      this.#doing = { kind: 'typing', text: filter };
      this.#choice.narrow(filter);
    }
  }

  #choose(chord: string): void {
    const choice = this.#choice;
    const page = Math.max(1, this.#parts.screen.rows - choice.view.head.length - 5);
    const moves: Readonly<Record<string, number>> = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      pageup: -page,
      pagedown: page,
      home: Number.NEGATIVE_INFINITY,
      end: Number.POSITIVE_INFINITY,
    };
    const by = moves[chord];
    if (by !== undefined) choice.move(by);
    else if (chord === 'tab' || chord === 'right') choice.turn(1);
    else if (chord === 'S-tab' || chord === 'left') choice.turn(-1);
    else if (/^[1-9]$/.test(chord)) choice.goTo(Number(chord) - 1);
    else if (chord === 's') choice.sortByNext();
    else if (chord === 'r') choice.reverse();
    else if (chord === '/') this.#doing = { kind: 'typing', text: choice.filter };
    else if (chord === '?') this.#doing = { kind: 'reading-keys' };
    else if (chord === ' ') this.#pause();
    else this.#ask(chord);
  }

  #pause(): void {
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused || this.#held === null) return;
    this.#choice.change(this.#held);
    this.#held = null;
  }

  #ask(key: string): void {
    const wanted = this.#choice.actionOf(key);
    if (wanted === null) return;
    this.#asked = { ...wanted, confirmation: new Confirmation() };
    this.#doing = { kind: 'asked', question: `${wanted.action.label}: ${wanted.row.name}?` };
  }

  /** Does it to the row about which was asked, wherever that is now. */
  #confirm({ action, row, confirmation }: Asked, key: Extract<Key, { kind: 'key' }>): void {
    const reply = confirmation.replyOf(key);
    if (reply === undefined) return;
    this.#asked = null;
    this.#doing = looking;
    if (reply === 'no') return;
    // Its effect is to be seen.
    if (this.#isPaused) this.#pause();
    this.#parts.answer(actionOn(action, row));
  }
}
