import {
  CallbackError,
  type CallbackVerifier,
  callbackResponse,
  createCallbackVerifier,
} from '../../src/server/index.ts';
import type { AppServerOptions } from './app-server.ts';

const MOST_KEPT = 50;

/** A callback that came in. Of one that is not verified nothing is believed. */
export type HeardCallback = { readonly at: string } & (
  | { readonly isVerified: true; readonly key: string; readonly size: number }
  | { readonly isVerified: false; readonly reason: string }
);

/** Hears from OSS what is stored, and remembers the last of it. */
export class CallbackReceiver {
  /** What a page's upload gives as `callback`. */
  readonly options: Readonly<Record<'url' | 'body' | 'bodyType', string>>;
  readonly #verifier: CallbackVerifier;
  #heard: readonly HeardCallback[] = [];

  constructor({ callbackUrl, callbackKeyPrefix }: AppServerOptions) {
    this.options = {
      url: callbackUrl,
      body: '{"key":${object},"size":${size}}',
      bodyType: 'application/json',
    };
    this.#verifier = createCallbackVerifier({ keyPrefixes: [callbackKeyPrefix] });
  }

  /** Newest first. */
  get heard(): readonly HeardCallback[] {
    return this.#heard;
  }

  /** Its answer is handed on to the page by OSS. */
  async receive(request: Request, url: string = request.url): Promise<Response> {
    try {
      const callback = await this.#verifier.verify(request, { url });
      const { key, size } = storedObject(callback.json());
      this.#remember({ at: now(), isVerified: true, key, size });
      return callbackResponse({ stored: key, size });
    } catch (error) {
      if (!(error instanceof CallbackError)) throw error;
      const { code, message, status } = error;
      this.#remember({ at: now(), isVerified: false, reason: message });
      return callbackResponse({ error: { code, message } }, { status });
    }
  }

  #remember(callback: HeardCallback): void {
    this.#heard = [callback, ...this.#heard].slice(0, MOST_KEPT);
  }
}

/** Signed, but by OSS at the wish of whoever uploads: what the body looks like is up to them. */
function storedObject(body: unknown): { key: string; size: number } {
  const { key, size }: { key?: unknown; size?: unknown } = { ...Object(body) };
  if (typeof key === 'string' && typeof size === 'number') return { key, size };
  throw new CallbackError('NotJson', 'The body of the callback has no key and size.');
}

function now(): string {
  return new Date().toISOString();
}
