import { type FormField, policyOf, signFormV1, signFormV4 } from '../../emulator/testing/form.ts';
import type { Keys } from '../../emulator/testing/signing.ts';

/** The emulator's permanent key. */
export const KEYS: Keys = {
  accessKeyId: 'emulator-key-id',
  accessKeySecret: 'emulator-key-secret',
};

export interface Signing {
  readonly version?: 'V1' | 'V4';
  readonly keys?: Keys;
  readonly conditions?: readonly unknown[];
  readonly expiration?: Date;
  /** The policy's text, in place of the last two. */
  readonly policy?: string;
}

/** Fields as an app's server makes them: a signed policy, and whatever else is given. */
export function signedFields(
  fields: Readonly<Record<string, string>> = { key: 'a.txt' },
  signing: Signing = {},
): Record<string, string> {
  const { version = 'V1', keys = KEYS, expiration } = signing;
  const { conditions = [['content-length-range', 0, 1e9]] } = signing;
  const policy = signing.policy ?? policyOf(conditions, expiration);
  const signed: FormField[] =
    version === 'V1' ? signFormV1(policy, keys) : signFormV4(policy, keys);
  return { ...fields, ...Object.fromEntries(signed) };
}
