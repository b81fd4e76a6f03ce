/** Whose text acknowledgements of a capture speak of: the one that was captured, or the one that rules make of it. */
export type Reading = 'captured' | 'edited';

/**
 * How the acknowledgements of a capture are read. In most both sides speak of what was captured. Beside an editor that
 * stood in the network, each side has acknowledged what the editor made of the other's text, as the rules do once more.
 */
export class Acknowledgements {
  readonly #onDecided: (reading: Reading) => void;
  #reading: Reading | undefined;

  /** @param reading undefined: what shows which it is decides, and until then it is `captured` */
  constructor(reading?: Reading, onDecided: (reading: Reading) => void = () => undefined) {
    this.#reading = reading;
    this.#onDecided = onDecided;
  }

  get isDecided(): boolean {
    return this.#reading !== undefined;
  }

  get areEdited(): boolean {
    return this.#reading === 'edited';
  }

  /** One acknowledges what was sent in this reading, and is nothing that the other knows. The first one counts. */
  show(reading: Reading): void {
    if (this.isDecided) return;
    this.#reading = reading;
    this.#onDecided(reading);
  }
}
