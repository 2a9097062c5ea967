import { expect, test } from 'vitest';
import {
  DEFAULT_REFERER_CONFIGURATION,
  DEFAULT_REFERER_READING,
  refererAllows,
} from './referer.ts';
import { element } from './testing/client.ts';
import { readFixture } from './testing/fixtures.ts';
import { FORM_TYPE, formBody } from './testing/form.ts';
import { errorOf, startEmulator, useEmulator } from './testing/harness.ts';

const bench = useEmulator();

interface RefererCase {
  id: string;
  config: { list: string[]; black?: string[]; allowEmpty: boolean; truncateQuery?: boolean };
  request: { authorization?: boolean; referer?: string };
  expectAllowed: boolean;
}

const { cases } = readFixture('referer.json') as { cases: RefererCase[] };

test.each(cases)('$id', async ({ config, request, expectAllowed }) => {
  bench.emulator.setAcl('public-read');
  bench.emulator.setReferer({
    allowEmptyReferer: config.allowEmpty,
    refererList: config.list,
    refererBlacklist: config.black ?? [],
    ...(config.truncateQuery !== undefined && { allowTruncateQueryString: config.truncateQuery }),
  });
  const { authorization = false, referer } = request;
  const reply = await bench.client.send({
    key: 'k',
    headers: referer === undefined ? {} : { referer },
    ...(authorization ? {} : { keys: null }),
  });
  expect(errorOf(reply)).toBe(expectAllowed ? '404 NoSuchKey' : '403 AccessDenied');
  if (expectAllowed) return;
  expect(element(reply.text, 'Message')).toBe('You are denied by bucket referer policy.');
});

test('a signed URL is checked, as it has no Authorization header', async () => {
  bench.emulator.setReferer({ allowEmptyReferer: false, refererList: ['http://app.test'] });
  const denied = await bench.client.send({ key: 'k', signedBy: 'url-v1' });
  expect(errorOf(denied)).toBe('403 AccessDenied');
  const headers = { referer: 'http://app.test/page' };
  const allowed = await bench.client.send({ key: 'k', signedBy: 'url-v1', headers });
  expect(errorOf(allowed)).toBe('404 NoSuchKey');
});

test('forms are checked, preflights are not', async () => {
  bench.emulator.setAcl('public-read-write');
  bench.emulator.setReferer({ allowEmptyReferer: false, refererList: ['http://app.test'] });
  const post = (referer: string) =>
    bench.client.send({
      method: 'POST',
      headers: { 'content-type': FORM_TYPE, referer },
      body: formBody([['key', 'k']]),
      keys: null,
    });
  expect(errorOf(await post('http://evil.test/'))).toBe('403 AccessDenied');
  expect((await post('http://app.test/')).status).toBe(204);
  const preflight = { origin: 'http://localhost:5173', 'access-control-request-method': 'PUT' };
  const call = { method: 'OPTIONS', key: 'k', headers: preflight, keys: null };
  expect((await bench.client.send(call)).status).toBe(200);
});

test('reset takes the protection back', async () => {
  bench.emulator.setReferer({ allowEmptyReferer: false, refererList: ['http://app.test'] });
  await bench.emulator.reset();
  expect(errorOf(await bench.client.send({ key: 'k', signedBy: 'url-v4' }))).toBe('404 NoSuchKey');
});

const configuration = { ...DEFAULT_REFERER_CONFIGURATION, allowEmptyReferer: false };

test.each([
  ['http://app.test', 'http://app.test/', true],
  ['http://app.test', 'http://app.test/page?x=1#y', true],
  ['http://app.test/a', 'http://app.test/a', true],
  ['http://app.test/a', 'http://app.test/ab', false],
  ['http://app.test/*', 'http://app.test/a/b', true],
  ['http://app.test', 'http://app.test:8080/', false],
  ['http://app.test:8080', 'http://app.test:8080/', true],
  ['http://127.0.0.1', 'http://127.0.0.1/', true],
  ['http://a.pp', 'http://axpp', false],
  ['http://app.test', 'http://app.test.evil', false],
  ['app.test', 'https://app.test/', true],
  ['*', 'anything', true],
])('the entry %s and the Referer %s: %s', (entry, referer, expected) => {
  expect(refererAllows({ ...configuration, refererList: [entry] }, referer)).toBe(expected);
});

test('the path can be cut off, and then an entry with a path matches nothing', () => {
  const cut = { ...configuration, truncatePath: true };
  const referer = 'http://app.test/a?x';
  expect(refererAllows({ ...cut, refererList: ['http://app.test/a'] }, referer)).toBe(false);
  expect(refererAllows({ ...cut, refererList: ['http://app.test'] }, referer)).toBe(true);
});

test('a blank Referer is none', () => {
  const list = { ...configuration, refererList: ['*'] };
  expect(refererAllows(list, '  ')).toBe(false);
  expect(refererAllows({ ...list, allowEmptyReferer: true }, '  ')).toBe(true);
});

test('the blacklist goes before the whitelist', () => {
  const both = { ...configuration, refererList: ['*'], refererBlacklist: ['http://bad.test'] };
  expect(refererAllows(both, 'http://bad.test/page')).toBe(false);
  expect(refererAllows(both, 'http://good.test/page')).toBe(true);
});

test('a blacklist alone: both readings', () => {
  const alone = { ...configuration, refererBlacklist: ['http://bad.test'] };
  const strict = { ...DEFAULT_REFERER_READING, blacklistAloneDenies: true };
  expect(refererAllows(alone, 'http://good.test')).toBe(true);
  expect(refererAllows(alone, 'http://good.test', strict)).toBe(false);
  expect(refererAllows(configuration, 'http://good.test', strict)).toBe(true);
});

test('entries without scheme: the older reading, as an option', async () => {
  const { emulator, client } = await startEmulator({
    acl: 'public-read',
    refererReading: { schemeIsOptional: false },
  });
  emulator.setReferer({ refererList: ['*.app.test'] });
  const call = { key: 'k', keys: null, headers: { referer: 'http://a.app.test' } };
  expect(errorOf(await client.send(call))).toBe('403 AccessDenied');
});
