import { beforeEach, expect, test } from 'vitest';
import { answerTo, bytes, element, md5Hex, until } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
let uploadId = '';

beforeEach(async () => {
  const query = { uploads: null, sequential: null };
  const reply = await bench.client.send({ method: 'POST', key: 'k', query });
  uploadId = element(reply.text, 'UploadId');
});

function part(partNumber: number, size = 102_400) {
  return bench.client.uploadPart('k', uploadId, partNumber, bytes(size, partNumber));
}

test('parts must come in order, each once', async () => {
  expect(errorOf(await part(2))).toBe('400 PartNotSequential');
  expect((await part(1)).status).toBe(200);
  expect((await part(2)).status).toBe(200);
  const again = await part(1);
  expect(errorOf(again)).toBe('409 PartAlreadyExist');
  expect(element(again.text, 'PartNumber')).toBe('1');
  expect(element(again.text, 'PartEtag')).toBe(md5Hex(bytes(102_400, 1)));
  expect(errorOf(await part(4))).toBe('400 PartNotSequential');
  expect(bench.emulator.uploads()[0]?.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2]);
  const list: [number, string][] = [1, 2].map((number) => [number, md5Hex(bytes(102_400, number))]);
  expect((await bench.client.complete('k', uploadId, list)).status).toBe(200);
});

test('of two that send one part at once the later one is told', async () => {
  const { client, emulator } = bench;
  const query = { partNumber: '1', uploadId };
  const slow = client.open({ method: 'PUT', key: 'k', query, headers: { 'content-length': '2' } });
  const answer = answerTo(slow);
  slow.write('a');
  await until(() => emulator.log[1]?.bodyBytes === 1);
  expect((await part(1)).status).toBe(200);
  slow.end('b');
  expect(errorOf(await answer)).toBe('409 PartAlreadyExist');
});

test('copies keep the order as well', async () => {
  await bench.client.send({ method: 'PUT', key: 'source', body: 'x' });
  const headers = { 'x-oss-copy-source': '/partway-demo/source' };
  const copy = (partNumber: number) =>
    bench.client.uploadPart('k', uploadId, partNumber, Buffer.alloc(0), { headers });
  expect(errorOf(await copy(2))).toBe('400 PartNotSequential');
  expect((await copy(1)).status).toBe(200);
});

test('an upload that is not sequential takes parts in any order', async () => {
  uploadId = await bench.client.initiate('k');
  for (const number of [3, 1, 3]) expect((await part(number)).status).toBe(200);
});
