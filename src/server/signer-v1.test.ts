import { describe, expect, test } from 'vitest';
import { PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import type { RequestToSign, SignedRequest } from '../oss/signing-request.ts';
import { createSigner, type SignerOptions } from './create-signer.ts';
import { type PresignOptions, presign } from './presign.ts';

const BUCKET = 'partway-demo';
const bench = useEmulator();

interface Answer {
  readonly signed?: readonly SignedRequest[];
  readonly error?: { readonly code: string; readonly index: number };
}

function place(): Pick<PresignOptions, 'region' | 'endpoint' | 'credentials'> {
  return {
    region: 'cn-hangzhou',
    endpoint: bench.emulator.origin,
    credentials: PERMANENT_KEYS,
  };
}

/** Asks as a page does. Gives the answer, and the operations that `allow` saw. */
async function ask(
  request: Partial<RequestToSign>,
  options: Pick<SignerOptions, 'version' | 'as'>,
): Promise<Answer & { readonly seen: readonly string[] }> {
  const seen: string[] = [];
  const allow: SignerOptions['allow'] = ({ operation, key }) => {
    seen.push(operation);
    return key.startsWith('users/7/');
  };
  const signer = createSigner({ bucket: BUCKET, ...place(), ...options, allow });
  const whole = { bucket: BUCKET, query: {}, headers: {}, size: 0, fileSize: 0, expiresIn: 60 };
  const response = await signer.handle(
    new Request('https://app.test/sign', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ requests: [{ ...whole, ...request }] }),
    }),
  );
  return { ...((await response.json()) as Answer), seen };
}

/** Sends another request by what was signed, be it headers or the query of an address. */
async function misuse(
  method: string,
  target: string,
  [signed]: readonly SignedRequest[] = [],
): Promise<Response> {
  const url = new URL(`${bench.emulator.origin}/${BUCKET}/${target}`);
  const given = new URL(signed?.url ?? 'http://nothing.test').searchParams;
  for (const name of ['OSSAccessKeyId', 'Expires', 'Signature']) {
    const value = given.get(name);
    if (value !== null) url.searchParams.set(name, value);
  }
  const body = method === 'PUT' ? new Blob(['x']) : null;
  return await fetch(url, { method, headers: signed?.headers ?? {}, body });
}

async function store(key: string, content: string): Promise<void> {
  const { url } = await presign({
    ...place(),
    bucket: BUCKET,
    method: 'PUT',
    key,
    expiresIn: 60,
  });
  expect((await fetch(url, { method: 'PUT', body: new Blob([content]) })).status).toBe(200);
}

// V1 signs `/bucket/key?name=value&name=value`, decoded: one text may stand for several requests.
describe.each(['headers', 'url'] as const)('what V1 signs as %s is one request', (as) => {
  const PDF = 'users/7/report.pdf';
  const value = encodeURIComponent('1?uploadId=U');
  test.each<[string, string, Partial<RequestToSign>, string]>([
    [
      'an Abort is no DeleteObject',
      'InvalidKey',
      { method: 'DELETE', key: `${PDF}?x-oss-a=1`, query: { uploadId: 'U' } },
      `${PDF}?x-oss-a=${value}`,
    ],
    [
      'a ListParts is no GetObject',
      'InvalidKey',
      { method: 'GET', key: `${PDF}?response-expires=1`, query: { uploadId: 'U' } },
      `${PDF}?response-expires=${value}`,
    ],
    [
      'a PutObject is none of another key',
      'InvalidKey',
      { method: 'PUT', key: `${PDF}?x-oss-a=.mp4` },
      `${PDF}?x-oss-a=.mp4`,
    ],
    [
      'a Complete is no Initiate',
      'InvalidQuery',
      { method: 'POST', key: PDF, query: { uploadId: 'U&uploads' } },
      `${PDF}?uploadId=U&uploads`,
    ],
    [
      'a part is none of another key',
      'InvalidQuery',
      { method: 'PUT', key: PDF, query: { partNumber: '1', uploadId: 'U?a' } },
      `${encodeURIComponent(`${PDF}?partNumber=1&uploadId=U`)}?a`,
    ],
  ])('%s', async (_what, code, request, target) => {
    await store(PDF, 'precious');
    const { signed, error, seen } = await ask(request, { version: 1, as });
    const response = await misuse(request.method ?? '', target, signed);
    expect(response.status).toBe(403);
    expect(bench.emulator.objects().map(({ key, size }) => [key, size])).toEqual([[PDF, 8]]);
    expect(bench.emulator.uploads()).toEqual([]);
    expect({ error, seen }).toMatchObject({ error: { code, index: 0 }, seen: [] });
    // V4 encodes what it signs.
    expect(await ask(request, { version: 4, as })).toMatchObject({ signed: [{}] });
  });
});

test('an address that V1 signs is for one key', async () => {
  await store('users/8/private.txt', 'private');
  const key = 'users/8/private.txt?x-oss-a=/users/7/x';
  const options = { ...place(), bucket: BUCKET, method: 'GET', key, expiresIn: 60 } as const;
  await expect(presign({ ...options, version: 1 })).rejects.toThrow('`key`');
  const { url } = await presign(options);
  expect((await fetch(url)).status).toBe(404);
});
