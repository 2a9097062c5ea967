import type { FakeOss, Incoming, StoredPart } from './fake-oss.ts';
import { sizeOf, uploadIdOf } from './fates.ts';

/** What a page was told that the server holds, and what of it a checkpoint keeps for the next page. */
export class Knowledge {
  readonly #oss: FakeOss;
  readonly #known = new Map<string, { readonly part: StoredPart; readonly partNumber: number }>();
  readonly #kept = new Set<string>();

  constructor(oss: FakeOss) {
    this.#oss = oss;
  }

  /** The page has heard of a part. */
  confirm(uploadId: string, partNumber: number): void {
    const part = this.#oss.uploads.get(uploadId)?.get(partNumber);
    if (part !== undefined) this.#known.set(nameOf(uploadId, partNumber), { part, partNumber });
  }

  keep(uploadId: string, partNumber: number): void {
    this.#kept.add(nameOf(uploadId, partNumber));
  }

  /** The page has said why it may send again what it knows. */
  excuse(): void {
    this.#known.clear();
  }

  /** The page goes away. */
  loseUnkept(): void {
    for (const name of this.#known.keys()) if (!this.#kept.has(name)) this.#known.delete(name);
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
      const isHeld = name === nameOf(uploadId, number) && held?.get(number)?.etag === part.etag;
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
