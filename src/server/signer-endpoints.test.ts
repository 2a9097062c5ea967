import { describe, expect, test } from 'vitest';
import type { RequestToSign } from '../oss/signing-request.ts';
import { createSigner, type Signer, type SignerOptions } from './create-signer.ts';

const BUCKET = 'partway-demo';

function toSign(others: Partial<RequestToSign> = {}): RequestToSign {
  const nothing = { query: {}, headers: {}, size: 0, fileSize: 0 };
  return {
    method: 'PUT',
    bucket: BUCKET,
    key: 'films/a.mp4',
    ...nothing,
    expiresIn: 60,
    ...others,
  };
}

describe('several endpoints', () => {
  const NEAR = `https://${BUCKET}.oss-cn-hangzhou.aliyuncs.com`;
  const FAR = `https://${BUCKET}.oss-accelerate.aliyuncs.com`;
  const OWN = 'https://files.example.com';

  function signer(others: Partial<SignerOptions> = {}): Signer {
    const endpoints = [NEAR, 'oss-accelerate.aliyuncs.com', OWN];
    return createSigner({
      bucket: BUCKET,
      region: 'cn-hangzhou',
      endpoints,
      credentials: { accessKeyId: 'key', accessKeySecret: 'secret' },
      allow: () => true,
      as: 'url',
      ...others,
    });
  }

  for (const version of [4, 1] as const) {
    test(`a signed address is at the one that the page goes to (V${version})`, async () => {
      for (const endpoint of [NEAR, FAR, OWN]) {
        const { url } = await signer({ version }).sign(toSign({ endpoint }));
        expect(url?.startsWith(`${endpoint}/films/`)).toBe(true);
      }
    });
  }

  test('and at none of the page alone: the first stands for what is not known', async () => {
    for (const request of [toSign(), toSign({ endpoint: 'https://evil.example' })]) {
      const { url } = await signer().sign(request);
      expect(url?.startsWith(`${NEAR}/`)).toBe(true);
    }
  });

  test('headers hold at all of them', async () => {
    const now = (): number => 1_700_000_000_000;
    const by = signer({ as: 'headers', now });
    const near = await by.sign(toSign({ endpoint: NEAR }));
    const far = await by.sign(toSign({ endpoint: FAR }));
    expect(near.headers).toBeDefined();
    expect(near).toEqual(far);
  });

  test('what is no text is refused, and so is a bad list', async () => {
    const request = toSign({ endpoint: 7 as never });
    await expect(signer().sign(request)).rejects.toThrow('Expected `endpoint` to be a text');
    expect(() => signer({ endpoints: [] })).toThrow('`endpoints`');
  });
});
