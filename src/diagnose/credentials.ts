import { UploadError } from '../errors.ts';
import { type Credentials, CredentialsSource } from '../oss/credentials.ts';
import type { Examination } from './examination.ts';
import type { Finding, Fix } from './finding.ts';
import { policyFix } from './fixes.ts';
import { ALL_ACTIONS } from './rights-needed.ts';

/** How long the app may take to give credentials here. Milliseconds. */
const PATIENCE = 4000;

/** Asks the app for credentials, as uploads do, and looks at them without using them. */
export async function examineCredentials(examination: Examination): Promise<boolean> {
  const { door, report } = examination;
  const { credentials: provider } = door;
  if (provider === undefined) {
    report.leaveOpen(
      'This page has no keys: what those of the app’s server may do cannot be seen here.',
    );
    return true;
  }
  let given: unknown;
  const source = new CredentialsSource({
    provider: async () => {
      const credentials = await provider();
      given = credentials;
      return credentials;
    },
    clock: door.clock,
    serverNow: () => door.clock.now(),
    timeout: PATIENCE,
    afterFailure: async (error) => {
      throw error;
    },
  });
  try {
    const credentials = await source.get();
    report.keepOut(credentials.accessKeySecret, credentials.securityToken);
    const flaw = flawOf(examination, credentials);
    if (flaw === undefined) examination.credentials = credentials;
    else report.add(flaw);
    if (!isTemporary(credentials)) report.add(permanentKey(credentials));
  } catch (error) {
    report.add(unusable(examination, error, given));
  }
  // What follows first does without: a second cause may be found there.
  return true;
}

export function isTemporary({ accessKeyId }: Credentials): boolean {
  return accessKeyId.startsWith('STS.');
}

/** What kind of key this is, in words; of the key itself only what tells the kind. */
export function keyKind({ accessKeyId }: Credentials): string {
  if (accessKeyId.startsWith('STS.')) return 'a temporary key of STS (STS.…)';
  const prefix = accessKeyId.startsWith('LTAI') ? ' (LTAI…)' : '';
  return `a permanent key${prefix}, of the account itself or of a RAM user`;
}

/** The least policy for what a diagnosis tries, which is what uploads need. */
export function leastPolicy({ prober, prefix }: Examination): Fix {
  return policyFix(prober.endpoint.bucket, prefix, ALL_ACTIONS);
}

function flawOf(examination: Examination, credentials: Credentials): Finding | undefined {
  const fields = ['accessKeyId', 'accessKeySecret', 'securityToken'] as const;
  const flaws = fields.flatMap((field) => {
    const flaw = characterFlaw(credentials[field] ?? '');
    return flaw === undefined ? [] : [`\`${field}\` has ${flaw} in it`];
  });
  if (flaws.length > 0) {
    return {
      id: 'credentials-malformed',
      severity: 'error',
      title: 'The credentials hold characters that keys do not have',
      evidence: `${flaws.join('; ')}.`,
      advice:
        'Keys and tokens are letters, digits and a few signs. Look at how your server reads them: quotation marks and line breaks come from configuration files, + and % from a token that was decoded or encoded once too often.',
    };
  }
  if (isTemporary(credentials) && credentials.securityToken === undefined) {
    return {
      id: 'token-missing',
      severity: 'error',
      title: 'A temporary key came without its token',
      evidence: `\`credentials\` gave ${keyKind(credentials)} and no \`securityToken\`.`,
      advice:
        'Let your server pass on all that STS answers: the key is unknown to OSS without its token.',
      fix: [
        {
          where: 'What `credentials` resolves to',
          text: '{ accessKeyId, accessKeySecret, securityToken, expiration }',
        },
        leastPolicy(examination),
      ],
    };
  }
  return undefined;
}

function characterFlaw(text: string): string | undefined {
  if (/["'`]/.test(text)) return 'a quotation mark';
  if (/\s/.test(text)) return 'a blank or line break';
  return /[^\x21-\x7e]/.test(text) ? 'a character outside of ASCII' : undefined;
}

function permanentKey(credentials: Credentials): Finding {
  return {
    id: 'permanent-key',
    severity: 'warning',
    title: 'This page holds a key that does not expire',
    evidence: `\`credentials\` gave ${keyKind(credentials)}; the id does not tell which of the two.`,
    advice:
      'Whoever opens the page can read it, and use it for as long as it exists. Let your server ask STS for keys that last an hour and may write one prefix.',
  };
}

/** How STS writes the fields. */
const STS_FIELDS = ['AccessKeyId', 'AccessKeySecret', 'SecurityToken', 'Credentials'];

function unusable(examination: Examination, error: unknown, given: unknown): Finding {
  if (error instanceof UploadError && error.code === 'CredentialsUnusable') {
    const names = typeof given === 'object' && given !== null ? Object.keys(given) : [];
    const isRaw = names.some((name) => STS_FIELDS.includes(name));
    return {
      id: 'credentials-missing',
      severity: 'error',
      title: 'The `credentials` function gives no usable keys',
      evidence: `${error.message} It gave ${names.length === 0 ? typeof given : `an object with ${names.slice(0, 8).join(', ')}`}.`,
      advice: isRaw
        ? 'That is what STS answers, passed on as it is: take the fields out of `Credentials`, and begin their names in lower case.'
        : 'Look at what your server answers; often it is an error of its own, as JSON.',
      fix: [
        {
          where: 'What `credentials` resolves to',
          text: '{ accessKeyId, accessKeySecret, securityToken, expiration }',
        },
        leastPolicy(examination),
      ],
    };
  }
  const cause = error instanceof UploadError ? error.cause : error;
  const name = cause instanceof Error ? cause.name : typeof cause;
  // The app's message may be anything, even an address with a token in it: only its kind is told.
  return {
    id: 'credentials-failed',
    severity: 'error',
    title: 'The `credentials` function failed',
    evidence: `It rejected with a ${name}, or gave no answer within ${PATIENCE / 1000} s.`,
    advice:
      'Its own error, which is not repeated here, stands in `cause` of the error of an upload. Usually the page cannot reach its own server, or is not logged in there.',
  };
}
