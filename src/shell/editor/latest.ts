/** Asks one question at a time; of those that come meanwhile only the newest is asked next. */
export class Latest<Question, Answer> {
  readonly #ask: (question: Question) => Promise<Answer>;
  readonly #answered: (question: Question, answer: Answer) => void;
  readonly #failed: (error: unknown) => void;
  #asked: Question | undefined;
  #wanted: Question | undefined;
  #isAsking = false;

  constructor(
    ask: (question: Question) => Promise<Answer>,
    answered: (question: Question, answer: Answer) => void,
    failed: (error: unknown) => void,
  ) {
    this.#ask = ask;
    this.#answered = answered;
    this.#failed = failed;
  }

  /** Asks, unless the same question was the last one. */
  want(question: Question): void {
    this.#wanted = question;
    if (!this.#isAsking && this.#asked !== question) void this.#run();
  }

  /** Answers to what was asked so far no longer count. */
  reset(): void {
    this.#asked = undefined;
    this.#wanted = undefined;
  }

  async #run(): Promise<void> {
    this.#isAsking = true;
    try {
      while (this.#wanted !== undefined && this.#wanted !== this.#asked) {
        const question = this.#wanted;
        this.#asked = question;
        const answer = await this.#ask(question);
        if (this.#wanted === question) this.#answered(question, answer);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isAsking = false;
    }
  }
}
