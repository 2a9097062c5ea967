import { checkBucket, checkKey, quote } from '../oss/names.ts';
import { policyText, type RamPolicy } from './ram-policy.ts';

export type UploadPolicyOptions = UploadPlace & UploadRights;

/** One key, or all keys that begin alike. */
export type UploadPlace =
  | { readonly bucket: string; readonly key: string; readonly prefix?: undefined }
  | {
      readonly bucket: string;
      /** Ends with `/` or another sign that is no letter or digit: `users/7` would open `users/70/`, too. */
      readonly prefix: string;
      readonly key?: undefined;
    };

/** What beside sending is allowed. With all of them `false` an upload that goes well goes as well. */
export interface UploadRights {
  /** oss:ListParts: to go on after a reload, and to repair. @default true */
  readonly canResume?: boolean | undefined;
  /** oss:AbortMultipartUpload: to tidy up after a cancel. @default true */
  readonly canCancel?: boolean | undefined;
  /** oss:GetObject: to look whether an object whose last answer was lost is there. It also lets it be read. @default true */
  readonly canRead?: boolean | undefined;
}

/**
 * The least that an upload of a page needs, as the session policy of `assumeRole`. All requests of an upload are
 * oss:PutObject but for those three (OSS docs, "RAM policies").
 *
 * @throws TypeError or RangeError naming the option.
 */
export function uploadPolicy(options: UploadPolicyOptions): RamPolicy {
  const { canResume = true, canCancel = true, canRead = true } = options;
  const policy: RamPolicy = {
    Version: '1',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'oss:PutObject',
          ...(canResume ? ['oss:ListParts'] : []),
          ...(canCancel ? ['oss:AbortMultipartUpload'] : []),
          ...(canRead ? ['oss:GetObject'] : []),
        ],
        Resource: [`acs:oss:*:*:${checkBucket(options.bucket)}/${keys(options)}`],
      },
    ],
  };
  // Long keys make a long policy: better told here than by STS.
  policyText(policy);
  return policy;
}

function keys({ key, prefix }: UploadPlace): string {
  if (key !== undefined && prefix !== undefined) {
    throw new TypeError('Expected `key` or `prefix`; got both.');
  }
  if (key !== undefined) return checkLiteral(key, 'key');
  const start = checkLiteral(prefix, 'prefix');
  if (!/[\p{L}\p{N}]$/u.test(start)) return `${start}*`;
  throw new TypeError(
    `Expected \`prefix\` to end with "/" or another sign that is no letter or digit, as others that go on there would be open, too; got ${quote(prefix)}.`,
  );
}

function checkLiteral(value: unknown, option: string): string {
  const text = checkKey(value, option);
  if (!/[*?]/.test(text)) return text;
  throw new TypeError(
    `Expected \`${option}\` to have no "*" or "?", which stand for other keys in a policy; got ${quote(value)}.`,
  );
}
