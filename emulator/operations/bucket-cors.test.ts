import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { element, type Reply } from '../testing/client.ts';
import { errorOf, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();

function configure(rules: string, headers: Record<string, string> = {}): Promise<Reply> {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<CORSConfiguration>${rules}</CORSConfiguration>`;
  return bench.client.send({ method: 'PUT', query: { cors: null }, body, headers });
}

function rule(content: string, origin = 'https://app.example', method = 'PUT'): string {
  return `<CORSRule><AllowedOrigin>${origin}</AllowedOrigin><AllowedMethod>${method}</AllowedMethod>${content}</CORSRule>`;
}

const WHOLE = `<CORSRule>
  <AllowedOrigin>https://app.example</AllowedOrigin>
  <AllowedOrigin>http://*.example:8080</AllowedOrigin>
  <AllowedMethod>PUT</AllowedMethod>
  <AllowedMethod>GET</AllowedMethod>
  <AllowedHeader>x-oss-*</AllowedHeader>
  <ExposeHeader>ETag</ExposeHeader>
  <ExposeHeader>x-oss-request-id</ExposeHeader>
  <MaxAgeSeconds>60</MaxAgeSeconds>
</CORSRule>`;

test('rules are replaced, read back, and followed', async () => {
  expect((await configure(`${WHOLE}<ResponseVary>true</ResponseVary>`)).status).toBe(200);
  const got = await bench.client.send({ query: { cors: null } });
  expect(got.text.replaceAll(/\s+</g, '<')).toContain(
    `${WHOLE.replaceAll(/\s+</g, '<')}<ResponseVary>true</ResponseVary>`,
  );
  const call = { method: 'OPTIONS', key: 'k', keys: null };
  const preflight = {
    origin: 'http://a.example:8080',
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'x-oss-date',
  };
  const reply = await bench.client.send({ ...call, headers: preflight });
  expect(reply.headers).toMatchObject({
    'access-control-allow-origin': 'http://a.example:8080',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'x-oss-date',
    'access-control-expose-headers': 'ETag, x-oss-request-id',
    'access-control-max-age': '60',
    vary: 'Origin',
  });
  const refused = { ...preflight, origin: 'http://127.0.0.1:80' };
  expect(errorOf(await bench.client.send({ ...call, headers: refused }))).toBe(
    '403 AccessForbidden',
  );
  const failed = await bench.client.send({
    key: 'none',
    headers: { origin: 'https://app.example' },
  });
  expect([
    failed.status,
    failed.headers['access-control-allow-origin'],
    failed.headers.vary,
  ]).toEqual([404, 'https://app.example', 'Origin']);
  await configure(rule(''));
  expect((await bench.client.send({ key: 'none' })).headers.vary).toBeUndefined();
});

test('rules are deleted, and there are none then', async () => {
  expect((await bench.client.send({ method: 'DELETE', query: { cors: null } })).status).toBe(204);
  expect((await bench.client.send({ method: 'DELETE', query: { cors: null } })).status).toBe(204);
  const reply = await bench.client.send({ query: { cors: null } });
  expect(errorOf(reply)).toBe('404 NoSuchCORSConfiguration');
  expect(element(reply.text, 'BucketName')).toBe('partway-demo');
});

test.each([
  ['two stars in an origin', rule('', 'http://*.*'), 'InvalidArgument'],
  ['another method', rule('', '*', 'PATCH'), 'InvalidArgument'],
  ['two stars in a header', rule('<AllowedHeader>*x*</AllowedHeader>'), 'InvalidArgument'],
  ['a star to expose', rule('<ExposeHeader>x-oss-*</ExposeHeader>'), 'InvalidArgument'],
  ['no origin', '<CORSRule><AllowedMethod>PUT</AllowedMethod></CORSRule>', 'InvalidArgument'],
  ['a negative age', rule('<MaxAgeSeconds>-1</MaxAgeSeconds>'), 'MalformedXML'],
  [
    'two ages',
    rule('<MaxAgeSeconds>1</MaxAgeSeconds><MaxAgeSeconds>1</MaxAgeSeconds>'),
    'MalformedXML',
  ],
  ['a nested origin', rule('', '<b>*</b>'), 'MalformedXML'],
  ['no rule', '', 'MalformedXML'],
  ['a vary that is no boolean', `${rule('')}<ResponseVary>yes</ResponseVary>`, 'MalformedXML'],
  ['more than 16 KB', `${rule('')}${' '.repeat(16_384)}`, 'MalformedXML'],
  ['eleven rules', rule('').repeat(11), 'CORSRuleBeyondLimit'],
])('rules that are refused: %s', async (_, rules, code) => {
  const reply = await configure(rules);
  expect(errorOf(reply)).toBe(`400 ${code}`);
  const got = await bench.client.send({ query: { cors: null } });
  expect(element(got.text, 'AllowedOrigin')).toBe('http://127.0.0.1:*');
});

test('ten rules are let through, and the limit can be moved', async () => {
  expect((await configure(rule('').repeat(10))).status).toBe(200);
  bench.emulator.setLimits({ maxCorsRules: 20 });
  expect((await configure(rule('').repeat(20))).status).toBe(200);
});

test('another root, and no XML at all', async () => {
  const query = { cors: null };
  for (const body of ['<Cors/>', 'no XML', ''])
    expect(errorOf(await bench.client.send({ method: 'PUT', query, body }))).toBe(
      '400 MalformedXML',
    );
});

test('the digest of the document is checked', async () => {
  const body = `<CORSConfiguration>${rule('')}</CORSConfiguration>`;
  const digest = (text: string) => createHash('md5').update(text).digest('base64');
  const send = (md5: string) =>
    bench.client.send({
      method: 'PUT',
      query: { cors: null },
      body,
      headers: { 'content-md5': md5 },
    });
  expect(errorOf(await send(digest('another')))).toBe('400 InvalidDigest');
  expect((await send(digest(body))).status).toBe(200);
});
