import { beforeEach, expect, test } from 'vitest';
import type { Fault } from '../index.ts';
import { closedOrigin } from '../testing/app-server.ts';
import { bytes, DEAD, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const PAGE = { origin: 'http://localhost:1' };
const part = bytes(102_400);
let uploadId = '';

beforeEach(async () => {
  uploadId = await bench.client.initiate('k');
  bench.emulator.clearLog();
});

function sendPart(fault: Fault, headers: Record<string, string> = PAGE, signal?: AbortSignal) {
  bench.emulator.faults.add({ match: { operation: 'UploadPart' }, fault });
  return bench.client.uploadPart('k', uploadId, 1, part, { headers, ...(signal && { signal }) });
}

function callbackTo(callbackUrl: string): string {
  const callback = { callbackUrl, callbackBody: 'object=${object}' };
  return Buffer.from(JSON.stringify(callback)).toString('base64');
}

function storedEtags() {
  return bench.emulator.uploads()[0]?.parts.map(({ etag }) => etag);
}

test('wrong-etag: stored rightly, told wrongly, once', async () => {
  const reply = await sendPart({ type: 'wrong-etag' });
  expect([reply.status, reply.headers.etag]).toEqual([200, `"${'0'.repeat(32)}"`]);
  expect(storedEtags()).toEqual([md5Hex(part)]);
  const refused = await bench.client.complete('k', uploadId, [[1, reply.headers.etag ?? '']]);
  expect(errorOf(refused)).toBe('400 InvalidPart');
  expect((await bench.client.uploadPart('k', uploadId, 1, part)).headers.etag).toBe(
    `"${md5Hex(part)}"`,
  );
});

test('corrupt-body: InvalidDigest once for who sends Content-MD5, another ETag for others', async () => {
  const md5 = Buffer.from(md5Hex(part), 'hex').toString('base64');
  const refused = await sendPart({ type: 'corrupt-body' }, { 'content-md5': md5 });
  expect(errorOf(refused)).toBe('400 InvalidDigest');
  expect(element(refused.text, 'ClientComputedContentMD5')).toBe(md5);
  expect(storedEtags()).toEqual([]);
  const again = { headers: { 'content-md5': md5 } };
  expect((await bench.client.uploadPart('k', uploadId, 1, part, again)).status).toBe(200);
  const silent = await sendPart({ type: 'corrupt-body' });
  expect(silent.status).toBe(200);
  expect(silent.headers.etag).not.toBe(`"${md5Hex(part)}"`);
  expect(storedEtags()).toEqual([silent.headers.etag?.replaceAll('"', '')]);
});

test('no-cors: no header for pages, success and error alike', async () => {
  const reply = await sendPart({ type: 'no-cors' });
  const names = Object.keys(reply.headers).filter((name) => name.startsWith('access-control-'));
  expect([reply.status, names]).toEqual([200, []]);
  expect(storedEtags()).toHaveLength(1);
  bench.emulator.faults.add({ fault: { type: 'no-cors' } });
  const missing = await bench.client.send({ key: 'missing', headers: PAGE });
  expect(missing.headers['access-control-allow-origin']).toBeUndefined();
});

test.each([
  [{ type: 'hide-headers' }, ['etag']],
  [{ type: 'hide-headers', names: ['x-oss-request-id', 'Date'] }, ['x-oss-request-id', 'date']],
] as [Fault, string[]][])('%j', async (fault, hidden) => {
  const exposed = ({ headers }: Awaited<ReturnType<typeof sendPart>>) =>
    headers['access-control-expose-headers']?.toLowerCase().split(', ') ?? [];
  const usual = exposed(await bench.client.uploadPart('k', uploadId, 1, part, { headers: PAGE }));
  const reply = await sendPart(fault);
  expect(exposed(reply)).toEqual(usual.filter((name) => !hidden.includes(name)));
  expect(reply.headers.etag).toBeDefined();
});

test('hide-headers: when nothing is left there is no header', async () => {
  bench.emulator.setCorsRules([
    {
      allowedOrigins: ['*'],
      allowedMethods: ['PUT'],
      allowedHeaders: ['*'],
      exposeHeaders: ['ETag'],
    },
  ]);
  const reply = await sendPart({ type: 'hide-headers' });
  expect(reply.headers['access-control-expose-headers']).toBeUndefined();
});

test('add-headers: the service says that it slowed a request down', async () => {
  const headers = { 'x-oss-qos-delay-time': '250' };
  const reply = await sendPart({ type: 'add-headers', headers });
  expect([reply.status, reply.headers['x-oss-qos-delay-time']]).toEqual([200, '250']);
});

test.each([
  [undefined, 'OSS can not connect to your callbackUrl'],
  ['not-json', 'Response body is not valid json format.'],
  ['no-length', 'User server missing content-length.'],
  ['slow', 'Cost too long time.'],
  ['image-info', 'Get image info failed.'],
  ['overload', 'Too many callback requests.'],
  [502, 'Error status : 502.'],
] as const)('callback-failed %s', async (cause, message) => {
  const { client, emulator } = bench;
  const sent = await client.uploadPart('k', uploadId, 1, part);
  const fault: Fault = { type: 'callback-failed', ...(cause !== undefined && { cause }) };
  emulator.faults.add({ match: { operation: 'CompleteMultipartUpload' }, fault });
  const headers = {
    'x-oss-callback': callbackTo(`${emulator.origin}/__emulator/callback-receiver`),
  };
  const reply = await client.complete('k', uploadId, [[1, sent.headers.etag ?? '']], { headers });
  expect(errorOf(reply)).toBe('203 CallbackFailed');
  expect(element(reply.text, 'Message')).toContain(message);
  expect(emulator.objects()).toMatchObject([{ key: 'k' }]);
});

test('callback-failed: it takes the place of how the callback really failed', async () => {
  const { client, emulator } = bench;
  emulator.faults.add({ fault: { type: 'callback-failed', cause: 'slow' } });
  const headers = { 'x-oss-callback': callbackTo(await closedOrigin()) };
  const reply = await client.send({ method: 'PUT', key: 'k', body: 'content', headers });
  expect(element(reply.text, 'Message')).toContain('Cost too long time.');
});

test('callback-failed: who asked for no callback is answered as usual', async () => {
  const { client, emulator } = bench;
  emulator.faults.add({ times: 0, fault: { type: 'callback-failed' } });
  expect((await client.uploadPart('k', uploadId, 1, part)).status).toBe(200);
  expect((await client.send({ method: 'PUT', key: 'k', body: 'content' })).status).toBe(200);
});

test('callback-failed: what fails anyway keeps its own error', async () => {
  bench.emulator.faults.add({ fault: { type: 'callback-failed' } });
  expect(errorOf(await bench.client.send({ key: 'missing' }))).toBe('404 NoSuchKey');
});

test('page-size: ListParts in pages of two, to the end', async () => {
  const { client, emulator } = bench;
  for (let number = 1; number <= 5; number++) await client.uploadPart('k', uploadId, number, part);
  emulator.faults.add({
    match: { operation: 'ListParts' },
    times: 0,
    fault: { type: 'page-size', size: 2 },
  });
  const pages: string[][] = [];
  let marker = '0';
  let isTruncated = true;
  while (isTruncated) {
    const { text } = await client.listParts('k', uploadId, { 'part-number-marker': marker });
    pages.push([...text.matchAll(/<PartNumber>(\d+)/g)].map(([, number]) => number ?? ''));
    isTruncated = element(text, 'IsTruncated') === 'true';
    marker = element(text, 'NextPartNumberMarker');
  }
  expect(pages).toEqual([['1', '2'], ['3', '4'], ['5']]);
});

test('delay before storing: nothing is there until then', async () => {
  const reply = sendPart({ type: 'delay', ms: 80, before: 'storing' });
  await until(() => bench.emulator.log[0]?.bodyBytes === part.length);
  expect(storedEtags()).toEqual([]);
  expect((await reply).status).toBe(200);
  expect(storedEtags()).toHaveLength(1);
});

test('delay before storing: a request without a body is processed later, too', async () => {
  bench.emulator.faults.add({ fault: { type: 'delay', ms: 50, before: 'storing' } });
  const listing = bench.client.listParts('k', uploadId);
  await until(() => bench.emulator.log.length === 1);
  bench.emulator.forgetUpload(uploadId);
  expect(errorOf(await listing)).toBe('404 NoSuchUpload');
});

test('slow Complete: it succeeds although the client has left', async () => {
  const { client, emulator } = bench;
  const sent = await client.uploadPart('k', uploadId, 1, part);
  const match = { operation: 'CompleteMultipartUpload' } as const;
  emulator.faults.add({ match, fault: { type: 'delay', ms: 100, before: 'storing' } });
  const aborter = new AbortController();
  const list: [number, string][] = [[1, sent.headers.etag ?? '']];
  const reply = client.complete('k', uploadId, list, { signal: aborter.signal });
  await until(() => (emulator.log[1]?.bodyBytes ?? 0) > 0);
  aborter.abort();
  await expect(reply).rejects.toThrow('aborted');
  await until(() => emulator.log[1]?.outcome === 'client-left');
  expect(emulator.objects()).toEqual([]);
  await until(() => emulator.objects().length === 1);
  expect(errorOf(await client.complete('k', uploadId, list))).toBe('404 NoSuchUpload');
});

test('a slow request does not outlive a reset', async () => {
  const reply = sendPart({ type: 'delay', ms: 60_000, before: 'storing' });
  const failed = reply.then(() => '', String);
  await until(() => bench.emulator.log[0]?.bodyBytes === part.length);
  await bench.emulator.reset();
  expect(await failed).toMatch(DEAD);
});

test('error before the body, and the rest is cut off: the client may not see the answer', async () => {
  const { client, emulator } = bench;
  emulator.faults.add({
    fault: { type: 'error', code: 'InternalError', before: 'body', closes: true },
  });
  const query = { partNumber: '1', uploadId };
  const headers = { 'content-length': '100000000' };
  const outgoing = client.open({ method: 'PUT', key: 'k', query, headers });
  const end = new Promise((resolve) => {
    outgoing.on('response', (incoming) => resolve(incoming.resume().statusCode));
    outgoing.on('error', () => resolve('dead'));
  });
  outgoing.write(bytes(1_000_000));
  expect([500, 'dead']).toContain(await end);
  expect(emulator.log).toMatchObject([{ status: 500, code: 'InternalError' }]);
  expect(emulator.log[0]?.bodyBytes).toBeLessThan(100_000_000);
  outgoing.destroy();
});

test('an error that the table has needs its code alone, be it one that nothing here leads to', async () => {
  const { client, emulator } = bench;
  for (const [code, status] of [
    ['NoSuchUpload', 404],
    ['InvalidObjectState', 403],
    ['ServiceUnavailable', 503],
    ['FileImmutable', 409],
  ] as const) {
    emulator.faults.add({ fault: { type: 'error', code } });
    expect(errorOf(await client.send({ key: 'k' }))).toBe(`${status} ${code}`);
  }
});
