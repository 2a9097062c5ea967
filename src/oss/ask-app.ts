import type { Clock } from '../clock.ts';
import { UploadError } from '../errors.ts';

/** The options that are functions of the app; `library` is the app serving a part of this library. */
export type AppFunction = 'credentials' | 'sign' | 'signMany' | 'fields' | 'library';

export interface AskSettings {
  readonly clock: Clock;
  /** How long the app may take to answer, in milliseconds. */
  readonly timeout: number;
  /** Waits after a failure; rejects to give up. Gets how many have counted so far, and tells how many have now. */
  readonly afterFailure: (error: UploadError, failures: number) => Promise<number>;
}

/**
 * Asks a function of the app until it answers. What `read` makes of the answer is the result; an `UploadError` that it,
 * or the app, throws is told at once, but for `CredentialsUnusable`.
 *
 * @throws UploadError of kind `credentials`.
 */
export async function askApp<Given, Answer>(
  name: AppFunction,
  ask: () => Given | Promise<Given>,
  read: (answer: Given) => Answer,
  settings: AskSettings,
): Promise<Answer> {
  for (let failures = 0; ; ) {
    try {
      return read(await withinTime(ask, settings));
    } catch (cause) {
      const error = cause instanceof UploadError ? cause : failed(name, cause);
      // A server in trouble may answer in JSON, too, of which the app makes what are no credentials.
      if (error === cause && error.code !== 'CredentialsUnusable') throw error;
      failures = await settings.afterFailure(error, failures);
    }
  }
}

// A request of the app that hangs in a tunnel must not hang the uploads for ever.
async function withinTime<Given>(
  ask: () => Given | Promise<Given>,
  { clock, timeout }: AskSettings,
): Promise<Given> {
  let takeBack: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    takeBack = clock.after(timeout, () => reject(new Error(`No answer in ${timeout / 1000} s.`)));
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    takeBack?.();
  }
}

function failed(name: AppFunction, cause: unknown): UploadError {
  if (name === 'library') {
    return new UploadError('credentials', 'A part of the uploader could not be loaded.', {
      code: 'LibraryUnavailable',
      advice:
        'Load the page anew: a new release of the app may have replaced its files, or the page cannot reach its own server.',
      cause,
    });
  }
  return new UploadError('credentials', `The \`${name}\` function failed.`, {
    advice: 'Look at its own error, in `cause`: usually the page cannot reach its own server.',
    cause,
  });
}
