import { describe, expect, test } from 'vitest';
import { type EndpointOptions, resolveEndpoint } from './endpoint.ts';
import { objectUrl } from './object-url.ts';

const PAGE = 'https://app.example.com/page?x=1';

function urlOf(options: Partial<EndpointOptions>): string {
  const endpoint = resolveEndpoint({ bucket: 'videos', ...options }, PAGE);
  return objectUrl(endpoint, 'a b/ü+.mp4', [['uploads']]);
}

describe('addresses', () => {
  test.each<[string, Partial<EndpointOptions>, string]>([
    ['a region', { region: 'cn-hangzhou' }, 'https://videos.oss-cn-hangzhou.aliyuncs.com'],
    [
      'a region with its prefix',
      { region: 'oss-cn-hangzhou' },
      'https://videos.oss-cn-hangzhou.aliyuncs.com',
    ],
    [
      'an endpoint',
      { endpoint: 'oss-cn-beijing.aliyuncs.com' },
      'https://videos.oss-cn-beijing.aliyuncs.com',
    ],
    [
      'acceleration',
      { region: 'cn-hangzhou', endpoint: 'https://oss-accelerate.aliyuncs.com/' },
      'https://videos.oss-accelerate.aliyuncs.com',
    ],
    [
      'localhost',
      { region: 'cn-hangzhou', endpoint: 'http://localhost:9000' },
      'http://localhost:9000/videos',
    ],
    [
      'an IP address',
      { region: 'cn-hangzhou', endpoint: 'http://127.0.0.1:9000' },
      'http://127.0.0.1:9000/videos',
    ],
    [
      'localhost, virtual-hosted',
      { region: 'cn-hangzhou', endpoint: 'http://localhost:9000', addressing: 'virtual-hosted' },
      'http://videos.localhost:9000',
    ],
    [
      'a custom domain',
      { region: 'cn-hangzhou', endpoint: 'files.example.com' },
      'https://files.example.com',
    ],
    [
      'a path of the page',
      { region: 'cn-hangzhou', endpoint: '/upload/' },
      'https://app.example.com/upload',
    ],
  ])('for %s', (_name, options, base) => {
    expect(urlOf(options)).toBe(`${base}/a%20b/%C3%BC%2B.mp4?uploads`);
  });

  test.each([
    ['https://videos.oss-cn-beijing.aliyuncs.com/', 'https://videos.oss-cn-beijing.aliyuncs.com'],
    ['videos.cn-beijing.oss.aliyuncs.com', 'https://videos.cn-beijing.oss.aliyuncs.com'],
    [' videos.oss-accelerate.aliyuncs.com ', 'https://videos.oss-accelerate.aliyuncs.com'],
    ['http://127.0.0.1:9000/videos/', 'http://127.0.0.1:9000/videos'],
  ])('name the bucket once, though the endpoint names it: %s', (endpoint, base) => {
    expect(urlOf({ region: 'cn-beijing', endpoint })).toBe(`${base}/a%20b/%C3%BC%2B.mp4?uploads`);
  });

  test('no region is needed where no V4 signature is made', () => {
    const options = { bucket: 'videos', endpoint: 'files.example.com', needsRegion: false };
    expect(resolveEndpoint(options, PAGE)).toMatchObject({ region: '' });
  });

  test('the region is read from the endpoint where that tells it', () => {
    expect(
      resolveEndpoint({ bucket: 'videos', endpoint: 'oss-cn-beijing.aliyuncs.com' }, PAGE).region,
    ).toBe('cn-beijing');
    expect(
      resolveEndpoint({ bucket: 'videos', endpoint: 'oss-cn-beijing-internal.aliyuncs.com' }, PAGE)
        .region,
    ).toBe('cn-beijing');
  });
});

describe('bad options are named', () => {
  test.each<[string, Partial<EndpointOptions>, string]>([
    ['an upper-case bucket', { bucket: 'Videos', region: 'cn-hangzhou' }, 'bucket'],
    ['a bucket that ends in a hyphen', { bucket: 'videos-', region: 'cn-hangzhou' }, 'bucket'],
    ['a short bucket', { bucket: 'vi', region: 'cn-hangzhou' }, 'bucket'],
    ['no region for a domain', { endpoint: 'files.example.com' }, 'region'],
    ['neither region nor endpoint', {}, 'region'],
    ['an unusual region', { region: 'Hangzhou 1' }, 'region'],
    ['the acceleration endpoint as region', { region: 'oss-accelerate' }, 'region'],
    ['that of other countries', { region: 'accelerate-overseas' }, 'region'],
    ...['http://127.0.0.1:9000', 'https://[::1]', '0x7f.1'].map(
      (endpoint) =>
        [
          `a bucket before ${endpoint}`,
          { region: 'cn-hangzhou', endpoint, addressing: 'virtual-hosted' },
          'addressing',
        ] as [string, Partial<EndpointOptions>, string],
    ),
    ['another scheme', { region: 'cn-hangzhou', endpoint: 'ftp://files.example.com' }, 'endpoint'],
    ['a query', { region: 'cn-hangzhou', endpoint: 'https://files.example.com/?a=1' }, 'endpoint'],
    [
      'a password',
      { region: 'cn-hangzhou', endpoint: 'https://me:secret@files.example.com/' },
      'endpoint',
    ],
    [
      'another bucket in the endpoint',
      { endpoint: 'others.oss-cn-beijing.aliyuncs.com' },
      'endpoint',
    ],
    ['no address at all', { region: 'cn-hangzhou', endpoint: 'https://' }, 'endpoint'],
  ])('%s', (_name, options, option) => {
    expect(() => urlOf(options)).toThrow(new RegExp(`\`${option}\``));
    expect(() => urlOf(options)).not.toThrow(/secret/);
  });
});
