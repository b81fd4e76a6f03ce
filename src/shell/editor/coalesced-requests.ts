/** Sends one request at a time; of those that are made meanwhile only the newest is sent next. */
export class CoalescedRequests<Request, Response> {
  readonly #send: (request: Request) => Promise<Response>;
  readonly #received: (request: Request, response: Response) => void;
  readonly #failed: (error: unknown) => void;
  #sent: Request | undefined;
  #newest: Request | undefined;
  #isSending = false;

  /** `received` is called with the response to a request if none has been made since. */
  constructor(
    send: (request: Request) => Promise<Response>,
    received: (request: Request, response: Response) => void,
    failed: (error: unknown) => void,
  ) {
    this.#send = send;
    this.#received = received;
    this.#failed = failed;
  }

  /** Makes a request, unless the last one that was sent is the same. */
  request(request: Request): void {
    this.#newest = request;
    if (!this.#isSending && this.#sent !== request) void this.#run();
  }

  /** Responses to requests made so far are no longer wanted. */
  reset(): void {
    this.#sent = undefined;
    this.#newest = undefined;
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#newest !== undefined && this.#newest !== this.#sent) {
        const request = this.#newest;
        this.#sent = request;
        const response = await this.#send(request);
        if (this.#newest === request) this.#received(request, response);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isSending = false;
    }
  }
}
