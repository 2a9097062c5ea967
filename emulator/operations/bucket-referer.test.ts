import { expect, test } from 'vitest';
import { element } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ acl: 'public-read' });
const query = { referer: null };

function configure(content: string) {
  const body = `<RefererConfiguration>${content}</RefererConfiguration>`;
  return bench.client.send({ method: 'PUT', query, body });
}

test('a bucket that was never configured lets everybody through', async () => {
  const got = await bench.client.send({ query });
  expect(element(got.text, 'AllowEmptyReferer')).toBe('true');
  expect(element(got.text, 'AllowTruncateQueryString')).toBe('true');
  expect(element(got.text, 'TruncatePath')).toBe('false');
  expect(got.text).not.toContain('<Referer>');
});

test('what is put is read back, and followed', async () => {
  const content =
    '<AllowEmptyReferer>false</AllowEmptyReferer><AllowTruncateQueryString>false</AllowTruncateQueryString>' +
    '<TruncatePath>true</TruncatePath><RefererList><Referer>https://app.example</Referer><Referer>https://*.b</Referer>' +
    '</RefererList><RefererBlacklist><Referer>https://bad.b</Referer></RefererBlacklist>';
  expect((await configure(content)).status).toBe(200);
  const got = await bench.client.send({ query });
  expect(got.text.replaceAll(/\s+</g, '<')).toContain(content);
  await bench.client.send({ method: 'PUT', key: 'k', body: 'x' });
  const read = (referer: string) =>
    bench.client.send({ key: 'k', keys: null, headers: referer === '' ? {} : { referer } });
  expect((await read('https://app.example/page')).status).toBe(200);
  for (const referer of ['', 'https://bad.b/', 'https://other.example/'])
    expect(errorOf(await read(referer))).toBe('403 AccessDenied');
  await configure(
    '<AllowEmptyReferer>true</AllowEmptyReferer><RefererList><Referer/></RefererList>',
  );
  expect((await read('https://other.example/')).status).toBe(200);
});

test.each([
  ['no list', '<AllowEmptyReferer>true</AllowEmptyReferer>'],
  ['no word on empty referers', '<RefererList/>'],
  ['a word that is no boolean', '<AllowEmptyReferer>1</AllowEmptyReferer><RefererList/>'],
])('configurations that are refused: %s', async (_, content) => {
  expect(errorOf(await configure(content))).toBe('400 MalformedXML');
});
