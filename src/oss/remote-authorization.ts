import { UploadError } from '../errors.ts';
import type { AskSettings } from './ask-app.ts';
import { askApp } from './ask-app.ts';
import type { Ahead, Authorization, Authorized, UnsignedRequest } from './authorization.ts';
import type { Endpoint } from './endpoint.ts';
import { quote } from './names.ts';
import { objectUrl } from './object-url.ts';
import { readSigned } from './signed-request.ts';
import type { RequestToSign, SignedRequest } from './signing-request.ts';

/** Asks the app's server to sign one request. */
export type Sign = (request: RequestToSign) => Promise<SignedRequest>;
/** Asks the app's server to sign several requests; answers in their order. */
export type SignMany = (requests: readonly RequestToSign[]) => Promise<readonly SignedRequest[]>;

/** What an app gives of the two: one at least. */
export interface Signers {
  readonly sign?: Sign | undefined;
  readonly signMany?: SignMany | undefined;
}

/** A signature that nobody has used for so long is dropped: OSS takes none older than 15 minutes. Milliseconds. */
const MAX_AGE = 5 * 60_000;
/** Signatures are had ahead again when so many of the next requests have none. */
const MISSING_AHEAD = 10;
/** How long a signature must hold, in seconds: what OSS allows a signed header. */
const EXPIRES_IN = 900;

interface Held {
  readonly signed: Promise<Authorized>;
  /** Epoch milliseconds; unknown until the app has answered. */
  answeredAt: number | undefined;
}

/**
 * Has the app's server sign: each request when it is sent, every attempt anew. Where the app can sign many at once,
 * those of the next parts are asked for ahead, so that a thousand parts do not cost a thousand calls.
 */
export class RemoteAuthorization implements Authorization {
  readonly asksApp = true;
  readonly #signers: Signers;
  readonly #settings: AskSettings;
  /** Signatures that wait for their request, by what was signed; each is used once. */
  readonly #ahead = new Map<string, Held>();

  constructor(signers: Signers, settings: AskSettings) {
    this.#signers = signers;
    this.#settings = settings;
  }

  async authorize(
    request: UnsignedRequest,
    endpoint: Endpoint,
    ahead?: Ahead,
  ): Promise<Authorized> {
    this.#dropOld();
    const held = this.#ahead.get(idOf(request, endpoint));
    this.#ahead.delete(idOf(request, endpoint));
    const { signMany } = this.#signers;
    const missing =
      signMany === undefined || ahead === undefined
        ? []
        : ahead().filter((next) => !this.#ahead.has(idOf(next, endpoint)));
    if (held === undefined) return await this.#signNow(request, missing, endpoint);
    if (missing.length >= MISSING_AHEAD) this.#signAhead(missing, endpoint);
    return await held.signed.catch((error: unknown) => this.#signAlone(request, endpoint, error));
  }

  /** Whatever was signed ahead was signed by the same clock and keys. */
  refuse(): void {
    this.#ahead.clear();
  }

  async #signNow(
    request: UnsignedRequest,
    missing: readonly UnsignedRequest[],
    endpoint: Endpoint,
  ): Promise<Authorized> {
    const { sign, signMany } = this.#signers;
    if (signMany !== undefined && (missing.length > 0 || sign === undefined)) {
      const batch = this.#signBatch(signMany, [request, ...missing], endpoint);
      this.#keep(missing, endpoint, (index) => batch.then((all) => at(all, index + 1)));
      if (missing.length === 0) return at(await batch, 0);
      return await batch.then(
        (all) => at(all, 0),
        (error: unknown) => this.#signAlone(request, endpoint, error),
      );
    }
    return await askApp(
      'sign',
      async () => await sign?.(toSign(request, endpoint)),
      (answer) => readSigned(answer, request, endpoint),
      this.#settings,
    );
  }

  /** An app that refuses a batch for one of its requests may sign the others. */
  async #signAlone(
    request: UnsignedRequest,
    endpoint: Endpoint,
    error: unknown,
  ): Promise<Authorized> {
    if (!(error instanceof UploadError) || error.code === undefined) throw error;
    return await this.#signNow(request, [], endpoint);
  }

  #signAhead(missing: readonly UnsignedRequest[], endpoint: Endpoint): void {
    const { signMany } = this.#signers;
    if (signMany === undefined) return;
    const batch = this.#signBatch(signMany, missing, endpoint);
    this.#keep(missing, endpoint, (index) => batch.then((all) => at(all, index)));
  }

  async #signBatch(
    signMany: SignMany,
    requests: readonly UnsignedRequest[],
    endpoint: Endpoint,
  ): Promise<readonly Authorized[]> {
    return await askApp(
      'signMany',
      async () => await signMany(requests.map((request) => toSign(request, endpoint))),
      (answer) => {
        if (!Array.isArray(answer) || answer.length !== requests.length)
          throw wrongCount(answer, requests.length);
        return requests.map((request, index) => readSigned(answer[index], request, endpoint));
      },
      this.#settings,
    );
  }

  #keep(
    requests: readonly UnsignedRequest[],
    endpoint: Endpoint,
    signedOf: (index: number) => Promise<Authorized>,
  ): void {
    for (const [index, request] of requests.entries()) {
      const id = idOf(request, endpoint);
      const held: Held = { signed: signedOf(index), answeredAt: undefined };
      this.#ahead.set(id, held);
      void this.#watch(id, held);
    }
  }

  async #watch(id: string, held: Held): Promise<void> {
    try {
      await held.signed;
      held.answeredAt = this.#settings.clock.now();
    } catch {
      // Whoever waits for it is told; for the others it is as if nobody had asked ahead.
      if (this.#ahead.get(id) === held) this.#ahead.delete(id);
    }
  }

  #dropOld(): void {
    const oldest = this.#settings.clock.now() - MAX_AGE;
    for (const [id, { answeredAt = oldest }] of this.#ahead) {
      if (answeredAt < oldest) this.#ahead.delete(id);
    }
  }
}

function toSign(
  { method, key, query, headers, size, fileSize }: UnsignedRequest,
  { bucket, base: endpoint }: Endpoint,
): RequestToSign {
  const named = Object.fromEntries(query.map(([name, value]) => [name, value ?? '']));
  return {
    method,
    bucket,
    endpoint,
    key,
    query: named,
    headers,
    size,
    fileSize,
    expiresIn: EXPIRES_IN,
  };
}

function idOf({ method, key, query, headers, size }: UnsignedRequest, endpoint: Endpoint): string {
  return JSON.stringify([method, objectUrl(endpoint, key, query), headers, size]);
}

function at(all: readonly Authorized[], index: number): Authorized {
  const authorized = all[index];
  if (authorized === undefined) throw new RangeError(`Nothing was signed at ${index}.`);
  return authorized;
}

function wrongCount(answer: unknown, count: number): UploadError {
  const got = Array.isArray(answer) ? `${answer.length} answers` : quote(answer);
  return new UploadError('credentials', `The \`signMany\` function gave ${got}.`, {
    code: 'SignatureUnusable',
    advice: `Expected an array of ${count} answers, one for each request, in their order.`,
  });
}
