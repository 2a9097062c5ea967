import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { bytes, element, md5Hex, partListXml, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const BIG = 102_400;
const parts = new Map([
  [1, bytes(BIG, 1)],
  [5, bytes(BIG, 5)],
  [6, bytes(BIG - 1, 6)],
  [9, bytes(3, 9)],
]);
let uploadId = '';

beforeEach(async () => {
  uploadId = await bench.client.initiate('k');
  for (const [number, part] of parts) await bench.client.uploadPart('k', uploadId, number, part);
});

function etag(partNumber: number): string {
  return md5Hex(parts.get(partNumber) ?? '');
}

function complete(body: string | Buffer, headers: Record<string, string> = {}, query = {}) {
  return bench.client.send({
    method: 'POST',
    key: 'k',
    query: { uploadId, ...query },
    body,
    headers,
  });
}

test('gaps are allowed, and what is not listed is dropped', async () => {
  const reply = await bench.client.complete('k', uploadId, [
    [1, etag(1)],
    [9, etag(9)],
  ]);
  expect(reply.status).toBe(200);
  expect((await bench.client.send({ key: 'k' })).body.length).toBe(BIG + 3);
  expect(bench.emulator.uploads()).toEqual([]);
});

test.each([
  ['quoted', (text: string) => `"${text}"`],
  ['lower case', (text: string) => text.toLowerCase()],
  ['escaped quotes', (text: string) => `&#34;${text}&#x22;`],
  ['named entities', (text: string) => `&quot;${text}&quot;`],
  ['blanks around', (text: string) => `\n  ${text}  \n`],
])('ETags are understood: %s', async (_, write) => {
  expect(
    (
      await complete(
        partListXml([
          [1, write(etag(1))],
          [5, write(etag(5))],
        ]),
      )
    ).status,
  ).toBe(200);
});

test('a declaration and a namespace do no harm', async () => {
  const list = partListXml([[1, etag(1)]]).replace(
    '<CompleteMultipartUpload>',
    '<CompleteMultipartUpload xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com">',
  );
  const reply = await complete(`<?xml version="1.0" encoding="UTF-8"?>\n${list}`);
  expect(reply.status).toBe(200);
});

test.each([
  [
    'missing',
    [
      [1, etag(1)],
      [7, etag(1)],
    ],
    7,
  ],
  ['with another ETag', [[1, etag(5)]], 1],
  ['with a script’s undefined as its ETag', [[1, 'undefined']], 1],
] as [string, [number, string][], number][])('a part that is %s', async (_, list, culprit) => {
  const reply = await bench.client.complete('k', uploadId, list);
  expect(errorOf(reply)).toBe('400 InvalidPart');
  expect(element(reply.text, 'PartNumber')).toBe(String(culprit));
  expect(element(reply.text, 'UploadId')).toBe(uploadId);
  expect(element(reply.text, 'ETag')).toBe(list.at(-1)?.[1]);
  expect(bench.emulator.uploads()[0]?.parts).toHaveLength(4);
});

test.each([
  ['descending', [5, 1]],
  ['twice', [1, 1]],
  ['zero', [0, 1]],
  ['above 10,000', [1, 10_001]],
])('part numbers: %s', async (_, numbers) => {
  const list = numbers.map((number): [number, string] => [number, etag(number)]);
  const reply = await bench.client.complete('k', uploadId, list);
  expect(errorOf(reply)).toBe('400 InvalidPartOrder');
});

test('a part under 100 KB may only be the last', async () => {
  const reply = await bench.client.complete('k', uploadId, [
    [1, etag(1)],
    [6, etag(6)],
    [9, etag(9)],
  ]);
  expect(errorOf(reply)).toBe('400 EntityTooSmall');
  expect(reply.headers['x-oss-ec']).toBe('0042-00000213');
  expect(element(reply.text, 'PartNumber')).toBe('6');
  expect(element(reply.text, 'ProposedSize')).toBe(String(BIG - 1));
  expect(element(reply.text, 'MinSizeAllowed')).toBe('102400');
  expect(
    (
      await bench.client.complete('k', uploadId, [
        [1, etag(1)],
        [6, etag(6)],
      ])
    ).status,
  ).toBe(200);
});

test.each([
  ['nothing', ''],
  ['text', 'parts please'],
  ['another root', '<Parts/>'],
  ['no part', '<CompleteMultipartUpload></CompleteMultipartUpload>'],
  [
    'a part without ETag',
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>',
  ],
  ['a number in words', partListXml([[1, 'X']]).replace('>1<', '>one<')],
  ['an open element', partListXml([[1, '0']]).replace('</CompleteMultipartUpload>', '')],
  ['more than any list can be', ' '.repeat(5 * 1024 ** 2)],
])('a list that is not one: %s', async (_, body) => {
  expect(errorOf(await complete(body))).toBe('400 MalformedXML');
});

test('the list is checked against Content-MD5', async () => {
  const list = partListXml([[1, etag(1)]]);
  const wrong = createHash('md5').update('x').digest('base64');
  expect(errorOf(await complete(list, { 'content-md5': wrong }))).toBe('400 InvalidDigest');
  const right = createHash('md5').update(list).digest('base64');
  expect((await complete(list, { 'content-md5': right })).status).toBe(200);
});

test('repeated, it finds no upload any more', async () => {
  const list: [number, string][] = [[1, etag(1)]];
  await bench.client.complete('k', uploadId, list);
  const reply = await bench.client.complete('k', uploadId, list);
  expect(errorOf(reply)).toBe('404 NoSuchUpload');
  expect(element(reply.text, 'Message')).toContain('aborted or completed');
});

test('may forbid to overwrite', async () => {
  await bench.client.send({ method: 'PUT', key: 'k', body: 'old' });
  const list = partListXml([[1, etag(1)]]);
  const reply = await complete(list, { 'x-oss-forbid-overwrite': 'true' });
  expect(errorOf(reply)).toBe('409 FileAlreadyExists');
  expect((await bench.client.send({ key: 'k' })).text).toBe('old');
  expect((await complete(list)).status).toBe(200);
});

test('x-oss-complete-all takes all parts there are, and no body beside it', async () => {
  const headers = { 'x-oss-complete-all': 'yes' };
  const reply = await complete(partListXml([[1, etag(1)]]), headers);
  expect(errorOf(reply)).toBe('400 InvalidArgument');
  expect(reply.headers['x-oss-ec']).toBe('0042-00000216');
  expect(errorOf(await complete('', headers))).toBe('400 EntityTooSmall');
  bench.emulator.dropPart(uploadId, 6);
  expect((await complete('', headers)).status).toBe(200);
  expect((await bench.client.send({ key: 'k' })).body.length).toBe(2 * BIG + 3);
});

test('keys are percent-encoded when the request asks for it', async () => {
  const list = partListXml([[1, etag(1)]]);
  const reply = await complete(list, {}, { 'encoding-type': 'url' });
  expect(element(reply.text, 'EncodingType')).toBe('url');
});

test('is finished although the client has left', async () => {
  bench.emulator.faults.add({
    match: { operation: 'CompleteMultipartUpload' },
    fault: { type: 'delay', ms: 60_000 },
  });
  const controller = new AbortController();
  const body = partListXml([[1, etag(1)]]);
  const call = { method: 'POST', key: 'k', query: { uploadId }, body, signal: controller.signal };
  const reply = bench.client.send(call);
  await until(() => bench.emulator.objects().length === 1);
  controller.abort();
  await expect(reply).rejects.toThrow('aborted');
  await until(() => bench.emulator.log.at(-1)?.outcome === 'client-left');
  expect((await bench.client.send({ key: 'k' })).body.length).toBe(BIG);
});

test('ten thousand parts are a list like any other', async () => {
  const { client, emulator } = bench;
  const id = await client.initiate('many');
  const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1);
  const list = numbers.map((number): [number, string] => [number, `&quot;${'0'.repeat(32)}&quot;`]);
  const reply = await client.complete('many', id, list);
  expect(errorOf(reply)).toBe('400 InvalidPart');
  expect(element(reply.text, 'PartNumber')).toBe('1');
  expect(emulator.log.at(-1)?.bodyBytes).toBeGreaterThan(900_000);
});
