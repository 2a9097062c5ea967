import type { Credentials } from '../oss/credentials.ts';
import { signTextV1 } from '../oss/signature-v1.ts';
import { ALGORITHM, deriveKey, toOssDate } from '../oss/signature-v4.ts';
import { hmac, toHex } from '../oss/web-crypto.ts';
import type { SignatureVersion } from './signing-options.ts';

type Fields = Readonly<Record<string, string>>;

/** Signs the policy of a form: the text that is signed is the policy's base64, as it stands in the form. */
export interface FormSigner {
  /** Fields that the policy names, each as a condition. */
  readonly named: Fields;
  /** All fields that sign this policy, which is JSON. */
  sign(policy: string): Promise<Fields>;
}

export interface FormSignerOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export function createFormSigner(
  version: SignatureVersion,
  options: FormSignerOptions,
): FormSigner {
  return version === 4 ? createFormSignerV4(options) : createFormSignerV1(options);
}

function createFormSignerV4({ credentials, region, now }: FormSignerOptions): FormSigner {
  const date = toOssDate(now);
  const day = date.slice(0, 8);
  const named = {
    'x-oss-signature-version': ALGORITHM,
    'x-oss-credential': `${credentials.accessKeyId}/${day}/${region}/oss/aliyun_v4_request`,
    'x-oss-date': date,
    ...tokenField(credentials),
  };
  return {
    named,
    async sign(policy) {
      const encoded = toBase64(policy);
      const key = await deriveKey(credentials.accessKeySecret, day, region, 'oss');
      const signature = toHex(await hmac(key, encoded));
      return { policy: encoded, ...named, 'x-oss-signature': signature };
    },
  };
}

function createFormSignerV1({ credentials }: FormSignerOptions): FormSigner {
  return {
    named: {},
    async sign(policy) {
      const encoded = toBase64(policy);
      return {
        OSSAccessKeyId: credentials.accessKeyId,
        policy: encoded,
        Signature: await signTextV1(credentials.accessKeySecret, encoded),
        ...tokenField(credentials),
      };
    },
  };
}

function tokenField({ securityToken }: Credentials): Fields {
  return securityToken === undefined ? {} : { 'x-oss-security-token': securityToken };
}

function toBase64(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte));
  return btoa(bytes.join(''));
}
