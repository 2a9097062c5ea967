import { expect, test } from 'vitest';
import { resolveEndpoint } from '../oss/endpoint.ts';
import { addressFinding } from './address.ts';

const bucket = 'videos';
const region = 'cn-hangzhou';

test.each([
  [{ endpoint: 'videos.oss-cn-hangzhou.aliyuncs.com' }, undefined],
  [{ endpoint: 'oss-cn-hangzhou.aliyuncs.com', addressing: 'path' }, 'path-addressing'],
  [{ endpoint: 'cn-hangzhou.oss.aliyuncs.com', addressing: 'path' }, 'path-addressing'],
  [{ endpoint: 'oss-cn-hangzhou.aliyuncs.com/folder' }, 'path-in-endpoint'],
  [{ endpoint: 'oss-cn-hangzhou.aliyuncs.com/folder', bucket: 'oss-backup' }, 'path-in-endpoint'],
  [{ endpoint: 'http://oss-cn-hangzhou.aliyuncs.com' }, 'mixed-content'],
  [{}, undefined],
  [{ endpoint: 'oss-accelerate.aliyuncs.com' }, undefined],
  [{ endpoint: 'cn-hangzhou.oss.aliyuncs.com' }, undefined],
  [{ endpoint: 'http://127.0.0.1:9000' }, undefined],
  [{ endpoint: 'http://emulator.localhost:9000', addressing: 'path' }, undefined],
  [{ endpoint: 'https://files.example/upload' }, undefined],
] as const)('%j: %s', (options, id) => {
  const endpoint = resolveEndpoint({ bucket, region, ...options }, undefined);
  expect(addressFinding(endpoint, 'https:')?.id).toBe(id);
});

test.each([
  ['http://files.example/upload', 'https://files.example/upload'],
  ['http://files.example', 'https://files.example'],
])('what is set in place of %s keeps its path', (endpoint, text) => {
  const { base } = resolveEndpoint({ bucket, region, endpoint }, undefined);
  expect(addressFinding({ base }, 'https:')?.fix?.[0]?.text).toBe(`endpoint: "${text}",`);
});
