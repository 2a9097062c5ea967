import pRetry from 'p-retry';
import type { Credentials } from '../oss/credentials.ts';
import { isRecord } from '../oss/is-record.ts';
import {
  type AssumeRoleOptions,
  type ResolvedAssumeRoleOptions,
  resolveAssumeRoleOptions,
} from './assume-role-options.ts';
import { signedForm } from './rpc-signature.ts';
import { foreignAnswer, lateAnswer, noAnswer, refusedBySts, StsError } from './sts-error.ts';

export type { AssumeRoleOptions, StsRetryOptions } from './assume-role-options.ts';

/** What the page's `credentials` option takes as it is: four texts and nothing else, so that it can be its answer. */
export interface TemporaryCredentials extends Credentials {
  readonly securityToken: string;
  readonly expiration: string;
}

/**
 * Gets credentials with the rights of a role, for a page: AssumeRole of Alibaba Cloud STS (STS docs, AssumeRole,
 * version 2015-04-01). Throttling, failures of STS itself and of the network are tried again after a short wait.
 *
 * @throws TypeError or RangeError naming the option, before anything is sent.
 * @throws StsError for what STS refuses, or when it cannot be reached.
 */
export async function assumeRole(options: AssumeRoleOptions): Promise<TemporaryCredentials> {
  const call = resolveAssumeRoleOptions(options);
  return await pRetry(() => attempt(call), {
    retries: call.retry.limit - 1,
    minTimeout: call.retry.baseDelay,
    maxTimeout: call.retry.maxDelay,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof StsError && error.isRetryable,
    signal: call.signal,
  });
}

async function attempt(call: ResolvedAssumeRoleOptions): Promise<TemporaryCredentials> {
  const { status, text } = await send(call);
  const answer = readObject(text);
  if (answer === undefined) throw foreignAnswer(status, 'that is not JSON');
  if (status >= 200 && status < 300) {
    const credentials = readCredentials(answer['Credentials']);
    if (credentials !== undefined) return credentials;
    throw foreignAnswer(status, 'without usable credentials');
  }
  const code = textOf(answer['Code']);
  if (code === undefined) throw foreignAnswer(status, 'without an error code');
  const message = textOf(answer['Message']);
  throw refusedBySts({ code, status, message, requestId: textOf(answer['RequestId']) });
}

/** Each attempt is signed for itself: STS takes a nonce only once. */
async function send(call: ResolvedAssumeRoleOptions): Promise<{ status: number; text: string }> {
  const { accessKeyId, securityToken, parameters, fetch } = call;
  const form = await signedForm(
    {
      ...parameters,
      Action: 'AssumeRole',
      Version: '2015-04-01',
      Format: 'JSON',
      AccessKeyId: accessKeyId,
      ...(securityToken === undefined ? {} : { SecurityToken: securityToken }),
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: crypto.randomUUID(),
      Timestamp: new Date(call.now()).toISOString().replace(/\.\d+/, ''),
    },
    call.accessKeySecret,
  );
  const late = AbortSignal.timeout(call.timeout);
  try {
    const response = await fetch(call.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
      // STS does not redirect, and nobody else is to get what was signed.
      redirect: 'manual',
      signal: call.signal === undefined ? late : AbortSignal.any([call.signal, late]),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    // After an abort by the caller p-retry rejects with its reason, whatever is thrown here.
    throw late.aborted ? lateAnswer(call.timeout) : noAnswer(cause);
  }
}

function readCredentials(value: unknown): TemporaryCredentials | undefined {
  if (!isRecord(value)) return undefined;
  const accessKeyId = textOf(value['AccessKeyId']);
  const accessKeySecret = textOf(value['AccessKeySecret']);
  const securityToken = textOf(value['SecurityToken']);
  const expiration = textOf(value['Expiration']);
  if (
    accessKeyId === undefined ||
    accessKeySecret === undefined ||
    securityToken === undefined ||
    expiration === undefined ||
    Number.isNaN(Date.parse(expiration))
  ) {
    return undefined;
  }
  return { accessKeyId, accessKeySecret, securityToken, expiration };
}

function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
