import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { element } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const KEYS = ['one', ' blank ', 'a&<b', 'kept'];

beforeEach(async () => {
  for (const key of KEYS) await bench.client.send({ method: 'PUT', key, body: 'x' });
});

function remove(content: string, { query = {}, headers = {} } = {}) {
  const body = `<Delete>${content}</Delete>`;
  return bench.client.send({ method: 'POST', query: { delete: null, ...query }, body, headers });
}

function object(key: string): string {
  return `<Object><Key>${key}</Key></Object>`;
}

test('deletes what is there and what is not, and names it', async () => {
  const content = object('one') + object(' blank ') + object('a&amp;&lt;b') + object('never');
  const reply = await remove(content);
  expect(reply.status).toBe(200);
  expect(reply.text.match(/<Key>[^<]*<\/Key>/g)).toEqual([
    '<Key>one</Key>',
    '<Key> blank </Key>',
    '<Key>a&amp;&lt;b</Key>',
    '<Key>never</Key>',
  ]);
  expect(bench.emulator.objects().map(({ key }) => key)).toEqual(['kept']);
});

test('quietly', async () => {
  const reply = await remove(`<Quiet>true</Quiet>${object('one')}`);
  expect([reply.status, reply.text]).toEqual([200, '']);
  expect(bench.emulator.objects()).toHaveLength(3);
});

test('keys percent-encoded in the answer', async () => {
  const reply = await remove(object(' blank '), { query: { 'encoding-type': 'url' } });
  expect(element(reply.text, 'Key')).toBe('%20blank%20');
  expect(element(reply.text, 'EncodingType')).toBe('url');
});

test.each([
  ['no object', '', '400 MalformedXML'],
  ['no key', '<Object/>', '400 UserKeyMustBeSpecified'],
  ['an empty key', object(''), '400 UserKeyMustBeSpecified'],
  ['an illegal key', object('/x'), '400 InvalidObjectName'],
  ['a word that is no boolean', `<Quiet>maybe</Quiet>${object('one')}`, '400 MalformedXML'],
  ['1001 keys', object('one').repeat(1001), '400 MalformedXML'],
  ['half a document', '<Object>', '400 MalformedXML'],
])('refused, and nothing deleted: %s', async (_, content, error) => {
  expect(
    errorOf(await remove(content + (content.startsWith('<Object/>') ? object('one') : ''))),
  ).toBe(error);
  expect(bench.emulator.objects()).toHaveLength(4);
});

test('the digest of the list is checked', async () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('base64');
  const headers = { 'content-md5': md5('another') };
  expect(errorOf(await remove(object('one'), { headers }))).toBe('400 InvalidDigest');
  const good = { 'content-md5': md5(`<Delete>${object('one')}</Delete>`) };
  expect((await remove(object('one'), { headers: good })).status).toBe(200);
});
