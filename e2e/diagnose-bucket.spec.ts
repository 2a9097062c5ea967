import { type CorsRule, createEmulator, type Emulator } from '../emulator/index.ts';
import type { Finding } from '../src/diagnose/index.ts';
import { type Doctor, fixOf, found, OPEN, test, wrong } from './diagnosing.ts';
import { expect } from './fixtures.ts';
import { BUCKET, Tab } from './tab.ts';

test.describe('CORS', () => {
  async function diagnoseWith(
    { tab, doctor, emulator }: { tab: Tab; doctor: Doctor; emulator: Emulator },
    rules: readonly CorsRule[],
  ): Promise<Finding[]> {
    emulator.setCorsRules(rules);
    await tab.open();
    return await doctor.diagnose(tab);
  }

  test('no rule at all', async ({ tab, doctor, emulator }) => {
    const findings = await diagnoseWith({ tab, doctor, emulator }, []);
    expect(wrong(findings)).toEqual(['error: cors-origin']);
    const origin = new URL(process.env['TEST_PAGE'] ?? '').origin;
    expect(fixOf(findings, 'cors-origin')).toContain(`<AllowedOrigin>${origin}</AllowedOrigin>`);
    expect(fixOf(findings, 'cors-origin')).toContain(`Source: ${origin}`);
  });

  test('a rule for another origin', async ({ tab, doctor, emulator }) => {
    const rules = [{ ...OPEN, allowedOrigins: ['https://app.example'] }];
    const findings = await diagnoseWith({ tab, doctor, emulator }, rules);
    expect(wrong(findings)).toEqual(['error: cors-origin']);
  });

  const methods = [
    ['PUT', 'error'],
    ['POST', 'error'],
    ['GET', 'warning'],
    ['HEAD', 'warning'],
    ['DELETE', 'warning'],
  ] as const;
  for (const [method, severity] of methods) {
    test(`${method} not allowed`, async ({ tab, doctor, emulator }) => {
      const allowedMethods = OPEN.allowedMethods.filter((each) => each !== method);
      const findings = await diagnoseWith({ tab, doctor, emulator }, [{ ...OPEN, allowedMethods }]);
      expect(wrong(findings)).toEqual([`${severity}: cors-method`]);
      expect(found(findings, 'cors-method').title).toMatch(new RegExp(` allow ${method}$`));
    });
  }

  test('several methods not allowed', async ({ tab, doctor, emulator }) => {
    const rules = [{ ...OPEN, allowedMethods: ['GET', 'HEAD'] }];
    const findings = await diagnoseWith({ tab, doctor, emulator }, rules);
    expect(wrong(findings)).toEqual(['error: cors-method']);
    expect(found(findings, 'cors-method').title).toContain('POST, PUT, DELETE');
  });

  const headers = [
    'authorization',
    'content-type',
    'x-oss-content-sha256',
    'x-oss-date',
    'x-oss-security-token',
  ];
  for (const missing of headers) {
    test(`${missing} not allowed`, async ({ tab, doctor, emulator }) => {
      const allowedHeaders = headers.filter((name) => name !== missing);
      const findings = await diagnoseWith({ tab, doctor, emulator }, [{ ...OPEN, allowedHeaders }]);
      expect(wrong(findings)).toEqual(['error: cors-headers']);
      expect(found(findings, 'cors-headers').title).toContain(`headers ${missing}`);
    });
  }

  test('no header allowed', async ({ tab, doctor, emulator }) => {
    const findings = await diagnoseWith({ tab, doctor, emulator }, [
      { ...OPEN, allowedHeaders: [] },
    ]);
    expect(wrong(findings)).toEqual(['error: cors-headers']);
    expect(found(findings, 'cors-headers').title).toContain(headers.join(', '));
  });

  test('V1 has one header less', async ({ tab, doctor, emulator }) => {
    const allowedHeaders = headers.filter((name) => name !== 'x-oss-content-sha256');
    emulator.setCorsRules([{ ...OPEN, allowedHeaders }]);
    await tab.open({ signatureVersion: 1 });
    expect(wrong(await doctor.diagnose(tab))).toEqual([]);
    emulator.setCorsRules([{ ...OPEN, allowedHeaders: ['content-type'] }]);
    const { title } = found(await doctor.diagnose(tab), 'cors-headers');
    expect(title).toMatch(/authorization, x-oss-date, x-oss-security-token$/);
  });

  test('headers allowed by two rules', async ({ tab, doctor, emulator }) => {
    const rules = [
      { ...OPEN, allowedHeaders: ['authorization', 'content-type'] },
      { ...OPEN, allowedHeaders: ['x-oss-*'] },
    ];
    const findings = await diagnoseWith({ tab, doctor, emulator }, rules);
    expect(wrong(findings)).toEqual(['error: cors-headers']);
    expect(found(findings, 'cors-headers').title).toContain('No single CORS rule');
  });

  test('ETag not exposed', async ({ tab, doctor, emulator }) => {
    const exposeHeaders = ['Date', 'x-oss-request-id', 'x-oss-err'];
    const findings = await diagnoseWith({ tab, doctor, emulator }, [{ ...OPEN, exposeHeaders }]);
    expect(wrong(findings)).toEqual(['warning: cors-expose']);
    expect(found(findings, 'cors-expose').title).toMatch(/expose ETag$/);
  });

  test('nothing but ETag exposed', async ({ tab, doctor, emulator }) => {
    const rules = [{ ...OPEN, exposeHeaders: ['ETag'] }];
    const findings = await diagnoseWith({ tab, doctor, emulator }, rules);
    expect(wrong(findings)).toEqual([]);
    expect(found(findings, 'cors-expose').title).toContain('Date, x-oss-request-id, x-oss-err');
  });
});

test.describe('the address of the bucket', () => {
  test('the bucket inside the endpoint is left out by itself', async ({
    tab,
    doctor,
    emulator,
  }) => {
    await tab.open({ endpoint: `${emulator.origin}/${BUCKET}` });
    expect(wrong(await doctor.diagnose(tab))).toEqual([]);
  });

  test('a website in the bucket, with a page for what is not there', async ({
    tab,
    doctor,
    emulator,
  }) => {
    const match = { operation: 'GetObject' } as const;
    emulator.faults.add({ match, times: 0, fault: { type: 'html', status: 404 } });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual([]);
  });

  test('the bucket in the path at the service', async ({ tab, doctor }) => {
    await tab.open({ endpoint: 'oss-cn-hangzhou.aliyuncs.com', addressing: 'path' });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: path-addressing']);
  });

  test('a path in the endpoint', async ({ tab, doctor }) => {
    await tab.open({ endpoint: 'oss-cn-hangzhou.aliyuncs.com/videos' });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: path-in-endpoint']);
  });

  test('another region than that of the bucket', async ({ tab, doctor, emulator }) => {
    await tab.open({ region: 'cn-beijing' });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: wrong-region']);
    expect(fixOf(findings, 'wrong-region')).toBe(`region: "${emulator.region}",`);
  });

  test('the endpoint of another region', async ({ page, doctor }) => {
    const emulator = await createEmulator({
      addressing: {
        endpoints: {
          'oss-cn-beijing.localhost': 'cn-beijing',
          'oss-cn-hangzhou.localhost': 'cn-hangzhou',
        },
      },
    });
    const tab = new Tab(page, emulator);
    const { port } = new URL(emulator.origin);
    await doctor.give(tab, emulator.issueCredentials());
    const endpoint = `http://oss-cn-beijing.localhost:${port}`;
    await tab.open({ endpoint, region: 'cn-beijing', addressing: 'virtual-hosted' });
    const findings = await doctor.diagnose(tab);
    await emulator.close();
    expect(wrong(findings)).toEqual(['error: wrong-endpoint']);
    expect(fixOf(findings, 'wrong-endpoint')).toContain(`"oss-cn-hangzhou.localhost:${port}"`);
    expect(fixOf(findings, 'wrong-endpoint')).toContain('region: "cn-hangzhou"');
  });

  test('a bucket that there is not looks like a missing rule', async ({ tab, doctor }) => {
    await tab.open({ bucket: 'no-such-bucket' });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: cors-origin']);
    expect(found(findings, 'cors-origin').advice).toContain('NoSuchBucket');
  });
});

test.describe('the Referer policy', () => {
  test('does not know this page', async ({ tab, doctor, emulator }) => {
    emulator.setReferer({ refererList: ['https://app.example'], allowEmptyReferer: false });
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: referer-whitelist']);
    expect(found(findings, 'referer-whitelist').advice).toContain('Authorization');
    const origin = new URL(process.env['TEST_PAGE'] ?? '').origin;
    expect(fixOf(findings, 'referer-whitelist')).toBe(`${origin}/*`);
  });

  test('wants a Referer, and this page sends none', async ({ tab, doctor, emulator }) => {
    const { origin } = new URL(process.env['TEST_PAGE'] ?? '');
    emulator.setReferer({ refererList: [origin], allowEmptyReferer: false });
    await tab.open();
    await tab.page.evaluate(() => {
      const meta = document.createElement('meta');
      Object.assign(meta, { name: 'referrer', content: 'no-referrer' });
      document.head.append(meta);
    });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: referer-blank']);
    expect(fixOf(findings, 'referer-blank')).toContain('<meta name="referrer"');
  });
});
