import { expect, test } from 'vitest';
import { createSignV1 } from '../oss/signature-v1.ts';
import { createSignV4 } from '../oss/signature-v4.ts';
import { firstDifference } from './signature.ts';

const HEADERS = {
  'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
  'x-oss-date': '20261122T120000Z',
  'x-oss-security-token': 'a-token',
};
const REQUEST = {
  method: 'PUT',
  bucket: 'videos',
  key: 'a b.mp4',
  query: [['uploadId', '1']],
  headers: HEADERS,
} as const;
const KEY = { accessKeyId: 'id', accessKeySecret: 'secret', region: 'cn-hangzhou' };

const sign = createSignV4();
const ours = await sign(REQUEST, KEY);

test('nothing differs', () => {
  expect(firstDifference(ours, ours)).toBeUndefined();
});

test('nothing was shown', () => {
  const nothing = { canonicalRequest: undefined, stringToSign: '' };
  expect(firstDifference(ours, nothing)).toBeUndefined();
});

test.each([
  [{ method: 'POST' }, 'the method', 'PUT', 'POST'],
  [{ bucket: 'video' }, 'the bucket and key', '/videos/a%20b.mp4', '/video/a%20b.mp4'],
  [{ query: [] }, 'the query', 'uploadId=1', ''],
  [
    { headers: { ...HEADERS, 'content-type': 'text/plain' } },
    'the header content-type',
    '',
    'text/plain',
  ],
  [
    { headers: { ...HEADERS, 'x-oss-date': '20261122T120001Z' } },
    'the header x-oss-date',
    '20261122T120000Z',
    '20261122T120001Z',
  ],
  [
    { headers: { ...HEADERS, 'x-oss-security-token': 'b' } },
    'the header x-oss-security-token',
    undefined,
    undefined,
  ],
])('%j differs', async (change, field, sent, received) => {
  const theirs = await sign({ ...REQUEST, ...change }, KEY);
  expect(firstDifference(ours, theirs)).toEqual({ field, sent, received });
});

test('the scope differs', async () => {
  const { stringToSign } = await sign(REQUEST, { ...KEY, region: 'cn-beijing' });
  expect(firstDifference(ours, { canonicalRequest: undefined, stringToSign })).toEqual({
    field: 'the region',
    sent: 'cn-hangzhou',
    received: 'cn-beijing',
  });
});

const signV1 = createSignV1();
const oursV1 = await signV1(REQUEST, KEY);

test.each([
  [{}, undefined, '', ''],
  [{ method: 'POST' }, 'the method', 'PUT', 'POST'],
  [{ key: 'a%20b.mp4' }, 'the bucket and key', '/videos/a b.mp4', '/videos/a%20b.mp4'],
  [{ query: [] }, 'the query', 'uploadId=1', ''],
  [
    { headers: { ...HEADERS, 'content-type': 'text/plain' } },
    'the header content-type',
    '',
    'text/plain',
  ],
  [{ headers: { ...HEADERS, 'x-oss-acl': 'a' } }, 'the header x-oss-acl', '', 'a'],
  [
    { headers: { ...HEADERS, 'x-oss-security-token': 'b' } },
    'the header x-oss-security-token',
    undefined,
    undefined,
  ],
])('%j differs by V1', async (change, field, sent, received) => {
  const { stringToSign } = await signV1({ ...REQUEST, ...change }, KEY);
  const theirs = { canonicalRequest: undefined, stringToSign };
  expect(firstDifference(oursV1, theirs)).toEqual(field && { field, sent, received });
});

test('line ends of Windows are none', () => {
  const theirs = {
    canonicalRequest: ours.canonicalRequest.replaceAll('\n', '\r\n'),
    stringToSign: ours.stringToSign,
  };
  expect(firstDifference(ours, theirs)).toBeUndefined();
});
