import type { FakeOss, Incoming, StoredPart } from './fake-oss.ts';
import { sizeOf, uploadIdOf } from './fates.ts';

/** What was confirmed for longer is in a checkpoint: it is written within 250 ms, and kept soon after. Milliseconds. */
const KEPT_AFTER = 300;

interface KnownPart {
  readonly part: StoredPart;
  readonly partNumber: number;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** What a page was told that the server holds, and what of it the next page has to know. */
export class Knowledge {
  readonly #oss: FakeOss;
  readonly #known = new Map<string, KnownPart>();

  constructor(oss: FakeOss) {
    this.#oss = oss;
  }

  /** The page has heard of a part. */
  confirm(uploadId: string, partNumber: number, size: number, since: number): void {
    const part = this.#oss.uploads.get(uploadId)?.get(partNumber);
    const name = nameOf(uploadId, partNumber);
    if (part?.size === size) this.#known.set(name, { part, partNumber, since });
  }

  /** The page has said why it may send again what it knows. */
  excuse(): void {
    this.#known.clear();
  }

  /** The page goes away, and with it what no checkpoint keeps. */
  loseUnkept(now: number): void {
    for (const [name, { since }] of this.#known)
      if (now - since < KEPT_AFTER) this.#known.delete(name);
  }

  /** What is wrong with sending this: bytes that the server is known to hold, and does. In words. */
  complain(incoming: Incoming): string[] {
    const { request, partNumber } = incoming;
    if (typeof request.body !== 'object' || !('offset' in request.body)) return [];
    const { offset } = request.body;
    const end = offset + sizeOf(incoming);
    const uploadId = uploadIdOf(incoming);
    const held = this.#oss.uploads.get(uploadId);
    return [...this.#known].flatMap(([name, { part, partNumber: number }]) => {
      if (name !== nameOf(uploadId, number)) return [];
      const isHeld = held?.get(number)?.etag === part.etag;
      // A late attempt took its place: should it come again nobody has been told.
      if (!isHeld) this.#known.delete(name);
      const overlaps = part.offset < end && offset < part.offset + part.size;
      return isHeld && overlaps
        ? [`Part ${partNumber} is sent over part ${number}, which is there.`]
        : [];
    });
  }
}

function nameOf(uploadId: string, partNumber: number): string {
  return `${uploadId} ${partNumber}`;
}
