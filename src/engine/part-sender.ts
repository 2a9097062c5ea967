import type { PartView } from '../events.ts';
import { race } from '../waiting.ts';
import type { UploadContext } from './context.ts';
import { PAUSED } from './control.ts';
import { assertSame, prepareBody } from './integrity.ts';
import { type PartRange, RangeQueue, rangeAt } from './plan.ts';
import { BodyTooLarge, request } from './requests.ts';
import type { Session } from './session.ts';

/** How long a part that is more than half sent may take to end after a pause, in milliseconds. */
const PAUSE_GRACE = 2000;

/** So many parts may be signed ahead. */
const UPCOMING = 20;

/** A part on its way. */
interface PartFlight {
  readonly range: PartRange;
  readonly controller: AbortController;
  /** Bytes given to the network in this attempt. */
  sent: number;
  takeGraceBack: (() => void) | undefined;
}

/** Sends what a session lacks, over the lanes that all uploads share. */
export class PartSender {
  readonly #context: UploadContext;
  readonly #session: Session;
  readonly #wished: number;
  readonly #queue: RangeQueue;
  readonly #flights = new Map<PartFlight, Promise<void>>();
  readonly #onLast: () => void;
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param wished bytes that a part should hold, as long as the link bears it.
   * @param onLast called when the last parts are on their way.
   */
  constructor(context: UploadContext, session: Session, wished: number, onLast: () => void) {
    this.#context = context;
    this.#session = session;
    this.#wished = wished;
    this.#onLast = onLast;
    this.#queue = new RangeQueue(session.layout, session.gaps);
  }

  /**
   * Resolves when every part is confirmed. Rejects with the first failure, with `PAUSED` or with the reason of a
   * cancel; nothing is in flight any more by then.
   */
  async run(): Promise<void> {
    const { control } = this.#context;
    for (;;) {
      if (control.isCancelled) return await this.#end(control.signal.reason);
      if (control.isInterrupted) return await this.#end(PAUSED);
      if (this.#failure !== undefined) return await this.#end(this.#failure.error);
      if (control.isPaused) await this.#passPause();
      else if (!this.#queue.isEmpty) await this.#launch();
      else if (this.#flights.size === 0) return;
      else {
        this.#onLast();
        await this.#untilStopped(this.#nextLanding);
      }
    }
  }

  /** The map of the parts, ascending. */
  view(): PartView[] {
    const { parts, layout, attempts } = this.#session;
    const view = (range: PartRange, state: PartView['state']): PartView => ({
      ...range,
      state,
      isRetried: (attempts.get(range.partNumber)?.times ?? 0) > 1,
    });
    return [
      ...[...parts.values()].map(({ partNumber, size }) =>
        view(rangeAt(layout, (partNumber - 1) * layout.unit, size), 'confirmed'),
      ),
      ...[...this.#flights.keys()].map(({ range }) => view(range, 'in-flight')),
      ...this.#queue.list(this.#partSize).map((range) => view(range, 'waiting')),
    ].toSorted((a, b) => a.offset - b.offset);
  }

  get #partSize(): number {
    return this.#context.shared.partSizes.next(this.#wished, this.#session.layout.unit);
  }

  get #nextLanding(): Promise<void> {
    return Promise.race(this.#flights.values());
  }

  // Never more than one of an upload's parts in the queue for a lane: that makes the lanes fair.
  async #launch(): Promise<void> {
    const { shared, control } = this.#context;
    let isWanted = true;
    const launched = new Promise<void>((resolve) => {
      void shared.scheduler.run(async () => {
        resolve();
        if (isWanted && this.#failure === undefined && !control.signal.aborted) await this.#fly();
      });
    });
    await this.#untilStopped(launched);
    isWanted = false;
  }

  async #fly(): Promise<void> {
    const range = this.#queue.next(this.#partSize);
    if (range === undefined) return;
    this.#context.shared.partSizes.sent(range.size);
    const controller = new AbortController();
    const flight: PartFlight = { range, controller, sent: 0, takeGraceBack: undefined };
    const landing = this.#send(flight)
      .catch((error: unknown) => this.#lose(flight, error))
      .finally(() => {
        flight.takeGraceBack?.();
        this.#flights.delete(flight);
        // Else the next one takes its place, and is told of with it.
        if (controller.signal.aborted || this.#flights.size === 0) this.#context.noteParts();
      });
    this.#flights.set(flight, landing);
    this.#context.noteParts();
    await landing;
  }

  async #send(flight: PartFlight): Promise<void> {
    const { shared, file, progress } = this.#context;
    const { checkpoint, layout } = this.#session;
    const { uploadId, key } = checkpoint.record;
    const { partNumber, offset, size } = flight.range;
    const part = await request(shared, {
      operation: 'UploadPart',
      partNumber,
      size,
      fileSize: file.size,
      signal: flight.controller.signal,
      isRepeatable: true,
      mustSplit: (breaks) => shared.partSizes.mustSplit(size, layout.unit, breaks),
      confirmations: () => progress.confirmations,
      emit: (event) => this.#context.emit(event),
      onSent(bytes) {
        flight.sent = bytes;
        progress.sent(partNumber, bytes);
      },
      send: async (options) => {
        flight.sent = 0;
        this.#noteAttempt(flight.range);
        const range = { source: file, offset, size };
        const prepared = await prepareBody(this.#context, range, options.signal);
        const { body, headers } = prepared;
        const upcoming = (): PartRange[] => this.#queue.list(this.#partSize, UPCOMING);
        const stored = await shared.client.uploadPart(
          key,
          uploadId,
          partNumber,
          body,
          headers,
          options,
          upcoming,
        );
        const digests = { ...prepared.digests, ...stored.digests };
        assertSame(digests, stored, 'UploadPart', partNumber);
        if (stored.etag === undefined) this.#tellHiddenEtag();
        return { etag: stored.etag ?? digests.md5 ?? '', crc64: digests.crc64 };
      },
    });
    this.#confirm(flight.range, part);
  }

  #noteAttempt({ partNumber, size }: PartRange): void {
    const { attempts } = this.#session;
    const last = attempts.get(partNumber);
    attempts.set(partNumber, {
      times: (last?.times ?? 0) + 1,
      size,
      isResized: last !== undefined && (last.isResized || last.size !== size),
    });
  }

  #tellHiddenEtag(): void {
    if (this.#context.hasHiddenEtags) return;
    this.#context.hasHiddenEtags = true;
    const advice =
      "Add ETag to ExposeHeader in the bucket's CORS rule: until then the parts have to be looked up before they are put together.";
    this.#context.emit({ type: 'etag-hidden', advice });
  }

  #confirm(
    { partNumber, size }: PartRange,
    { etag, crc64 }: { readonly etag: string; readonly crc64: string | undefined },
  ): void {
    const { shared, progress } = this.#context;
    const part = { partNumber, size, etag, ...(crc64 === undefined ? {} : { crc64 }) };
    this.#session.parts.set(partNumber, part);
    this.#session.checkpoint.add(part);
    shared.partSizes.confirmed(size);
    shared.link.confirmed();
    progress.confirmed(partNumber, size);
    this.#context.emit({ type: 'part-confirmed', partNumber, size });
  }

  #lose({ range, controller }: PartFlight, error: unknown): void {
    const { shared, progress } = this.#context;
    const { partNumber, size } = range;
    progress.landed(partNumber);
    this.#queue.giveBack(range);
    const isSplit = error instanceof BodyTooLarge && !controller.signal.aborted;
    if (isSplit) shared.partSizes.split(size);
    else shared.partSizes.landed(size);
    if (isSplit) this.#context.emit({ type: 'part-split', partNumber, size, error: error.cause });
    else if (!controller.signal.aborted) this.#failure ??= { error };
  }

  // A part of which little has been sent is not worth waiting for; one that is nearly there is let end, and a
  // resume that comes meanwhile takes over what is still in flight.
  async #passPause(): Promise<void> {
    const { shared, control } = this.#context;
    for (const flight of this.#flights.keys()) {
      const { controller, range, sent } = flight;
      const land = (): void => controller.abort(PAUSED);
      if (sent * 2 < range.size) land();
      else flight.takeGraceBack ??= shared.clock.after(PAUSE_GRACE, land);
    }
    await Promise.race([control.resumed, Promise.all(this.#flights.values())]);
    if (!control.isPaused) {
      for (const flight of this.#flights.keys()) {
        flight.takeGraceBack?.();
        flight.takeGraceBack = undefined;
      }
    } else if (this.#flights.size === 0) {
      throw PAUSED;
    }
  }

  async #end(reason: unknown): Promise<never> {
    for (const { controller } of this.#flights.keys()) controller.abort(reason);
    await Promise.all(this.#flights.values());
    throw reason;
  }

  /** Resolves with the promise, or as soon as the upload is paused or cancelled. */
  async #untilStopped(promise: Promise<void>): Promise<void> {
    const { signal } = this.#context.control;
    if (signal.aborted) return;
    await race(promise, signal).catch((reason: unknown) => {
      if (!signal.aborted) throw reason;
    });
  }
}
