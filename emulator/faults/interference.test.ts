import { beforeEach, expect, test } from 'vitest';
import type { Fault } from '../index.ts';
import { bytes, DEAD, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const MEGABYTE = 1024 ** 2;
const part = bytes(102_400);
let uploadId = '';

beforeEach(async () => {
  uploadId = await bench.client.initiate('k');
  bench.emulator.clearLog();
});

/** Sends part 1 with a fault waiting for it. */
function sendPart(fault: Fault, body = part, signal?: AbortSignal) {
  bench.emulator.faults.add({ match: { operation: 'UploadPart' }, fault });
  return bench.client.uploadPart('k', uploadId, 1, body, signal && { signal });
}

function storedParts() {
  return bench.emulator.uploads()[0]?.parts.map(({ partNumber }) => partNumber);
}

test('error: the body is read, nothing is stored, the document is real', async () => {
  const headers = { 'Retry-After': '7', 'x-oss-qos-delay-time': '100' };
  const reply = await sendPart({
    type: 'error',
    status: 503,
    code: 'UploadTrafficRateLimitExceeded',
    message: 'Slow <down>',
    headers,
  });
  expect(errorOf(reply)).toBe('503 UploadTrafficRateLimitExceeded');
  expect(element(reply.text, 'Message')).toBe('Slow &lt;down&gt;');
  expect(reply.headers).toMatchObject({ 'retry-after': '7', 'x-oss-qos-delay-time': '100' });
  expect(storedParts()).toEqual([]);
  expect(bench.emulator.log).toMatchObject([
    {
      status: 503,
      code: 'UploadTrafficRateLimitExceeded',
      outcome: 'answered',
      bodyBytes: part.length,
    },
  ]);
  expect((await bench.client.uploadPart('k', uploadId, 1, part)).status).toBe(200);
});

test('error: a known code has its own message, HEAD its headers, a page its CORS headers', async () => {
  bench.emulator.faults.add({
    times: 0,
    fault: { type: 'error', status: 403, code: 'SecurityTokenExpired' },
  });
  const headers = { origin: 'http://localhost:1' };
  const reply = await bench.client.send({ key: 'k', headers });
  expect(element(reply.text, 'Message')).toBe('The security token you provided has expired.');
  expect(reply.headers['access-control-allow-origin']).toBe('http://localhost:1');
  const head = await bench.client.send({ method: 'HEAD', key: 'k' });
  const document = Buffer.from(String(head.headers['x-oss-err']), 'base64').toString();
  expect(element(document, 'Code')).toBe('SecurityTokenExpired');
});

test('error before the body: answered while the client still sends', async () => {
  bench.emulator.faults.add({
    fault: { type: 'error', status: 503, code: 'InternalError', before: 'body' },
  });
  const query = { partNumber: '1', uploadId };
  const outgoing = bench.client.open({
    method: 'PUT',
    key: 'k',
    query,
    headers: { 'content-length': '3' },
  });
  outgoing.write('a');
  const status = await new Promise((resolve) => {
    outgoing.on('response', (incoming) => resolve(incoming.resume().statusCode));
  });
  expect(status).toBe(503);
  expect(bench.emulator.log[0]?.outcome).toBe('pending');
  outgoing.end('bc');
  await until(() => bench.emulator.log[0]?.outcome === 'answered');
  expect(bench.emulator.log[0]?.bodyBytes).toBe(3);
});

test('html: a proxy answers in place of OSS', async () => {
  const reply = await sendPart({ type: 'html', status: 502 });
  expect(reply.status).toBe(502);
  expect(reply.headers['content-type']).toBe('text/html');
  expect(Object.keys(reply.headers).filter((name) => /^(server|x-oss-)/.test(name))).toEqual([]);
  expect(reply.text).toMatch(/^<html>/);
  expect(storedParts()).toEqual([]);
});

test.each([
  ['start', 0, 0],
  ['middle', 4 * MEGABYTE, 6 * MEGABYTE],
  ['end', 8 * MEGABYTE, 8 * MEGABYTE],
] as const)('reset at the %s of the body', async (at, least, most) => {
  await expect(sendPart({ type: 'reset', at }, bytes(8 * MEGABYTE))).rejects.toThrow(DEAD);
  const [entry] = bench.emulator.log;
  expect(entry).toMatchObject({ outcome: 'cut', status: 0 });
  expect(entry?.bodyBytes).toBeGreaterThanOrEqual(least);
  expect(entry?.bodyBytes).toBeLessThanOrEqual(most);
  expect(storedParts()).toEqual([]);
});

test('reset is in the middle unless told otherwise, and needs no body', async () => {
  await expect(sendPart({ type: 'reset' }, bytes(8 * MEGABYTE))).rejects.toThrow(DEAD);
  expect(bench.emulator.log[0]?.bodyBytes).toBeGreaterThanOrEqual(4 * MEGABYTE);
  expect(bench.emulator.log[0]?.bodyBytes).toBeLessThan(8 * MEGABYTE);
  bench.emulator.faults.add({ fault: { type: 'reset' } });
  await expect(bench.client.send({ key: 'k' })).rejects.toThrow(DEAD);
});

test('lose-answer: stored, and nobody is told', async () => {
  await expect(sendPart({ type: 'lose-answer' })).rejects.toThrow('socket hang up');
  expect(storedParts()).toEqual([1]);
  expect(bench.emulator.log).toMatchObject([{ outcome: 'cut', status: 0, bodyBytes: part.length }]);
});

test('lose-answer of Complete: the object is there, the upload is not', async () => {
  await bench.client.uploadPart('k', uploadId, 1, part);
  bench.emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'lose-answer' },
  });
  const list: [number, string][] = [[1, md5Hex(part)]];
  await expect(bench.client.complete('k', uploadId, list)).rejects.toThrow('socket hang up');
  expect(bench.emulator.objects()).toHaveLength(1);
  expect(errorOf(await bench.client.complete('k', uploadId, list))).toBe('404 NoSuchUpload');
});

test.each([
  [undefined, part.length],
  ['answer', part.length],
] as const)(
  'stall at %j: the body is read, nothing stored, until the client leaves',
  async (at, read) => {
    const controller = new AbortController();
    const reply = sendPart({ type: 'stall', ...(at && { at }) }, part, controller.signal);
    await until(() => bench.emulator.log[0]?.bodyBytes === read);
    expect(bench.emulator.log).toMatchObject([{ outcome: 'pending', status: 0 }]);
    expect(storedParts()).toEqual([]);
    controller.abort();
    await expect(reply).rejects.toThrow('aborted');
    await until(() => bench.emulator.log[0]?.outcome === 'client-left');
  },
);

test.each([
  ['start', 0, 0],
  ['body', 4 * MEGABYTE, 5 * MEGABYTE],
] as const)(
  'stall at %j: the rest of the body is never read, until a reset ends it',
  async (at, least, most) => {
    const failure = sendPart({ type: 'stall', at }, bytes(8 * MEGABYTE)).catch(String);
    await until(() => (bench.emulator.log[0]?.bodyBytes ?? -1) >= least);
    // Whatever else is going to be read would be read by the time another request is through.
    await bench.client.send({ method: 'PUT', key: 'other', body: bytes(MEGABYTE) });
    const [entry] = bench.emulator.log;
    expect(entry?.outcome).toBe('pending');
    expect(entry?.bodyBytes).toBeLessThanOrEqual(most);
    await bench.emulator.reset();
    expect(await failure).toMatch(DEAD);
    expect(entry?.outcome).toBe('cut');
  },
);

test('delay: stored at once, answered later', async () => {
  const start = performance.now();
  const reply = sendPart({ type: 'delay', ms: 150 });
  await until(() => storedParts()?.length === 1);
  expect(bench.emulator.log[0]?.outcome).toBe('pending');
  expect((await reply).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(145);
});

test('slow: the body is read at that rate', async () => {
  const start = performance.now();
  expect((await sendPart({ type: 'slow', bytesPerSecond: 500_000 })).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(200);
});

test('slow: other bodies are not held up, and a reset does not wait', async () => {
  const failure = sendPart({ type: 'slow', bytesPerSecond: 1 }).catch(String);
  await until(() => (bench.emulator.log[0]?.bodyBytes ?? 0) > 0);
  const [entry] = bench.emulator.log;
  await bench.client.uploadPart('k', uploadId, 2, part);
  expect(storedParts()).toEqual([2]);
  await bench.emulator.reset();
  expect(await failure).toMatch(DEAD);
  expect(entry?.outcome).toBe('cut');
});

test('forget-upload: the upload is gone when the request comes through', async () => {
  const reply = await sendPart({ type: 'forget-upload' });
  expect(errorOf(reply)).toBe('404 NoSuchUpload');
  expect(bench.emulator.uploads()).toEqual([]);
});

test('drop-part: Complete misses a part that was stored', async () => {
  await bench.client.uploadPart('k', uploadId, 1, part);
  bench.emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'drop-part', partNumber: 1 },
  });
  const reply = await bench.client.complete('k', uploadId, [[1, md5Hex(part)]]);
  expect(errorOf(reply)).toBe('400 InvalidPart');
  expect(storedParts()).toEqual([]);
});

test('corrupt-part: the stored bytes and their ETag and CRC are others', async () => {
  const uploaded = await bench.client.uploadPart('k', uploadId, 1, part);
  bench.emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'corrupt-part', partNumber: 1 },
  });
  const reply = await bench.client.complete('k', uploadId, [[1, md5Hex(part)]]);
  expect(errorOf(reply)).toBe('400 InvalidPart');
  const { text } = await bench.client.listParts('k', uploadId);
  const corrupted = Buffer.from(part);
  corrupted[0] = (part[0] ?? 0) ^ 0xff;
  expect(element(text, 'ETag')).toBe(`"${md5Hex(corrupted)}"`);
  expect(element(text, 'HashCrc64ecma')).not.toBe(uploaded.headers['x-oss-hash-crc64ecma']);
  expect((await bench.client.complete('k', uploadId, [[1, md5Hex(corrupted)]])).status).toBe(200);
  expect((await bench.client.send({ key: 'k' })).body.equals(corrupted)).toBe(true);
});

test('close: answered as usual, on a connection that ends', async () => {
  const reply = await sendPart({ type: 'close' });
  expect(reply.status).toBe(200);
  expect(reply.headers.connection).toBe('close');
  expect((await bench.client.uploadPart('k', uploadId, 2, part)).headers.connection).toBe(
    'keep-alive',
  );
});

test('expire-token: credentials that were good end in the middle of an upload', async () => {
  const keys = bench.emulator.issueCredentials();
  expect((await bench.client.uploadPart('k', uploadId, 1, part, { keys })).status).toBe(200);
  bench.emulator.faults.add({ fault: { type: 'expire-token' } });
  const reply = await bench.client.uploadPart('k', uploadId, 2, part, { keys });
  expect(errorOf(reply)).toBe('403 SecurityTokenExpired');
  const renewed = bench.emulator.issueCredentials();
  expect((await bench.client.uploadPart('k', uploadId, 2, part, { keys: renewed })).status).toBe(
    200,
  );
});
