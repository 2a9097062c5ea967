import { expect, test } from 'vitest';
import { resolveEndpoint } from '../oss/endpoint.ts';
import { addressFinding } from './address.ts';

const bucket = 'videos';
const region = 'cn-hangzhou';

test.each([
  [{ endpoint: 'videos.oss-cn-hangzhou.aliyuncs.com' }, undefined],
  [{ endpoint: 'oss-cn-hangzhou.aliyuncs.com', addressing: 'path' }, 'path-addressing'],
  [{ endpoint: 'oss-cn-hangzhou.aliyuncs.com/folder' }, 'path-in-endpoint'],
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
