import { expect, test } from 'vitest';
import { UploadError } from '../errors.ts';
import { resolveEndpoint } from '../oss/endpoint.ts';
import { systemClock } from '../platform/system-clock.ts';
import { Report } from './finding.ts';
import { Prober } from './prober.ts';
import { addressRefusal } from './refusals.ts';

const endpoint = resolveEndpoint({ bucket: 'videos', region: 'cn-hangzhou' }, undefined);

function examination(): Parameters<typeof addressRefusal>[0] {
  const door = {
    endpoints: [endpoint],
    credentials: undefined,
    timeout: 1000,
    clock: systemClock,
    transport: { send: () => Promise.reject(new Error('Nothing is sent.')) },
    connectivity: { probe: () => Promise.resolve(true), onOnline: () => () => undefined },
  } as const;
  return { report: new Report(), prober: new Prober(door, 'k') };
}

test.each([
  ['oss-cn-beijing.aliyuncs.com', 'oss-cn-beijing.aliyuncs.com', 'cn-beijing'],
  ['videos.oss-cn-beijing.aliyuncs.com', 'oss-cn-beijing.aliyuncs.com', 'cn-beijing'],
  ['oss-cn-beijing-internal.aliyuncs.com', 'oss-cn-beijing.aliyuncs.com', 'cn-beijing'],
  ['cn-beijing.oss.aliyuncs.com', 'cn-beijing.oss.aliyuncs.com', 'cn-beijing'],
  ['oss-accelerate.aliyuncs.com', 'oss-accelerate.aliyuncs.com', undefined],
])('what is to be set where OSS names %s', (host, expected, region) => {
  const error = new UploadError('service', '', {
    code: 'AccessDenied',
    status: 403,
    serviceMessage: 'The bucket must be addressed using the specified endpoint.',
    namedEndpoint: { bucket: 'videos', host },
  });
  const finding = addressRefusal(examination(), error);
  const lines = [`endpoint: "${expected}",`, ...(region ? [`region: "${region}",`] : [])];
  expect(finding?.fix?.[0]?.text).toBe(lines.join('\n'));
  expect(finding?.severity).toBe(host.includes('-internal') ? 'error' : 'warning');
});
