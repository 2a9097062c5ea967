import type { UploadError } from '../errors.ts';
import type { Credentials } from '../oss/credentials.ts';
import { explain } from '../oss/error-codes/index.ts';
import { serviceHost, switchedEndpoint } from '../oss/switched-endpoint.ts';
import { pathAddressing } from './address.ts';
import { isTemporary, keyKind, leastPolicy } from './credentials.ts';
import type { Examination } from './examination.ts';
import type { Finding } from './finding.ts';
import { optionFix } from './fixes.ts';
import { mismatchFinding } from './mismatch.ts';
import type { Answer } from './prober.ts';
import { REFERER_DENIAL, refererFinding } from './referer.ts';
import { said } from './said.ts';

/** AccessDenied for reasons that no policy of the credentials mends. */
const NOT_RIGHTS =
  /specified endpoint|anonymous|list buckets|has expired|invalid date|valid date|requester.?pay/i;

/** Whether this is a right that the credentials lack. */
export function isDenied(error: UploadError | undefined): boolean {
  const message = error?.serviceMessage ?? '';
  if (error?.status !== 403 || REFERER_DENIAL.test(message)) return false;
  // A HEAD has no body, and where its header is hidden no code: 403 is all that can be seen.
  return (
    error.code === undefined ||
    (error.code === 'AccessDenied' &&
      error.namedEndpoint === undefined &&
      !NOT_RIGHTS.test(message))
  );
}

// What was asked for is not there, as it should be; a HEAD tells no code where its header is hidden.
function isAbsence({ status, code = 'NoSuchKey' }: UploadError): boolean {
  return status === 404 && ['NoSuchKey', 'NoSuchUpload'].includes(code);
}

/** Why OSS refuses a signed request; nothing when it does not, or only for want of a right. */
export async function refusalFinding(
  examination: Examination,
  credentials: Credentials,
  answer: Answer,
): Promise<Finding | undefined> {
  const { error } = answer;
  if (error === undefined || isAbsence(error) || isDenied(error)) return;
  if (REFERER_DENIAL.test(error.serviceMessage ?? '')) {
    return await refererFinding(examination, true);
  }
  if (error.code === 'SignatureDoesNotMatch' || isAboutRegion(error)) {
    return mismatchFinding(examination, credentials, answer);
  }
  return (
    addressRefusal(examination, error) ??
    keyRefusal(examination, credentials, error) ??
    trouble(examination, error) ??
    otherRefusal(examination, error)
  );
}

function isAboutRegion({ code, serviceMessage = '', ec }: UploadError): boolean {
  return (
    code === 'InvalidArgument' && (ec === '0002-00000226' || /\bregion\b/i.test(serviceMessage))
  );
}

/** Why OSS does not find the bucket where it is asked for; it says so without a signature, too. */
export function addressRefusal(
  examination: Pick<Examination, 'prober' | 'report'>,
  error: UploadError,
): Finding | undefined {
  const { prober } = examination;
  const { bucket, base } = prober.endpoint;
  const { namedEndpoint: named, code = '', serviceMessage = '' } = error;
  const isMisplaced = code === 'PermanentRedirect' || /specified endpoint/i.test(serviceMessage);
  if (isMisplaced || (code === 'AccessDenied' && named !== undefined)) {
    const canFollow = named !== undefined && switchedEndpoint(prober.endpoint, named) !== undefined;
    return {
      id: 'wrong-endpoint',
      severity: canFollow ? 'warning' : 'error',
      title: `The bucket ${bucket} is not at this endpoint`,
      evidence: `${new URL(base).host} was asked. ${said(examination, error)}${named === undefined ? '' : ` It names ${named.host}.`}`,
      advice: canFollow
        ? 'Uploads go on at the endpoint that OSS names, at the cost of a refused request. Set it.'
        : "Set the endpoint of the bucket's own region, which the overview of the bucket shows.",
      ...(named === undefined
        ? {}
        : { fix: [optionFix(optionsFor(serviceHost(bucket, named.host)))] }),
    };
  }
  if (/^(SecondLevelDomain|NonStandardHost)Forbidden$/.test(code))
    return pathAddressing(said(examination, error));
  const row = ADDRESS_ROWS[code];
  if (row === undefined) return undefined;
  return {
    severity: 'error',
    evidence: `${new URL(base).host} was asked for the bucket ${bucket}. ${said(examination, error)}`,
    ...row,
  };
}

// Pages do not reach internal hosts; not every host tells its region.
function optionsFor(host: string): Readonly<Record<string, string>> {
  const endpoint = host.replace('-internal.', '.');
  const [, region, dualStack] =
    /^(?:oss-(?!accelerate)([a-z\d-]+)|([a-z\d-]+)\.oss)\./.exec(endpoint) ?? [];
  const named = region ?? dualStack;
  return named === undefined ? { endpoint } : { endpoint, region: named };
}

const ADDRESS_ROWS: Readonly<Record<string, Pick<Finding, 'id' | 'title' | 'advice' | 'fix'>>> = {
  NoSuchBucket: {
    id: 'bucket-missing',
    title: 'There is no such bucket',
    advice:
      'Check `bucket` letter by letter. With a domain of your own, see that it is bound to the bucket and that `addressing` is "custom-domain".',
  },
  InvalidBucketName: {
    id: 'bucket-missing',
    title: 'That is no name of a bucket',
    advice: 'Check `bucket`, and that `endpoint` does not have another name before the host.',
  },
  TransferAccelerationDisabled: {
    id: 'acceleration-off',
    title: 'The bucket has no transfer acceleration',
    advice: 'Switch it on in the settings of the bucket, or let `endpoint` name its region.',
  },
  CnameDenied: {
    id: 'domain-not-bound',
    title: 'The domain is not bound to this bucket',
    advice: 'Bind it in the settings of the bucket, or leave `endpoint` out.',
  },
};

function keyRefusal(
  examination: Examination,
  credentials: Credentials,
  error: UploadError,
): Finding | undefined {
  const kind = `\`credentials\` gave ${keyKind(credentials)}${credentials.securityToken === undefined ? ' without' : ' with'} a token.`;
  const row = keyRow(credentials, error);
  if (row === undefined) return undefined;
  const fix = [leastPolicy(examination)];
  return { severity: 'error', evidence: `${kind} ${said(examination, error)}`, fix, ...row };
}

function keyRow(
  credentials: Credentials,
  { code, serviceMessage = '' }: UploadError,
): Pick<Finding, 'id' | 'title' | 'advice'> | undefined {
  switch (code ?? '') {
    case 'SecurityTokenExpired':
      return {
        id: 'credentials-expired',
        title: 'The credentials have expired',
        advice: `They were asked for just now${credentials.expiration === undefined ? '' : `, and were to end at ${credentials.expiration}`}: your server hands out old ones. Let it ask STS anew, and cache for less than they last.`,
      };
    case 'InvalidSecurityToken':
      return {
        id: 'token-invalid',
        title: 'The token is damaged, or was revoked',
        advice:
          'Pass `securityToken` on unchanged and whole: not decoded, not cut to the length of a database column.',
      };
    case 'AccessKeyIdAndSecurityTokenNotMatch':
      return {
        id: 'token-mismatch',
        title: 'Key and token are not of the same answer of STS',
        advice: 'Let `credentials` give id, secret and token of one answer, never of two.',
      };
    case 'InvalidAccessKeyId':
      return unknownKey(credentials, serviceMessage);
    case 'UserDisable':
      return {
        id: 'account-disabled',
        title: 'The account is disabled',
        advice: 'It owes money, or was blocked: look at its bills and messages in the console.',
      };
    default:
      return undefined;
  }
}

function unknownKey(
  credentials: Credentials,
  message: string,
): Pick<Finding, 'id' | 'title' | 'advice'> {
  if (/disabled|inactive/i.test(message)) {
    return {
      id: 'key-disabled',
      title: 'The access key is disabled',
      advice: 'Enable it in the RAM console, or let your server use another one.',
    };
  }
  const hasToken = credentials.securityToken !== undefined;
  return {
    id: 'key-unknown',
    title: 'OSS does not know the access key',
    advice:
      isTemporary(credentials) === hasToken
        ? 'It was deleted or disabled, was copied with a mistake, or is one of another site (the international and the Chinese one have keys of their own).'
        : 'A permanent key must come without `securityToken`: with one, OSS looks for it among those of STS only.',
  };
}

function trouble(examination: Examination, error: UploadError): Finding | undefined {
  const { status = 0 } = error;
  if (status < 500 && status !== 429) return undefined;
  return {
    id: 'service-trouble',
    severity: 'warning',
    title: 'The service, or a proxy before it, has trouble just now',
    evidence: said(examination, error),
    advice: 'Uploads try again by themselves, ever more slowly. Look again in a few minutes.',
  };
}

function otherRefusal(examination: Examination, error: UploadError): Finding {
  const { meaning, advice } = explain(error.code, error.serviceMessage) ?? {};
  return {
    id: 'refused',
    severity: 'error',
    title: meaning?.replace(/\.$/, '') ?? 'OSS refuses the request',
    evidence: said(examination, error),
    advice: advice ?? 'Look the code up in the documentation of OSS, or ask its support.',
  };
}
