import type { CredentialsProvider } from './oss/credentials.ts';
import { quote } from './oss/names.ts';
import type { Sign, SignMany } from './oss/remote-authorization.ts';

/** Requests are signed in the page, with keys that the app gives it. */
export interface SignedWithCredentials {
  /** Asked when credentials are first needed, and again when they were refused. They are kept in memory only. */
  readonly credentials: CredentialsProvider;
  /** The version of OSS's signatures. Some private clouds know only 1. @default 4 */
  readonly signatureVersion?: 4 | 1;
  readonly sign?: undefined;
  readonly signMany?: undefined;
}

/** Requests are signed by the app's server: no key is in the page. */
export interface SignedByApp {
  /** Asked for every attempt of every request, several at once. Throwing an `UploadError` ends the upload at once. */
  readonly sign: Sign;
  /**
   * The same for many requests in one call; answers in their order. Then the next 20 parts are signed ahead. A
   * signature that is not used within five minutes is dropped.
   */
  readonly signMany?: SignMany;
  readonly credentials?: undefined;
  readonly signatureVersion?: undefined;
}

/** Who signs: one of the two, never both. */
export type SigningOptions = SignedWithCredentials | SignedByApp;

/**
 * Refuses mixtures, which the types cannot keep from pages without types.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function checkSigningOptions(options: SigningOptions): void {
  const { credentials, sign, signMany, signatureVersion } = options;
  if ((credentials === undefined) === (sign === undefined)) {
    throw new TypeError(
      `Expected one of \`credentials\` and \`sign\`; got ${sign === undefined ? 'neither' : 'both'}.`,
    );
  }
  for (const [name, value] of Object.entries({ credentials, sign, signMany })) {
    if (value === undefined || typeof value === 'function') continue;
    throw new TypeError(
      `Expected \`${name}\` to be a function that returns a promise; got ${quote(value)}.`,
    );
  }
  if (credentials === undefined) {
    if (signatureVersion !== undefined) {
      throw new TypeError('Expected `signatureVersion` only with `credentials`.');
    }
  } else if (signMany !== undefined) {
    throw new TypeError('Expected `signMany` only with `sign`.');
  }
  if (signatureVersion !== undefined && signatureVersion !== 4 && signatureVersion !== 1) {
    throw new RangeError(
      `Expected \`signatureVersion\` to be 4 or 1; got ${quote(signatureVersion)}.`,
    );
  }
}
