import type { Door, DoorPlatform } from '../door.ts';
import type { Operation } from '../errors.ts';
import { UploadError } from '../errors.ts';
import type { Credentials } from '../oss/credentials.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import { objectUrl } from '../oss/object-url.ts';
import type { Query } from '../oss/percent-encoding.ts';
import { ServerClock } from '../oss/server-clock.ts';
import { serviceError } from '../oss/service-error.ts';
import { createSignV1, toGmtDate } from '../oss/signature-v1.ts';
import { createSignV4, type SignV4, toOssDate } from '../oss/signature-v4.ts';
import type { ByteRange, TransportRequest, TransportResponse } from '../ports.ts';
import type { OurView } from './signature.ts';

/** A request to the probe's own key. */
export interface Probe {
  readonly operation: Operation;
  readonly method: TransportRequest['method'];
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ByteRange;
}

export interface Answer {
  readonly kind: 'answer';
  readonly response: TransportResponse;
  /** For a status outside 2xx. */
  readonly error: UploadError | undefined;
  /** What was signed; nothing for a request without a signature. */
  readonly signed: OurView | undefined;
}

/** `unreadable`: no answer, or one that the page may not read. `silent`: none within the time. */
export type Outcome = Answer | { readonly kind: 'unreadable' } | { readonly kind: 'silent' };

/** What a probe takes at most, and all of them together but for tidying up. Milliseconds. */
const PROBE_TIMEOUT = 6000;
const TOTAL_TIMEOUT = 18_000;

/** No upload has this id: requests that name it are judged for everything but do nothing. */
export const NO_UPLOAD: string = '0'.repeat(32);

/** Sends the probes: each once, each within its time, all to one key that no app uses. */
export class Prober {
  readonly key: string;
  /** The server's time, once an answer has told it. */
  readonly clock: ServerClock;
  /** Where it asks. */
  endpoint: Endpoint;
  readonly #door: Door & DoorPlatform;
  readonly #sign: SignV4 = createSignV4();
  readonly #endsAt: number;

  constructor(door: Door & DoorPlatform, key: string) {
    this.#door = door;
    this.key = key;
    [this.endpoint] = door.endpoints;
    this.clock = new ServerClock(door.clock);
    this.#endsAt = door.clock.now() + TOTAL_TIMEOUT;
  }

  /**
   * @param credentials to sign with; without them the request goes out bare.
   * @param patience for what must be sent even when the time is over. Milliseconds.
   */
  async send(probe: Probe, credentials?: Credentials, patience?: number): Promise<Outcome> {
    const { operation, method, query = [], headers = {}, body } = probe;
    const url = objectUrl(this.endpoint, this.key, query);
    const signed = credentials && (await this.#signed(probe, credentials));
    const sent = signed?.headers ?? headers;
    const { value, isLate } = await this.#within(
      (signal) =>
        this.#door.transport.send({ method, url, headers: sent, body, signal }).catch(noAnswer),
      patience,
    );
    if (isLate) return { kind: 'silent' };
    if (value === undefined) return { kind: 'unreadable' };
    const isFine = value.status >= 200 && value.status < 300;
    return {
      kind: 'answer',
      response: value,
      error: isFine ? undefined : serviceError(operation, value),
      signed: signed?.signature,
    };
  }

  /** Whether anything answers there, readable or not. */
  async reach(url: string): Promise<'answers' | 'fails' | 'silent'> {
    const { value, isLate } = await this.#within((signal) =>
      this.#door.connectivity.probe(url, signal),
    );
    if (isLate) return 'silent';
    return value === true ? 'answers' : 'fails';
  }

  /** Gives `undefined`, and says so, when the action takes too long. */
  async #within<Value>(
    action: (signal: AbortSignal) => Promise<Value>,
    patience: number = Math.min(PROBE_TIMEOUT, this.#left()),
  ): Promise<{ value: Value | undefined; isLate: boolean }> {
    const { clock, timeout } = this.#door;
    const limit = new AbortController();
    const { signal } = limit;
    let takeBack = (): void => undefined;
    const late = new Promise<undefined>((resolve) => {
      takeBack = clock.after(Math.min(timeout, patience), () => {
        resolve(undefined);
        limit.abort();
      });
    });
    try {
      const value = await Promise.race([late, action(signal)]);
      return { value, isLate: signal.aborted };
    } finally {
      takeBack();
    }
  }

  /** Waits for something of the app or the browser, no longer than for a probe. */
  async patiently<Value>(action: () => Promise<Value>): Promise<Value | undefined> {
    return (await this.#within(action)).value;
  }

  #left(): number {
    return Math.max(0, this.#endsAt - this.#door.clock.now());
  }

  async #signed(
    { method, query = [], headers: own = {} }: Probe,
    credentials: Credentials,
  ): Promise<{ headers: Record<string, string>; signature: OurView }> {
    const { securityToken } = credentials;
    const { bucket, region } = this.endpoint;
    const isV1 = this.#door.signatureVersion === 1;
    const now = this.clock.now();
    const dated: Record<string, string> = isV1
      ? { 'x-oss-date': toGmtDate(now) }
      : { 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD', 'x-oss-date': toOssDate(now) };
    const token = securityToken === undefined ? {} : { 'x-oss-security-token': securityToken };
    const headers = { ...own, ...dated, ...token };
    const request = { method, bucket, key: this.key, query, headers };
    const signature = isV1
      ? await createSignV1()(request, credentials)
      : await this.#sign(request, { ...credentials, region });
    return { headers: { ...headers, authorization: signature.authorization }, signature };
  }
}

// What comes too late is not heard any more, so that nothing may be thrown then.
function noAnswer(reason: unknown): undefined {
  if (reason instanceof UploadError || isAbort(reason)) return undefined;
  throw reason;
}

function isAbort(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'AbortError';
}
