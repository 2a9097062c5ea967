import { expect, test } from 'vitest';
import type { TransportResponse } from '../ports.ts';
import { foreignAnswer } from './foreign-answer.ts';

const BASE = 'https://videos.oss-cn-hangzhou.aliyuncs.com';
const PAGE = '<!doctype html><html><body>Not found</body></html>';
const ID = { 'x-oss-request-id': '5C3D9175B6FC201293AD1234' };

test.each<[string, Partial<TransportResponse>, Readonly<Record<string, string>>, string?]>([
  ['an error of OSS', { body: '<Error><Code>NoSuchKey</Code></Error>' }, {}],
  ['nothing at all', { body: '' }, {}],
  ["the page of a bucket's own website", { body: PAGE }, ID],
  ['the page of a web server', { body: PAGE }, {}, 'foreign-answer'],
  ['XML of somebody else', { body: '<rss></rss>' }, {}, 'foreign-answer'],
  ['trouble of a proxy', { status: 502, body: PAGE }, {}],
  ['OSS elsewhere', { url: 'https://a.example.com/', body: '' }, ID, 'redirected'],
])('%s', (_what, changes, headers, id) => {
  const response = {
    status: 404,
    url: `${BASE}/a`,
    body: '',
    header: (name: string) => headers[name],
    digests: undefined,
    ...changes,
  };
  expect(foreignAnswer(BASE, response)?.id).toBe(id);
});
