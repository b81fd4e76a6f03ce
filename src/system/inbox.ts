/** Messages that one session keeps: more than anyone reads at once. */
const most = 100;

/** What is to be said in a session with its next command. Whoever does nothing there for long finds the last of it. */
export class Inbox {
  #texts: string[] = [];
  #dropped = 0;

  put(text: string): void {
    this.#texts.push(text);
    if (this.#texts.length <= most) return;
    this.#texts.shift();
    this.#dropped += 1;
  }

  /** Empties it. */
  take(): readonly string[] {
    const [texts, dropped] = [this.#texts, this.#dropped];
    this.#texts = [];
    this.#dropped = 0;
    return dropped === 0
      ? texts
      : [`what was said earlier is left out, ${dropped} of ${dropped + most}`, ...texts];
  }
}
