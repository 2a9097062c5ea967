import { describe, expect, test } from 'vitest';
import { switchedEndpoint } from './switched-endpoint.ts';

const current = {
  bucket: 'videos',
  region: 'cn-hangzhou',
  base: 'https://videos.oss-cn-hangzhou.aliyuncs.com',
};

describe('the endpoint that an answer names', () => {
  test.each([
    ['oss-cn-beijing.aliyuncs.com', 'cn-beijing', 'oss-cn-beijing.aliyuncs.com'],
    ['videos.oss-cn-beijing.aliyuncs.com', 'cn-beijing', 'oss-cn-beijing.aliyuncs.com'],
    ['oss-accelerate.aliyuncs.com', 'cn-hangzhou', 'oss-accelerate.aliyuncs.com'],
    ['cn-hangzhou.oss.aliyuncs.com', 'cn-hangzhou', 'cn-hangzhou.oss.aliyuncs.com'],
  ])('is where the bucket is from now on: %s', (named, region, host) => {
    expect(switchedEndpoint(current, { bucket: undefined, host: named })).toEqual({
      bucket: 'videos',
      region,
      base: `https://videos.${host}`,
    });
  });

  test.each([
    ['another bucket', { bucket: 'films', host: 'oss-cn-beijing.aliyuncs.com' }],
    ["another bucket's host", { bucket: undefined, host: 'films.oss-cn-beijing.aliyuncs.com' }],
    ['a stranger', { bucket: 'videos', host: 'oss-cn-beijing.aliyuncs.com.example.com' }],
    ['an internal host', { bucket: 'videos', host: 'oss-cn-beijing-internal.aliyuncs.com' }],
    ['another service', { bucket: 'videos', host: 'sts.aliyuncs.com' }],
  ])('is not gone to when it is %s', (_what, named) => {
    expect(switchedEndpoint(current, named)).toBeUndefined();
  });

  test('is not gone to from elsewhere', () => {
    const own = { ...current, base: 'https://files.example.com' };
    expect(
      switchedEndpoint(own, { bucket: 'videos', host: 'oss-cn-beijing.aliyuncs.com' }),
    ).toBeUndefined();
  });
});
