import { checkInteger } from './oss/check-integer.ts';
import type { CredentialsProvider } from './oss/credentials.ts';
import { MAX_PART_SIZE } from './oss/limits.ts';
import { quote } from './oss/names.ts';
import type { Sign, SignMany } from './oss/remote-authorization.ts';
import type { AskForm } from './post-object/form-way.ts';

/** Requests are signed in the page, with keys that the app gives it. */
export interface SignedWithCredentials {
  /** Asked when credentials are first needed, and again when they were refused. They are kept in memory only. */
  readonly credentials: CredentialsProvider;
  /** The version of OSS's signatures. Some private clouds know only 1. @default 4 */
  readonly signatureVersion?: 4 | 1 | undefined;
  readonly sign?: undefined;
  readonly signMany?: undefined;
  readonly form?: undefined;
  readonly formLimit?: undefined;
}

/** Requests are signed by the app's server: no key is in the page. */
export interface SignedByApp {
  /** Asked for every attempt of every request, several at once. Throwing an `UploadError` ends the upload at once. */
  readonly sign: Sign;
  /**
   * The same for many requests in one call; answers in their order. Then the next 20 parts are signed ahead. A
   * signature that is not used within five minutes is dropped.
   */
  readonly signMany?: SignMany | undefined;
  readonly credentials?: undefined;
  readonly signatureVersion?: undefined;
  readonly form?: undefined;
  readonly formLimit?: undefined;
}

/** Files go as forms that the app's server has signed, each in one request: no key is in the page, and nothing is resumed. */
export interface SentByForm {
  /** Asked for the fields of a signed form for each file, and again when OSS refuses them. */
  readonly form: AskForm;
  /**
   * Bytes of the largest file that goes by form; a larger one is refused, as a form that breaks has to be sent again from
   * its first byte. At most 5 GiB.
   *
   * @default 104_857_600 (100 MiB)
   */
  readonly formLimit?: number | undefined;
  readonly credentials?: undefined;
  readonly signatureVersion?: undefined;
  readonly sign?: undefined;
  readonly signMany?: undefined;
}

/** Who signs: one of the three, no mixture. */
export type SigningOptions = SignedWithCredentials | SignedByApp | SentByForm;

const WAYS = ['credentials', 'sign', 'form'] as const;
/** What belongs to a way. */
const OF_WAY = [
  ['signatureVersion', 'credentials'],
  ['signMany', 'sign'],
  ['formLimit', 'form'],
] as const;
/** The options that are functions of the app. */
export const APP_FUNCTIONS = ['credentials', 'sign', 'signMany', 'form'] as const;

/** Bytes. */
const FORM_LIMIT = 100 * 1024 ** 2;

/**
 * Refuses mixtures, which the types cannot keep from pages without types.
 *
 * @throws TypeError or RangeError naming the option.
 */
export function checkSigningOptions(options: SigningOptions): void {
  const given = WAYS.filter((way) => options[way] !== undefined);
  if (given.length !== 1) {
    throw new TypeError(
      `Expected one of \`credentials\`, \`sign\` and \`form\`; got ${given.join(' and ') || 'none'}.`,
    );
  }
  for (const name of APP_FUNCTIONS) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === 'function') continue;
    throw new TypeError(
      `Expected \`${name}\` to be a function that returns a promise; got ${quote(value)}.`,
    );
  }
  for (const [name, way] of OF_WAY) {
    if (options[name] !== undefined && options[way] === undefined) {
      throw new TypeError(`Expected \`${name}\` only with \`${way}\`.`);
    }
  }
  const { signatureVersion, formLimit } = options;
  if (![undefined, 4, 1].includes(signatureVersion)) {
    throw new RangeError(
      `Expected \`signatureVersion\` to be 4 or 1; got ${quote(signatureVersion)}.`,
    );
  }
  if (formLimit !== undefined) checkInteger('formLimit', formLimit, 0, MAX_PART_SIZE);
}

/** @throws RangeError for a file that is too large to go by form. */
export function checkFormLimit({ size }: Blob, options: SigningOptions): void {
  if (options.form === undefined) return;
  const limit = options.formLimit ?? FORM_LIMIT;
  if (size <= limit) return;
  throw new RangeError(
    `Expected \`file\` to be at most ${limit} bytes, as \`formLimit\` says; got ${size}. Larger files go in parts: give \`credentials\` or \`sign\` in place of \`form\`.`,
  );
}
