import { UploadError } from '../errors.ts';
import { sleep } from '../waiting.ts';
import {
  checksums,
  errorAnswer,
  type FakeAnswer,
  type FakeOperation,
  type FakeOss,
  type Incoming,
  noAnswer,
  partOf,
  type StoredPart,
  silence,
} from './fake-oss.ts';
import type { Fate, Scenario } from './scenario.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { SECOND, UNIT } from './world.ts';

/** How long each half of a request and its answer are on their way, in milliseconds. */
const HALF_WAY = 20;
/** When what comes late comes, by turns, in milliseconds. */
const LATE = [300, 4000, 45_000];
/** Of the server's clock, where it is another than the page's, in milliseconds. */
export const SKEW = 3600 * SECOND;

export interface FatesOptions {
  readonly scenario: Scenario;
  readonly clock: SimulatedClock;
  readonly oss: FakeOss;
  /** Ends what is on the wire: the page goes away, or the network. */
  readonly cut: () => AbortSignal;
}

/** Answers requests as a scenario has it. */
export class Fates {
  /** Parts whose ETag the page was told wrong, by upload and number. */
  readonly #mistold = new Set<string>();
  readonly #options: FatesOptions;
  readonly #counts = new Map<FakeOperation, number>();

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  async answer(incoming: Incoming): Promise<FakeAnswer> {
    const { clock, cut, scenario } = this.#options;
    const { operation, request } = incoming;
    const fate = this.#next(operation);
    const ends = [cut(), ...(request.signal === undefined ? [] : [request.signal])];
    const signal = AbortSignal.any(ends);
    const size = sizeOf(incoming);
    await sleep(clock, HALF_WAY, signal);
    if (size > 0) request.onSent?.(Math.ceil(size * 0.45));
    await sleep(clock, HALF_WAY, signal);
    const { bearsUnits = Number.POSITIVE_INFINITY, landsBroken } = scenario;
    if (size > bearsUnits * UNIT) {
      if (landsBroken) this.#later(incoming.process);
      return await noAnswer();
    }
    const answer = await this.#meet(fate, incoming, signal);
    await sleep(clock, HALF_WAY, signal);
    return answer;
  }

  /** Whether the page was told another ETag of a part than it has. */
  hasMistold(uploadId: string, partNumber: number): boolean {
    return this.#mistold.has(`${uploadId} ${partNumber}`);
  }

  #next(operation: FakeOperation): Fate | undefined {
    const nth = (this.#counts.get(operation) ?? 0) + 1;
    this.#counts.set(operation, nth);
    const { faults } = this.#options.scenario;
    return faults.find((fault) => fault.operation === operation && fault.nth === nth)?.fate;
  }

  async #meet(
    fate: Fate | undefined,
    incoming: Incoming,
    signal: AbortSignal,
  ): Promise<FakeAnswer> {
    const { clock, oss } = this.#options;
    const process = (): Promise<FakeAnswer> => this.#process(incoming);
    switch (fate) {
      case undefined:
        return await process();
      case 'lost':
        return await noAnswer();
      case 'answer lost':
        await process();
        return await noAnswer();
      case 'lands late':
        this.#later(process);
        return await noAnswer();
      case 'swallowed':
        return await hang(incoming, signal);
      case 'swallowed, lands late':
        this.#later(process);
        return await hang(incoming, signal);
      case 'applied, never answered':
        await process();
        return await hang(incoming, signal);
      case 'answered after 50 s': {
        const answer = await process();
        await sleep(clock, 50 * SECOND, signal);
        return answer;
      }
      case '500':
        return errorAnswer(500, 'InternalError');
      case '503':
        return errorAnswer(503, 'ServiceUnavailable');
      case 'page of a proxy, 502':
        return { status: 502, body: '<html><body>Bad gateway</body></html>' };
      case 'page of a portal, 200':
        return { status: 200, body: '<html><body>Sign in to the train</body></html>' };
      case 'clock skewed':
        return skewed(oss.now());
      case 'token expired':
        return errorAnswer(403, 'SecurityTokenExpired');
      case 'upload forgotten':
        oss.uploads.delete(uploadIdOf(incoming));
        return await process();
      case 'part lost afterwards': {
        const answer = await process();
        this.#partsOf(incoming)?.delete(incoming.partNumber);
        return answer;
      }
      case 'part damaged':
        return await this.#damage(incoming);
      case 'part damaged, answer lost':
        await this.#damage(incoming);
        return await noAnswer();
      case 'wrong ETag told': {
        const answer = await process();
        this.#mistold.add(`${uploadIdOf(incoming)} ${incoming.partNumber}`);
        return { ...answer, headers: { ...answer.headers, etag: `"${'0'.repeat(32)}"` } };
      }
    }
  }

  async #process({ operation, process }: Incoming): Promise<FakeAnswer> {
    const { refused } = this.#options.scenario;
    const isRefused = ['list', 'head'].includes(operation) && refused.includes(operation);
    return isRefused ? errorAnswer(403, 'AccessDenied') : await process();
  }

  #later(process: () => Promise<FakeAnswer>): void {
    const { clock, oss } = this.#options;
    const wait = LATE[oss.requests.length % LATE.length] ?? 0;
    clock.after(wait, () => void process());
  }

  // A server that is told the MD5 refuses what was damaged on the way; another one stores it, and says what it has stored.
  async #damage(incoming: Incoming): Promise<FakeAnswer> {
    if (incoming.request.headers['content-md5'] !== undefined)
      return errorAnswer(400, 'InvalidDigest');
    const answer = await incoming.process();
    const parts = this.#partsOf(incoming);
    const part = parts?.get(incoming.partNumber);
    if (parts === undefined || part?.bytes === undefined) return answer;
    const bytes = part.bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
    const damaged = partOf(part.offset, bytes);
    parts.set(incoming.partNumber, damaged);
    return { ...answer, headers: checksums(damaged) };
  }

  #partsOf(incoming: Incoming): Map<number, StoredPart> | undefined {
    return this.#options.oss.uploads.get(uploadIdOf(incoming));
  }
}

export function sizeOf({ request: { body } }: Incoming): number {
  return typeof body === 'object' && 'size' in body ? body.size : 0;
}

export function uploadIdOf({ request }: Incoming): string {
  return new URL(request.url).searchParams.get('uploadId') ?? '';
}

/** What a browser makes of a network that goes away. */
export function networkGone(): UploadError {
  return new UploadError('network', 'A request got no answer that this page can read.');
}

/** All of it is on its way, and nothing comes back. */
async function hang(incoming: Incoming, signal: AbortSignal): Promise<never> {
  const size = sizeOf(incoming);
  if (size > 0) incoming.request.onSent?.(size);
  return await silence({ ...incoming, request: { ...incoming.request, signal } });
}

function skewed(now: number): FakeAnswer {
  const time = new Date(now).toISOString();
  const body = `<Error><Code>RequestTimeTooSkewed</Code><Message>No.</Message><ServerTime>${time}</ServerTime></Error>`;
  return { status: 403, body };
}
