import { isRecord } from '../oss/is-record.ts';
import { readBytes } from './read-bytes.ts';
import { SigningRefusal } from './signing-refusal.ts';

export interface SigningCallLimits {
  readonly requestsPerCall: number;
  /** Bytes. */
  readonly callSize: number;
}

/**
 * The list that a page sent, its entries unchecked: at least one.
 *
 * @throws SigningRefusal
 */
export async function readSigningCall(
  http: Request,
  { requestsPerCall, callSize }: SigningCallLimits,
): Promise<readonly unknown[]> {
  if (http.method !== 'POST') {
    throw new SigningRefusal('MethodNotAllowed', 'Requests to be signed are sent by POST.');
  }
  // Forms of other sites cannot send this type, nor scripts without a preflight.
  if (!/^application\/json *(;|$)/i.test(http.headers.get('content-type') ?? '')) {
    throw new SigningRefusal('UnsupportedMediaType', 'The body is expected as application/json.');
  }
  // Who has read the body before is not the page.
  const isTaken = http.bodyUsed;
  const bytes = await readBytes(http, callSize).catch((reason: unknown) => {
    if (isTaken) throw reason;
    throw new SigningRefusal('BodyCutOff', 'The body broke off.');
  });
  if (bytes === undefined) {
    throw new SigningRefusal(
      'BodyTooLarge',
      `The body is expected to be ${callSize} bytes at most.`,
    );
  }
  const call = parse(bytes);
  const requests = isRecord(call) ? call['requests'] : undefined;
  if (!Array.isArray(requests) || requests.length === 0) {
    throw new SigningRefusal('InvalidRequest', 'Expected { "requests": [ … ] } with a request.');
  }
  if (requests.length <= requestsPerCall) return requests;
  throw new SigningRefusal(
    'TooManyInOneCall',
    `One call may have ${requestsPerCall} requests; got ${requests.length}.`,
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new SigningRefusal('MalformedJson', 'The body is not JSON in UTF-8.');
  }
}
