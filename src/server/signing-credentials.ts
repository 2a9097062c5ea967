import type { Credentials, CredentialsProvider } from '../oss/credentials.ts';
import { checkCredentials } from './signing-options.ts';

/** Credentials that are good for so many seconds, if any can be had. */
export type SigningCredentials = (seconds: number) => Promise<Credentials>;

/**
 * Asks a function for credentials when the last ones do not last; those without an expiration are asked for each time.
 * Whoever needs some meanwhile waits for the same answer.
 *
 * @throws TypeError for credentials that are none; the returned function rejects with one, or as the function does.
 */
export function createSigningCredentials(
  given: Credentials | CredentialsProvider,
  now: () => number,
): SigningCredentials {
  if (typeof given !== 'function') {
    const credentials = checkCredentials(given);
    return () => Promise.resolve(credentials);
  }
  const ask = async (): Promise<Credentials> => checkCredentials(await given());
  let asked: Promise<Credentials> | undefined;
  return async (seconds) => {
    const before = asked;
    const held = await before?.catch(() => undefined);
    const isEnough = held?.expiration !== undefined && secondsLeft(held, now()) >= seconds;
    if (isEnough) return held;
    // Somebody else may have asked anew in the meantime.
    if (asked === undefined || asked === before) asked = ask();
    return await asked;
  };
}

/** How long credentials are good yet; those without an expiration for ever. */
export function secondsLeft({ expiration }: Credentials, now: number): number {
  if (expiration === undefined) return Number.POSITIVE_INFINITY;
  return Math.floor((Date.parse(expiration) - now) / 1000);
}
