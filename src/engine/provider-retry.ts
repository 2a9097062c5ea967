import { type RetrySettings, waitAfter } from '../backoff.ts';
import type { UploadError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { sleep } from '../waiting.ts';
import type { Network } from './network.ts';

export interface ProviderRetryDependencies {
  readonly clock: Clock;
  readonly network: Network;
  readonly retry: RetrySettings;
  readonly closing: AbortSignal;
}

/**
 * What is done when the app cannot give credentials. It gets them from its own server, over the same network: while
 * that is away nothing counts; else they are asked for again, as often as any request is sent again.
 */
export function createProviderRetry(
  deps: ProviderRetryDependencies,
): (error: UploadError, failures: number) => Promise<number> {
  const { clock, network, retry, closing } = deps;
  return async (error, failures) => {
    if ((await network.settle(error, closing)) === 'was-away') return failures;
    const counted = failures + 1;
    if (counted >= retry.limit) throw error;
    await sleep(clock, waitAfter(counted, error, retry), closing);
    return counted;
  };
}
