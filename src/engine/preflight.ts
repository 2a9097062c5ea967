import { completeHeaders } from './completion.ts';
import type { UploadContext } from './context.ts';
import type { Session } from './session.ts';

/**
 * Has the browser pay for Complete's preflight beside the last parts. Its cache goes by the full address, so nothing but a
 * request to exactly that address fills it: a ListParts, whose answer nobody reads, and which is not sent again.
 */
export class CompletePreflight {
  readonly #context: UploadContext;
  readonly #session: Session;
  readonly #controller = new AbortController();
  #hasBegun = false;

  constructor(context: UploadContext, session: Session) {
    this.#context = context;
    this.#session = session;
  }

  begin(): void {
    const { client, needsPreflight } = this.#context.shared;
    // An app's server that signs would be asked for one signature more, and a signed address is used once.
    if (this.#hasBegun || !needsPreflight || client.asksApp) return;
    this.#hasBegun = true;
    void this.#send().catch(nothing);
  }

  end(): void {
    this.#controller.abort();
  }

  async #send(): Promise<void> {
    const { shared, file } = this.#context;
    const { key, uploadId } = this.#session.checkpoint.record;
    const way = await shared.route?.take(false);
    await shared.client.preflightComplete(key, uploadId, completeHeaders(this.#context), {
      signal: this.#controller.signal,
      endpoint: way?.endpoint,
      fileSize: file.size,
      onStart: nothing,
      onSent: nothing,
    });
  }
}

function nothing(): void {
  // Whatever becomes of it, Complete is sent as if there had been none.
}
