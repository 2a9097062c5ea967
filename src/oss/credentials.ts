import { UploadError } from '../errors.ts';
import { type AskSettings, askApp } from './ask-app.ts';
import { isRecord } from './is-record.ts';

/** Keys that requests are signed with; those of STS come with a token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
  /** When they end: what STS answers, an ISO 8601 date. */
  readonly expiration?: string | undefined;
}

export type CredentialsProvider = () => Credentials | Promise<Credentials>;

export interface CredentialsSourceOptions extends AskSettings {
  readonly provider: CredentialsProvider;
  /** The server's time, in epoch milliseconds: expiry is told by it. */
  readonly serverNow: () => number;
}

/** So long before they end credentials are renewed, or after half their life if that is short. Milliseconds. */
const AHEAD = 60_000;

interface Held {
  readonly credentials: Credentials;
  /** Epoch milliseconds by the server's clock. */
  readonly renewAt: number;
}

/**
 * Asks the app for credentials when they are first needed, when they are about to end, and when they were refused;
 * whoever needs some meanwhile waits for the same answer. They are kept in memory only.
 */
export class CredentialsSource {
  readonly #options: CredentialsSourceOptions;
  #held: Held | undefined;
  #asking: Promise<Credentials> | undefined;

  constructor(options: CredentialsSourceOptions) {
    this.#options = options;
  }

  /** @throws UploadError of kind `credentials` when the app's function keeps failing, or gives something unusable. */
  async get(): Promise<Credentials> {
    if (this.#held !== undefined && this.#options.serverNow() < this.#held.renewAt) {
      return this.#held.credentials;
    }
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return await this.#asking;
  }

  /** These are not to be used again. A late refusal of older ones leaves the newer ones alone. */
  refuse(credentials: Credentials): void {
    if (credentials === this.#held?.credentials) this.#held = undefined;
  }

  async #ask(): Promise<Credentials> {
    const { provider } = this.#options;
    const credentials = await askApp('credentials', provider, checkCredentials, this.#options);
    this.#held = { credentials, renewAt: this.#renewAt(credentials) };
    return credentials;
  }

  // Credentials that seem to have ended already tell of a wrong clock: the server is to say so, not we.
  #renewAt({ expiration }: Credentials): number {
    const now = this.#options.serverNow();
    const end = Date.parse(expiration ?? '');
    const life = end - now;
    return life > 0 ? end - Math.min(AHEAD, life / 2) : Number.POSITIVE_INFINITY;
  }
}

function checkCredentials(value: unknown): Credentials {
  const given: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
  for (const field of ['accessKeyId', 'accessKeySecret'] as const) {
    if (typeof given[field] !== 'string' || given[field].trim() === '') throw unusable(field);
  }
  const { securityToken: token = null, expiration = null } = given;
  if (token !== null && typeof token !== 'string') throw unusable('securityToken');
  if (
    expiration !== null &&
    (typeof expiration !== 'string' || Number.isNaN(Date.parse(expiration)))
  ) {
    throw unusable('expiration');
  }
  return {
    accessKeyId: String(given['accessKeyId']).trim(),
    accessKeySecret: String(given['accessKeySecret']).trim(),
    ...(token === null || token.trim() === '' ? {} : { securityToken: token.trim() }),
    ...(expiration === null ? {} : { expiration }),
  };
}

function unusable(field: string): UploadError {
  return new UploadError(
    'credentials',
    `The \`credentials\` function gave no usable \`${field}\`.`,
    {
      code: 'CredentialsUnusable',
      advice:
        'Expected { accessKeyId, accessKeySecret, securityToken?, expiration? }, all of them strings; expiration an ISO 8601 date.',
    },
  );
}
