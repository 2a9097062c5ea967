import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UploadError } from '../errors.ts';
import type { ByteRange, Hasher } from '../ports.ts';
import { createHasher } from './hasher.ts';
import { readSlices } from './read-slices.ts';
import { sendRange } from './send-range.ts';

/** What the browser was given to send. */
let bodies: Blob[];

beforeEach(() => {
  bodies = [];
  vi.stubGlobal('XMLHttpRequest', AnsweringXhr);
});

afterEach(() => vi.unstubAllGlobals());

const source = new File(['0123456789'], 'film.mp4', { type: 'video/mp4' });
const whole: ByteRange = { source, offset: 0, size: source.size };

async function bodySent(
  range: ByteRange,
  headers: Readonly<Record<string, string>>,
): Promise<Blob | undefined> {
  const request = { method: 'PUT', url: 'https://oss.example/film.mp4', headers } as const;
  await sendRange(request, range, createHasher(readSlices));
  return bodies.at(-1);
}

describe('the body of a request', () => {
  test.each(['content-type', 'Content-Type'])(
    'is the file itself where all of it goes with a %s',
    async (name) => {
      expect(await bodySent(whole, { [name]: 'video/mp4' })).toBe(source);
    },
  );

  test('has no type where none was signed: the browser would add it', async () => {
    const body = await bodySent(whole, {});
    expect(body?.type).toBe('');
    expect(await body?.text()).toBe('0123456789');
  });

  test.each([
    [0, 9, '012345678'],
    [1, 9, '123456789'],
  ])('is no more than the bytes that were asked for: %i, %i', async (offset, size, text) => {
    const body = await bodySent({ source, offset, size }, { 'content-type': 'video/mp4' });
    expect(await body?.text()).toBe(text);
  });
});

test('bytes that cannot be hashed were not sent as they should be', async () => {
  const reason = new UploadError('credentials', 'A part of the uploader could not be loaded.');
  const hasher: Hasher = { digest: () => Promise.reject(reason) };
  const request = { method: 'PUT', url: 'https://oss.example/film.mp4', headers: {} } as const;
  const range: ByteRange = { ...whole, hash: ['crc64'] };
  await expect(sendRange(request, range, hasher)).rejects.toBe(reason);
});

test('bytes are hashed in the order in which they are to be sent, whichever is signed first', async () => {
  const hashed: number[] = [];
  const hasher: Hasher = {
    digest: ({ offset }) => {
      hashed.push(offset);
      return Promise.resolve({ crc64: '0' });
    },
  };
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), hmac, false, ['sign']);
  const send = (offset: number, canonicalRequest: string): Promise<unknown> => {
    const signing = { key, canonicalRequest, beforeDigest: '', beforeSignature: '' };
    const request = { method: 'PUT', url: 'https://oss.example/', headers: {}, signing } as const;
    return sendRange(request, { source, offset, size: 1, hash: ['crc64'] }, hasher);
  };
  const sending = [send(0, 'long'.repeat(1_000_000)), send(1, ''), send(2, '')];
  expect(hashed).toEqual([0, 1, 2]);
  expect(bodies).toEqual([]);
  await Promise.all(sending);
});

/** Has every request answered at once. */
class AnsweringXhr extends EventTarget {
  readonly upload = new EventTarget();
  readonly status = 200;
  readonly responseURL = 'https://oss.example/film.mp4';
  readonly responseText = '';

  open(): void {}

  setRequestHeader(): void {}

  getAllResponseHeaders(): string {
    return '';
  }

  abort(): void {}

  send(body: Blob): void {
    bodies.push(body);
    queueMicrotask(() => this.dispatchEvent(new Event('load')));
  }
}
