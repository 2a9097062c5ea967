import type { ErrorCodeEntry } from '../oss/error-codes/entry.ts';
import { GENERAL } from '../oss/error-codes/general.ts';
import { STS } from '../oss/error-codes/sts.ts';

/**
 * What kind of thing went wrong:
 * - `service`: STS answered with an error; see `code`, `status` and `advice`.
 * - `network`: no answer came; see `cause`.
 * - `timeout`: none came in time.
 * - `protocol`: the answer is not one of STS: a proxy's page, or JSON without what must be there.
 */
export type StsErrorKind = 'service' | 'network' | 'timeout' | 'protocol';

export interface StsErrorDetails {
  code?: string | undefined;
  status?: number | undefined;
  requestId?: string | undefined;
  serviceMessage?: string | undefined;
  advice?: string | undefined;
  isRetryable: boolean;
  cause?: unknown;
}

/**
 * The error that `assumeRole` rejects with, once it has gone wrong for good.
 *
 * Its message reads: what failed, why, what to do. It never holds a secret or a token.
 */
export class StsError extends Error {
  override readonly name = 'StsError';
  readonly kind: StsErrorKind;
  /** STS's error code, such as `NoPermission`. */
  readonly code: string | undefined;
  /** HTTP status of the answer. */
  readonly status: number | undefined;
  /** STS's id of the request, the one thing that its support asks for. */
  readonly requestId: string | undefined;
  /** What STS said in words; tells the causes of NoPermission apart. */
  readonly serviceMessage: string | undefined;
  /** What to do about it, in one or two sentences. */
  readonly advice: string | undefined;
  /** Whether the same call may succeed a little later. */
  readonly isRetryable: boolean;

  constructor(kind: StsErrorKind, message: string, details: StsErrorDetails) {
    const { advice } = details;
    super(
      advice === undefined ? message : `${message} ${advice}`,
      'cause' in details ? { cause: details.cause } : {},
    );
    this.kind = kind;
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.serviceMessage = details.serviceMessage;
    this.advice = advice;
    this.isRetryable = details.isRetryable;
  }
}

/** What STS refused, by its answer. */
export interface StsRefusal {
  readonly code: string;
  readonly status: number;
  readonly message: string | undefined;
  readonly requestId: string | undefined;
}

export function refusedBySts({ code, status, message, requestId }: StsRefusal): StsError {
  const serviceMessage = message === undefined ? undefined : withoutSignedText(message);
  const said = serviceMessage === undefined ? '' : `: ${serviceMessage}`;
  return new StsError('service', `AssumeRole was refused (${status} ${code}${said}).`, {
    code,
    status,
    requestId,
    serviceMessage,
    advice: adviceFor(code),
    isRetryable: isPassing(status) || PASSING_CODES.test(code),
  });
}

/** An answer that is none of STS. */
export function foreignAnswer(status: number, lack: string): StsError {
  return new StsError('protocol', `AssumeRole got an answer (${status}) ${lack}.`, {
    status,
    advice: 'Check `endpoint`, and look for a proxy that answers in place of STS.',
    isRetryable: isPassing(status),
  });
}

export function noAnswer(cause: unknown): StsError {
  return new StsError('network', 'AssumeRole got no answer.', {
    advice: 'Check that this server reaches the host of `endpoint`; `cause` tells more.',
    isRetryable: true,
    cause,
  });
}

/** @param timeout in milliseconds. */
export function lateAnswer(timeout: number): StsError {
  return new StsError('timeout', `AssumeRole got no answer in ${timeout} ms.`, {
    advice: 'Take an `endpoint` that is nearer, such as https://sts.cn-hangzhou.aliyuncs.com.',
    isRetryable: true,
  });
}

/** A nonce that was used is that of an attempt that something in between has repeated: the next one has its own. */
const PASSING_CODES = /^(?:Throttling|SignatureNonceUsed$)/;

function isPassing(status: number): boolean {
  return status >= 500 || status === 429;
}

/** What is not of AssumeRole but of all services that sign by the RPC convention, and of flow control. */
const SHARED_ADVICE: Readonly<Record<string, string>> = {
  'InvalidSecurityToken.Expired':
    'The key of the caller is itself temporary and has ended: get a new one before calling.',
  'InvalidSecurityToken.MismatchWithAccessKey':
    'Take `accessKeyId`, `accessKeySecret` and `securityToken` from the same answer.',
  'InvalidTimeStamp.Expired':
    'Set the clock of this server: STS allows it to be 15 minutes off at most.',
  SignatureDoesNotMatch:
    'Check that `accessKeySecret` belongs to `accessKeyId`, and is there in full.',
};

const FLOW_CONTROL =
  'Ask less often: keep what AssumeRole gave until shortly before `expiration`. All calls of an account count together.';

function adviceFor(code: string): string | undefined {
  const catalogue: Readonly<Record<string, ErrorCodeEntry>> = STS;
  if (Object.hasOwn(catalogue, code)) return catalogue[code]?.advice;
  if (Object.hasOwn(SHARED_ADVICE, code)) return SHARED_ADVICE[code];
  if (code.startsWith('Throttling')) return FLOW_CONTROL;
  return code === 'InternalError' ? GENERAL.InternalError.advice : undefined;
}

// A wrong signature is answered with the text that should have been signed, and the caller's token stands in it.
function withoutSignedText(message: string): string {
  return message.replace(/\s*server string to sign is.*/is, '').slice(0, 300);
}
