import { verifyPolicyV1, verifyPolicyV4 } from '../authentication/post-policy.ts';
import type { AuthenticationContext } from '../authentication/scheme.ts';
import { invalidArgument } from '../errors.ts';
import type { Requester } from '../rights/requester.ts';
import type { FormFields } from './read-form.ts';

/** A policy, and who has signed it. */
export interface SignedPolicy {
  /** Base64 as sent, which is what is signed. */
  readonly policy: string;
  /** Throws what OSS answers unless key, token and signature are good. */
  verify(context: AuthenticationContext): Requester;
}

/**
 * The signed policy of a form; undefined when it has none of the fields that sign one. Throws InvalidArgument for
 * a form that has only some of them (OSS Errors and Troubleshooting 2019-08-16, §3).
 */
export function readSignedPolicy(fields: FormFields): SignedPolicy | undefined {
  const securityToken = fields.get('x-oss-security-token');
  const field = (name: string): string => required(fields, name);
  if (V4_FIELDS.some((name) => fields.has(name))) {
    const form = {
      policy: field('policy'),
      version: field('x-oss-signature-version'),
      credential: field('x-oss-credential'),
      date: field('x-oss-date'),
      signature: field('x-oss-signature'),
      securityToken,
    };
    return { policy: form.policy, verify: (context) => verifyPolicyV4(form, context) };
  }
  if (!V1_FIELDS.some((name) => fields.has(name))) return undefined;
  const form = {
    accessKeyId: field('ossaccesskeyid'),
    policy: field('policy'),
    signature: field('signature'),
    securityToken,
  };
  return { policy: form.policy, verify: (context) => verifyPolicyV1(form, context) };
}

/** The fields that make a form one that is signed by V4. */
const V4_FIELDS = ['x-oss-signature-version', 'x-oss-credential', 'x-oss-date', 'x-oss-signature'];
const V1_FIELDS = ['ossaccesskeyid', 'policy', 'signature'];

/** OSS docs, "HTTP status code 400". */
const MESSAGES: Readonly<Record<string, string>> = {
  ossaccesskeyid: 'Post request accessKeyId is empty.',
  signature: 'Post request signature is empty.',
};

function required(fields: FormFields, name: string): string {
  const value = fields.get(name);
  if (value !== undefined && value !== '') return value;
  const missing = name === 'policy' ? '0002-00000702' : '0002-00000703';
  const message = MESSAGES[name] ?? `The bucket POST must contain the specified '${name}'.`;
  throw invalidArgument(name, '', message, value === undefined ? missing : '0002-00000704');
}
