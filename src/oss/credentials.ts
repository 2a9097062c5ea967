import { UploadError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** Keys that requests are signed with; those of STS come with a token. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
  /** When they end: what STS answers, an ISO 8601 date. */
  readonly expiration?: string | undefined;
}

export type CredentialsProvider = () => Promise<Credentials>;

export interface CredentialsSourceOptions {
  readonly provider: CredentialsProvider;
  readonly clock: Clock;
  /** How long the app may take to answer, in milliseconds. */
  readonly timeout: number;
}

/**
 * Asks the app for credentials when they are first needed, and again when they were refused; whoever needs some
 * meanwhile waits for the same answer. They are kept in memory only.
 */
export class CredentialsSource {
  readonly #options: CredentialsSourceOptions;
  #current: Promise<Credentials> | undefined;
  #settled: Credentials | undefined;

  constructor(options: CredentialsSourceOptions) {
    this.#options = options;
  }

  /** @throws UploadError of kind `credentials` when the app's function throws or gives something unusable. */
  async get(): Promise<Credentials> {
    this.#current ??= this.#ask();
    return await this.#current;
  }

  /** These are not to be used again. A late refusal of older ones leaves the newer ones alone. */
  refuse(credentials: Credentials): void {
    if (credentials !== this.#settled) return;
    this.#current = undefined;
    this.#settled = undefined;
  }

  // A request of the app that hangs in a tunnel must not hang the uploads for ever.
  async #answer(): Promise<Credentials> {
    const { provider, clock, timeout } = this.#options;
    let takeBack: (() => void) | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      takeBack = clock.after(timeout, () => reject(new Error(`No answer in ${timeout / 1000} s.`)));
    });
    try {
      return await Promise.race([provider(), late]);
    } finally {
      takeBack?.();
    }
  }

  async #ask(): Promise<Credentials> {
    try {
      this.#settled = checkCredentials(await this.#answer());
      return this.#settled;
    } catch (cause) {
      this.#current = undefined;
      if (cause instanceof UploadError) throw cause;
      throw new UploadError('credentials', 'The `credentials` function failed.', {
        advice:
          'Look at its own error, in `cause`: the uploader asks again for as long as its retries last.',
        cause,
      });
    }
  }
}

function checkCredentials(value: unknown): Credentials {
  const given: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
  for (const field of ['accessKeyId', 'accessKeySecret'] as const) {
    if (typeof given[field] !== 'string' || given[field].trim() === '') throw unusable(field);
  }
  const token = given['securityToken'];
  if (token !== undefined && token !== null && typeof token !== 'string')
    throw unusable('securityToken');
  return {
    accessKeyId: String(given['accessKeyId']).trim(),
    accessKeySecret: String(given['accessKeySecret']).trim(),
    ...(typeof token === 'string' && token !== '' ? { securityToken: token } : {}),
  };
}

function unusable(field: string): UploadError {
  return new UploadError(
    'credentials',
    `The \`credentials\` function gave no usable \`${field}\`.`,
    {
      code: 'CredentialsUnusable',
      advice:
        'Expected { accessKeyId, accessKeySecret, securityToken?, expiration? }, all of them strings.',
    },
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
