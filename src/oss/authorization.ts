import type { SigningOrder, TransportRequest } from '../ports.ts';
import type { Credentials, CredentialsSource } from './credentials.ts';
import type { Endpoint } from './endpoint.ts';
import { objectUrl } from './object-url.ts';
import type { Query } from './percent-encoding.ts';
import type { ServerClock } from './server-clock.ts';

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: TransportRequest['method'];
  /** Decoded. */
  readonly key: string;
  readonly query: Query;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of its body. */
  readonly size: number;
  /** Bytes of the file that it is of. */
  readonly fileSize: number;
}

/** A request as it is sent. */
export interface Authorized {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is still to be done for its signature. */
  readonly signing?: SigningOrder;
}

/** What is likely to be sent next, in that order. */
export type Ahead = () => readonly UnsignedRequest[];

/** Whoever signs requests: the page with keys, or the app's server. */
export interface Authorization {
  /** Whether the app's server signs. */
  readonly asksApp: boolean;
  /** @throws UploadError of kind `credentials` when nothing to sign with, or no signature, can be had. */
  authorize(request: UnsignedRequest, endpoint: Endpoint, ahead?: Ahead): Promise<Authorized>;
  /** What this one was signed with is not to be used again. */
  refuse(authorized: Authorized): void;
}

/** Signs a request by one version of OSS's signatures; gives all headers to send, or all but the signature and the order for it. */
export type RequestSigner = (
  request: UnsignedRequest,
  endpoint: Endpoint,
  credentials: Credentials,
  /** Epoch milliseconds, by the server's clock. */
  now: number,
) => Promise<Omit<Authorized, 'url'>>;

/** Signs in the page, with the keys that the app gives. */
export class KeyAuthorization implements Authorization {
  readonly asksApp = false;
  readonly #credentials: CredentialsSource;
  readonly #clock: ServerClock;
  readonly #sign: RequestSigner;
  readonly #signedWith = new WeakMap<Authorized, Credentials>();

  constructor(credentials: CredentialsSource, clock: ServerClock, sign: RequestSigner) {
    this.#credentials = credentials;
    this.#clock = clock;
    this.#sign = sign;
  }

  async authorize(request: UnsignedRequest, endpoint: Endpoint): Promise<Authorized> {
    const credentials = await this.#credentials.get();
    const url = objectUrl(endpoint, request.key, request.query);
    const signed = await this.#sign(request, endpoint, credentials, this.#clock.now());
    const authorized = { url, ...signed };
    this.#signedWith.set(authorized, credentials);
    return authorized;
  }

  refuse(authorized: Authorized): void {
    const credentials = this.#signedWith.get(authorized);
    if (credentials !== undefined) this.#credentials.refuse(credentials);
  }
}
