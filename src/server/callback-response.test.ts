import { expect, test } from 'vitest';
import { callbackResponse } from './callback-response.ts';

test('JSON, its type and its length in bytes', async () => {
  const response = callbackResponse({ name: 'Zoë 🎬' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(bytes.length));
  expect(bytes[0]).toBe('{'.charCodeAt(0));
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ name: 'Zoë 🎬' });
});

test.each([null, false, 7, '', [], 'half a pair: \ud800'])('%j is JSON, too', async (value) => {
  expect(await callbackResponse(value).json()).toEqual(value);
});

test('another status', () => {
  expect(callbackResponse({ error: 'SignatureMismatch' }, { status: 403 }).status).toBe(403);
});

test.each([100, 199, 600, 204, 205, 304, 200.5, Number.NaN])('the status %d', (status) => {
  expect(() => callbackResponse({}, { status })).toThrow(RangeError);
});

test.each([undefined, () => 0, Symbol('s'), 1n])('a value that JSON cannot hold: %s', (value) => {
  expect(() => callbackResponse(value)).toThrow(TypeError);
});

test('no more than OSS takes', () => {
  const quotes = 2;
  const most = 'x'.repeat(1024 ** 2 - quotes);
  expect(callbackResponse(most).headers.get('content-length')).toBe('1048576');
  expect(() => callbackResponse(`${most}x`)).toThrow(
    '`value` to be at most 1048576 bytes of JSON, as OSS takes no more; got 1048577',
  );
  expect(() => callbackResponse('ü'.repeat(600_000))).toThrow(RangeError);
});
