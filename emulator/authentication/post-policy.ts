import { invalidArgument, OssError } from '../errors.ts';
import type { Requester } from '../rights/requester.ts';
import { assertNotInFuture } from './clock-skew.ts';
import { isSameSecret } from './compare-signatures.ts';
import { assertSameDay, parseCredential } from './credential.ts';
import { badDate, parseBasicIso } from './dates.ts';
import type { AuthenticationContext } from './scheme.ts';
import { signV1 } from './signature-v1.ts';
import { ALGORITHM, sign, signingKey } from './signature-v4.ts';

/** The fields of a form that is signed by V1; `policy` as it stands in the form, in base64. */
export interface PolicySignatureV1 {
  readonly policy: string;
  readonly accessKeyId: string;
  readonly signature: string;
  readonly securityToken?: string | undefined;
}

/** The fields of a form that is signed by V4, as they stand there. */
export interface PolicySignatureV4 {
  readonly policy: string;
  readonly version: string;
  readonly credential: string;
  /** yyyyMMddTHHmmssZ. */
  readonly date: string;
  readonly signature: string;
  readonly securityToken?: string | undefined;
}

/** Who signed the form. Throws what OSS answers unless the signature is good (OSS docs, PostObject). */
export function verifyPolicyV1(
  form: PolicySignatureV1,
  { keys }: AuthenticationContext,
): Requester {
  const { secret, requester } = keys.keyFor(form.accessKeyId, form.securityToken);
  assertSigned(signV1(secret, form.policy), form.signature);
  return requester;
}

/** As V1; the policy's date is that of its credential, at most 15 minutes ahead and seven days old. */
export function verifyPolicyV4(
  form: PolicySignatureV4,
  { keys, region, now }: AuthenticationContext,
): Requester {
  const { policy, version, credential: value, date, signature, securityToken } = form;
  if (version !== ALGORITHM)
    throw invalidArgument(
      'x-oss-signature-version',
      version,
      `x-oss-signature-version must be ${ALGORITHM}.`,
      '0002-00000705',
    );
  const ecs = { form: '0002-00000710', date: '0002-00000709' };
  const source = { argument: 'x-oss-credential', value, region, ecs };
  const credential = parseCredential(value, source);
  const epoch = parseBasicIso(date);
  if (epoch === undefined)
    throw badDate('x-oss-date must be of the form yyyyMMddTHHmmssZ.', '0002-00000502');
  assertSameDay(date, credential, source);
  assertNotInFuture(epoch, now());
  if (epoch + MAX_AGE < now()) throw new OssError('AccessDenied', { message: EXPIRED });
  const { secret, requester } = keys.keyFor(credential.accessKeyId, securityToken);
  assertSigned(sign(signingKey(secret, credential), policy), signature);
  return requester;
}

/** Seven days, in milliseconds. */
const MAX_AGE = 604_800_000;

const EXPIRED = 'Invalid according to Policy: Policy expired.';

/** Of a form OSS answers AccessDenied, with the usual message (OSS Errors and Troubleshooting 2019-08-16, §3). */
function assertSigned(expected: string, provided: string): void {
  if (isSameSecret(expected, provided)) return;
  throw new OssError('AccessDenied', {
    message:
      'SignatureDoesNotMatch The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ec: '0002-00000201',
  });
}
