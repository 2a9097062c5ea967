import type { UploadEvent } from '../events.ts';
import type { PostObjectEvent, PostObjectOptions, PostObjectProgress } from './options.ts';

/** Those of a page who want to hear of one form. */
export class Audience {
  readonly #onEvent: ((event: PostObjectEvent) => void) | undefined;
  readonly #onProgress: ((progress: PostObjectProgress) => void) | undefined;
  readonly #size: number;
  #shown = -1;

  /** @param size bytes of the file. */
  constructor(
    { onEvent, onProgress }: Pick<PostObjectOptions, 'onEvent' | 'onProgress'>,
    size: number,
  ) {
    this.#onEvent = onEvent;
    this.#onProgress = onProgress;
    this.#size = size;
  }

  hear(event: PostObjectEvent): void {
    notify(this.#onEvent, event);
  }

  /** Of what an upload may tell, a form has these. */
  overhear(event: UploadEvent): void {
    if (event.type === 'retry' || event.type === 'credentials-refused') this.hear(event);
  }

  /** So many bytes of a body, which is the file and a little more, have been given to the network. */
  see(bytes: number): void {
    const sentBytes = Math.min(bytes, this.#size);
    if (sentBytes <= this.#shown) return;
    this.#shown = sentBytes;
    notify(this.#onProgress, { sentBytes, size: this.#size });
  }
}

// A listener's own fault must neither stop the upload nor stay hidden.
function notify<Told>(listener: ((told: Told) => void) | undefined, told: Told): void {
  try {
    listener?.(told);
  } catch (error) {
    reportError(error);
  }
}
