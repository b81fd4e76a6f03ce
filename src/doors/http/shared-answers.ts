/** What is being worked out for somebody, for all who ask the same meanwhile. */
export class SharedAnswers<Value> {
  readonly #underWay = new Map<string, Promise<Value>>();

  /** `make` is called unless the same is under way. What has failed is tried again by whoever asks next. */
  get(question: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#underWay.get(question);
    if (known !== undefined) return known;
    const answer = make().finally(() => this.#underWay.delete(question));
    this.#underWay.set(question, answer);
    return answer;
  }
}
