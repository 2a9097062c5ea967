import { describe, expect, test } from 'vitest';
import { bytes, md5Hex, PERMANENT_KEYS, partListXml } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import type { RequestToSign, SignedRequest } from '../oss/signing-request.ts';
import { createSigner, type Signer, type SignerOptions } from './create-signer.ts';
import type { UploadRequest } from './upload-requests.ts';

const BUCKET = 'partway-demo';
const KEY = "films/ü b+c (1)'!*~.mp4";
const bench = useEmulator();

function options(others: Partial<SignerOptions> = {}): SignerOptions {
  return {
    bucket: BUCKET,
    region: 'cn-hangzhou',
    endpoint: bench.emulator.origin,
    credentials: PERMANENT_KEYS,
    allow: () => true,
    ...others,
  };
}

function toSign(others: Partial<RequestToSign> = {}): RequestToSign {
  return {
    method: 'PUT',
    bucket: BUCKET,
    key: KEY,
    query: {},
    headers: {},
    size: 0,
    fileSize: others.size ?? 0,
    expiresIn: 60,
    ...others,
  };
}

/** Asks a signer as a page does. */
async function ask(signer: Signer, requests: readonly RequestToSign[]): Promise<SignedRequest[]> {
  const response = await signer.handle(
    new Request('https://app.test/sign', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ requests }),
    }),
  );
  expect(response.headers.get('cache-control')).toBe('no-store');
  const body = (await response.json()) as { signed?: SignedRequest[] };
  if (body.signed === undefined) throw new Error(JSON.stringify(body));
  return body.signed;
}

/** Sends a request as it was signed. */
function send(
  request: RequestToSign,
  signed: SignedRequest | undefined,
  body?: Uint8Array<ArrayBuffer> | string,
): Promise<Response> {
  const path = request.key.split('/').map(encodeURIComponent).join('/');
  const query = new URLSearchParams(request.query).toString().replaceAll('+', '%20');
  const unsigned = `${bench.emulator.origin}/${BUCKET}/${path}${query === '' ? '' : `?${query}`}`;
  const { method } = request;
  return fetch(signed?.url ?? unsigned, {
    method,
    headers: { ...request.headers, ...signed?.headers },
    ...(body === undefined ? {} : { body: new Blob([body]) }),
  });
}

async function codeOf(response: Response): Promise<string> {
  const text = await response.text();
  return `${response.status} ${/<Code>(.*)<\/Code>/.exec(text)?.[1] ?? text}`;
}

const WAYS = [
  { version: 4, as: 'headers' },
  { version: 4, as: 'url' },
  { version: 1, as: 'headers' },
  { version: 1, as: 'url' },
] as const;

describe.each(WAYS)('requests signed by V$version as $as', (way) => {
  test('a whole multipart upload, by temporary keys', async () => {
    const signer = createSigner(
      options({ ...way, credentials: bench.emulator.issueCredentials() }),
    );
    const parts = [bytes(102_400, 1), bytes(102_400, 2), bytes(7, 3)].map(
      (part) => new Uint8Array(part),
    );
    const fileSize = 204_807;
    const begin = toSign({
      method: 'POST',
      query: { uploads: '', 'encoding-type': 'url' },
      headers: { 'content-type': 'video/mp4', 'x-oss-meta-user': '7' },
      fileSize,
    });
    const opened = await send(begin, (await ask(signer, [begin]))[0]);
    const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(await opened.text())?.[1] ?? '';

    const puts = parts.map((part, index) =>
      toSign({
        query: { partNumber: String(index + 1), uploadId },
        size: part.length,
        fileSize,
      }),
    );
    const signed = await ask(signer, puts);
    for (const [index, put] of puts.entries())
      expect((await send(put, signed[index], parts[index])).status).toBe(200);

    const query = {
      uploadId,
      'encoding-type': 'url',
      'max-parts': '1000',
      'part-number-marker': '0',
    };
    const list = toSign({ method: 'GET', query, fileSize });
    const listed = await (await send(list, (await ask(signer, [list]))[0])).text();
    expect(listed.match(/<PartNumber>\d/g)).toHaveLength(3);

    const etags = parts.map((part, index): [number, string] => [
      index + 1,
      `"${md5Hex(Buffer.from(part))}"`,
    ]);
    const xml = partListXml(etags);
    const headers = { 'content-type': 'application/xml' };
    const end = toSign({
      method: 'POST',
      query: { uploadId },
      headers,
      size: xml.length,
      fileSize,
    });
    expect((await send(end, (await ask(signer, [end]))[0], xml)).status).toBe(200);

    const head = toSign({ method: 'HEAD', fileSize });
    const found = await send(head, (await ask(signer, [head]))[0]);
    expect(found.headers.get('content-length')).toBe(String(fileSize));
    expect(found.headers.get('x-oss-meta-user')).toBe('7');
  });

  test('an upload that is aborted', async () => {
    const signer = createSigner(options(way));
    const uploadId = await bench.client.initiate(KEY);
    const abort = toSign({ method: 'DELETE', query: { uploadId } });
    const signed = await signer.sign(abort);
    expect((await send(abort, signed)).status).toBe(204);
    expect(bench.emulator.uploads()).toEqual([]);
  });

  test('what was signed is what can be sent', async () => {
    const signer = createSigner(options(way));
    const put = toSign({ size: 4, headers: { 'content-type': 'video/mp4' } });
    const [signed] = await ask(signer, [put]);
    const acl = { ...put.headers, 'x-oss-object-acl': 'public-read' };
    for (const attempt of [
      { ...put, headers: { 'content-type': 'text/html' } },
      { ...put, headers: acl },
      { ...put, method: 'DELETE' as const },
    ])
      expect(await codeOf(await send(attempt, signed, '1234'))).toBe('403 SignatureDoesNotMatch');
    const elsewhere = { ...put, key: 'films/b' };
    const moved = signed?.url?.replace(/films\/[^?]*/, 'films/b');
    const target = moved === undefined ? signed : { url: moved };
    expect(await codeOf(await send(elsewhere, target, '1234'))).toBe('403 SignatureDoesNotMatch');
    expect((await send(put, signed, '1234')).status).toBe(200);
  });

  test('they end', async () => {
    const expiresIn = way.as === 'headers' ? 900 : 60;
    const put = toSign({ size: 1, expiresIn });
    const [signed] = await ask(createSigner(options(way)), [put]);
    bench.emulator.setClockOffset((expiresIn - 5) * 1000);
    expect((await send(put, signed, 'x')).status).toBe(200);
    bench.emulator.setClockOffset((expiresIn + 5) * 1000);
    const code = way.as === 'headers' ? 'RequestTimeTooSkewed' : 'AccessDenied';
    expect(await codeOf(await send(put, signed, 'x'))).toBe(`403 ${code}`);
  });
});

test.each(['headers', 'url'] as const)(
  'by V4 as %s, what is put has the size that was allowed',
  async (as) => {
    const signer = createSigner(options({ as }));
    const uploadId = await bench.client.initiate(KEY);
    const part = toSign({ query: { partNumber: '1', uploadId }, size: 4, fileSize: 4 });
    for (const put of [toSign({ size: 4 }), part]) {
      const [signed] = await ask(signer, [put]);
      for (const wrong of ['12345', '123', ''])
        expect(await codeOf(await send(put, signed, wrong))).toBe('403 SignatureDoesNotMatch');
      expect((await send(put, signed, '1234')).status).toBe(200);
    }
    const empty = toSign({ size: 0 });
    expect((await send(empty, await signer.sign(empty), '')).status).toBe(200);
  },
);

test('headers to send are those that the signature adds', async () => {
  const securityToken = 'token';
  const credentials = { ...PERMANENT_KEYS, securityToken };
  const now = () => Date.UTC(2024, 2, 15, 8, 9, 10);
  const headers = { 'content-type': 'video/mp4' };
  const v4 = await createSigner(options({ credentials, now })).sign(toSign({ headers }));
  expect(v4.headers).toEqual({
    authorization: expect.stringMatching(/,AdditionalHeaders=content-length,/) as unknown,
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    'x-oss-date': '20240315T080910Z',
    'x-oss-security-token': securityToken,
  });
  const v1 = await createSigner(options({ credentials, now, version: 1 })).sign(toSign());
  expect(v1.headers).toEqual({
    authorization: expect.stringMatching(/^OSS emulator-key-id:/) as unknown,
    'x-oss-date': 'Fri, 15 Mar 2024 08:09:10 GMT',
    'x-oss-security-token': securityToken,
  });
});

describe('allow', () => {
  test('sees the request, its operation and who asks', async () => {
    const seen: [UploadRequest, string | null][] = [];
    const allow: SignerOptions['allow'] = (request, http) => {
      seen.push([request, http.headers.get('content-type')]);
      return Promise.resolve(true);
    };
    const put = toSign({ size: 4 });
    await ask(createSigner(options({ allow })), [put, toSign({ method: 'HEAD' })]);
    expect(seen).toEqual([
      [{ ...put, operation: 'PutObject' }, 'application/json'],
      [{ ...toSign({ method: 'HEAD' }), operation: 'HeadObject' }, 'application/json'],
    ]);
  });

  test('is told where the page sends it, by pages that tell', async () => {
    const seen: (string | undefined)[] = [];
    const allow: SignerOptions['allow'] = ({ endpoint }) => {
      seen.push(endpoint);
      return true;
    };
    const endpoint = 'https://partway-demo.oss-cn-hangzhou.aliyuncs.com';
    await ask(createSigner(options({ allow })), [toSign(), toSign({ endpoint })]);
    expect(seen).toEqual([undefined, endpoint]);
  });

  test('is not asked for direct use', async () => {
    const signer = createSigner(options({ allow: () => false }));
    expect((await signer.sign(toSign())).headers).toBeDefined();
  });

  test('what it throws is for the server', async () => {
    const down = new Error('database down');
    const signer = createSigner(options({ allow: () => Promise.reject(down) }));
    await expect(ask(signer, [toSign()])).rejects.toBe(down);
  });
});
