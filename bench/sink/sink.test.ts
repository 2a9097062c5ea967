import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Crc64 } from '../../emulator/crc64.ts';
import { firstBytes as contentOf } from '../content.ts';
import { Sink } from './sink.ts';

const KIB = 1024;
const sink = new Sink(2, '/nowhere');
let bucket = '';
let elsewhere = '';

beforeEach(async () => {
  const [first, second] = await sink.listen();
  bucket = `${first}/bench`;
  elsewhere = `${second}/bench`;
  sink.begin({});
});

afterEach(() => sink.close());

describe('an upload', () => {
  it('gets the sums of the bytes that were sent, over two hosts', async () => {
    const parts = [300 * KIB, 100 * KIB + 7];
    const uploadId = await initiate();
    const answers = await Promise.all([
      putPart(bucket, uploadId, 1, parts[0]),
      putPart(elsewhere, uploadId, 4, parts[1]),
    ]);
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(
      parts.map((size) => `"${md5(firstBytes(size))}"`),
    );
    expect(answers.map(({ headers }) => headers.get('x-oss-hash-crc64ecma'))).toEqual(
      parts.map((size) => crc64(firstBytes(size))),
    );
    const completed = await complete(uploadId, [1, 4]);
    const etags = parts.map((size) => md5(firstBytes(size)));
    expect(await completed.text()).toContain(`<ETag>"${md5(Buffer.from(etags.join('')))}-2"<`);
    const head = await fetch(`${bucket}/key`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(400 * KIB + 7));
    expect(head.headers.get('x-oss-hash-crc64ecma')).toBe(crc64(firstBytes(400 * KIB + 7)));
  });

  it('lists what it holds', async () => {
    const uploadId = await initiate();
    await putPart(bucket, uploadId, 4, 200);
    await putPart(bucket, uploadId, 1, 100);
    const list = await (await fetch(`${bucket}/key?uploadId=${uploadId}`)).text();
    expect([...list.matchAll(/<Size>(\d+)</g)].map(([, size]) => size)).toEqual(['100', '200']);
    expect(list).toContain('<IsTruncated>false<');
  });

  it('is refused when it names a part that is not there, or an upload that is not', async () => {
    const uploadId = await initiate();
    expect((await complete(uploadId, [1])).status).toBe(400);
    expect((await putPart(bucket, 'unknown', 1, 100)).status).toBe(404);
  });
});

describe('counts', () => {
  it('what arrived, what of it was wasted, and what was sent although it was there', async () => {
    const uploadId = await initiate();
    await putPart(bucket, uploadId, 1, 1000);
    await putPart(bucket, uploadId, 1, 1000);
    await putPart(bucket, uploadId, 2, 500);
    await complete(uploadId, [1, 2]);
    expect(sink.traffic()).toEqual({
      requests: { InitiateMultipartUpload: 1, UploadPart: 3, CompleteMultipartUpload: 1 },
      receivedBytes: 2500,
      wastedBytes: 1000,
      sentAgain: 1,
      objects: 1,
    });
  });

  it('each run from nothing', async () => {
    await put(100);
    sink.begin({});
    expect(sink.traffic()).toMatchObject({ requests: {}, receivedBytes: 0, objects: 0 });
  });
});

describe('a link', () => {
  it('delays each answer', async () => {
    sink.begin({ latency: 80 });
    expect(await timed(() => fetch(`${bucket}/key`, { method: 'OPTIONS' }))).toBeGreaterThan(75);
  });

  it('has one bandwidth for all that goes over it', async () => {
    sink.begin({ bytesPerSecond: 1_000_000 });
    const milliseconds = await timed(() => Promise.all([put(100_000), put(100_000)]));
    // The last chunk is only waited for by what comes after it.
    expect(milliseconds).toBeGreaterThan(60);
  });
});

describe('faults', () => {
  it('meet the same attempts with the same seed, about as many as were asked for', async () => {
    const outcomes = async (seed: number): Promise<number[]> => {
      sink.begin({ faults: { kind: '500', share: 0.2 }, seed });
      const uploadId = await initiate();
      const statuses: number[] = [];
      for (let number = 1; number <= 50; number++) {
        statuses.push((await putPart(bucket, uploadId, number, 10)).status);
      }
      return statuses;
    };
    const first = await outcomes(1);
    const failures = first.filter((status) => status === 500).length;
    expect(failures).toBeGreaterThan(4);
    expect(failures).toBeLessThan(17);
    expect(await outcomes(1)).toEqual(first);
    expect(await outcomes(2)).not.toEqual(first);
  });

  it('break the connection in the middle of the body', async () => {
    sink.begin({ faults: { kind: 'reset', nth: 1 } });
    await expect(put(1000 * KIB)).rejects.toThrow('fetch failed');
    expect(sink.traffic().objects).toBe(0);
  });

  it('leave one request without an answer, and the next with one', async () => {
    sink.begin({ faults: { kind: 'stall', nth: 1 } });
    await expect(put(100, AbortSignal.timeout(100))).rejects.toThrow('timeout');
    expect((await put(100)).status).toBe(200);
  });
});

/** For fetch, whose types want to know what kind of memory it is. */
function firstBytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(contentOf(size));
}

async function initiate(): Promise<string> {
  const response = await fetch(`${bucket}/key?uploads`, { method: 'POST' });
  return /<UploadId>(.*)<\/UploadId>/.exec(await response.text())?.[1] ?? '';
}

function putPart(base: string, uploadId: string, number: number, size = 0): Promise<Response> {
  const url = `${base}/key?partNumber=${number}&uploadId=${uploadId}`;
  return fetch(url, { method: 'PUT', body: firstBytes(size) });
}

function complete(uploadId: string, numbers: readonly number[]): Promise<Response> {
  const body = numbers.map((number) => `<Part><PartNumber>${number}</PartNumber></Part>`).join('');
  return fetch(`${bucket}/key?uploadId=${uploadId}`, { method: 'POST', body });
}

function put(size: number, signal: AbortSignal | null = null): Promise<Response> {
  return fetch(`${bucket}/key`, { method: 'PUT', body: firstBytes(size), signal });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex').toUpperCase();
}

function crc64(bytes: Uint8Array): string {
  const crc = new Crc64();
  crc.update(bytes);
  return String(crc.value());
}
