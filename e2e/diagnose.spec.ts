import { fixOf, found, infos, OPEN, openAt, PERMANENT, test, USER, wrong } from './diagnosing.ts';
import { expect } from './fixtures.ts';
import { BUCKET, type Tab } from './tab.ts';

test.describe('a set-up that works', () => {
  test('gives no error and no warning', async ({ tab, doctor, emulator }) => {
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual([]);
    expect(infos(findings)).toEqual(['not-found-out']);
    expect(found(findings, 'not-found-out').evidence).toContain('CompleteMultipartUpload');
    const operations = emulator.log.map(({ operation }) => operation);
    expect(operations).toContain('AbortMultipartUpload');
    expect(operations).not.toContain('CompleteMultipartUpload');
    expect(emulator.log.every(({ key = '' }) => /^(\.partway-diagnose\/.+)?$/.test(key))).toBe(
      true,
    );
  });

  test('by V1, too', async ({ tab, doctor, emulator }) => {
    await tab.open({ signatureVersion: 1 });
    expect(wrong(await doctor.diagnose(tab))).toEqual([]);
    // V4 writes dates otherwise.
    const dates = emulator.log.flatMap(({ headers }) => headers['x-oss-date'] ?? []);
    expect(dates.length).toBeGreaterThan(4);
    for (const date of dates) expect(date).toMatch(/GMT$/);
  });

  test('also in a bucket that everybody may write', async ({ tab, doctor, emulator }) => {
    emulator.setAcl('public-read-write');
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual([]);
  });

  test('is told of a permanent key', async ({ tab, doctor }) => {
    await doctor.give(tab, PERMANENT);
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['warning: permanent-key']);
  });

  test('under a policy for one prefix, when it is named', async ({ tab, doctor, emulator }) => {
    const resources = [`acs:oss:*:*:${BUCKET}/uploads/*`];
    const statements = [{ effect: 'allow', actions: ['oss:*'], resources }] as const;
    emulator.addUser({ ...USER, statements });
    await doctor.give(tab, USER);
    await tab.open();
    expect(wrong(await doctor.diagnose(tab, 'uploads/'))).toEqual(['warning: permanent-key']);
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: rights', 'warning: permanent-key']);
  });
});

test.describe('the way to the endpoint', () => {
  test('offline', async ({ tab, doctor, context }) => {
    await tab.open();
    await context.setOffline(true);
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: offline']);
    await context.setOffline(false);
  });

  test('refused connections', async ({ tab, doctor, emulator }) => {
    await tab.open();
    await emulator.faults.refuse('until-restored');
    const findings = await doctor.diagnose(tab);
    await emulator.faults.restore();
    expect(wrong(findings)).toEqual(['error: unreachable']);
    expect(found(findings, 'not-found-out').evidence).toContain('rights');
  });

  test('a host that does not exist', async ({ tab, doctor }) => {
    await tab.open({ endpoint: 'http://oss.invalid', addressing: 'virtual-hosted' });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: unreachable']);
  });

  test('an internal endpoint', async ({ tab, doctor }) => {
    await tab.open({ endpoint: 'http://oss-cn-hangzhou-internal.aliyuncs.com' });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: internal-endpoint']);
    expect(fixOf(findings, 'internal-endpoint')).toContain('"oss-cn-hangzhou.aliyuncs.com"');
  });

  test('no answer in time', async ({ tab, doctor, emulator }) => {
    emulator.faults.add({ times: 0, fault: { type: 'stall', at: 'answer' } });
    await tab.open({ timeout: { stall: 1000 } });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: no-answer']);
    expect(fixOf(findings, 'no-answer')).toContain('partSize');
  });

  test('an endpoint that falls silent half-way', async ({ tab, doctor, emulator }) => {
    const match = { operation: 'ListParts' } as const;
    emulator.faults.add({ match, times: 0, fault: { type: 'stall', at: 'answer' } });
    await tab.open({ timeout: { stall: 1000 } });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: no-answer']);
  });

  test('a Content-Security-Policy without the endpoint', async ({
    tab,
    doctor,
    emulator,
    startProxy,
    violations,
  }) => {
    const answer = { 'content-security-policy': "connect-src 'self'" };
    await openAt(tab, await startProxy(process.env['TEST_PAGE'] ?? '', { answer }), emulator);
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: csp-connect']);
    expect(fixOf(findings, 'csp-connect')).toContain(emulator.origin);
    expect(violations.splice(0).join()).toContain('connect-src');
  });

  test('an answer from somebody else', async ({ tab, doctor, emulator }) => {
    emulator.faults.add({ times: 0, fault: { type: 'html', status: 404 } });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: foreign-answer']);
  });

  test('a page in place of the answer to Initiate', async ({ tab, doctor, emulator }) => {
    const match = { operation: 'InitiateMultipartUpload' } as const;
    emulator.faults.add({ match, times: 0, fault: { type: 'html', status: 200 } });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: foreign-answer']);
  });

  test('an endpoint that falls silent once an upload is open', async ({
    tab,
    doctor,
    emulator,
  }) => {
    const match = { operation: 'UploadPart' } as const;
    emulator.faults.add({ match, times: 0, fault: { type: 'stall', at: 'answer' } });
    await tab.open();
    const start = Date.now();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: no-answer']);
    expect(Date.now() - start).toBeLessThan(20_000);
  });

  test('an Initiate that gets no answer', async ({ tab, doctor, emulator }) => {
    const match = { operation: 'InitiateMultipartUpload' } as const;
    emulator.faults.add({ match, times: 0, fault: { type: 'stall', at: 'start' } });
    await tab.open({ timeout: { stall: 1000 } });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: no-answer']);
    expect(found(findings, 'not-found-out').evidence).toContain('lifecycle');
  });

  test('a refusal that is in the catalogue of errors only', async ({ tab, doctor, emulator }) => {
    const match = { operation: 'InitiateMultipartUpload' } as const;
    const fault = { type: 'error', status: 403, code: 'KmsServiceNotEnabled' } as const;
    emulator.faults.add({ match, times: 0, fault });
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: refused']);
    expect(found(findings, 'refused').evidence).toContain('KmsServiceNotEnabled');
  });

  test('an acceleration endpoint that is switched off', async ({ tab, doctor, emulator }) => {
    const fault = { type: 'error', status: 403, code: 'TransferAccelerationDisabled' } as const;
    emulator.faults.add({ times: 0, fault });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: acceleration-off']);
  });

  test.describe('without kept connections, so that the browser does not repeat', () => {
    test.use({ keepAlive: false });

    test('a request that is cut off', async ({ tab, doctor, emulator }) => {
      const match = { operation: 'UploadPart' } as const;
      emulator.faults.add({ match, fault: { type: 'reset' } });
      await tab.open();
      expect(wrong(await doctor.diagnose(tab))).toEqual(['warning: unreadable']);
    });

    test('an Abort that is lost is sent again', async ({ tab, doctor, emulator }) => {
      const match = { operation: 'AbortMultipartUpload' } as const;
      emulator.faults.add({ match, skip: 1, fault: { type: 'reset' } });
      await tab.open();
      expect(wrong(await doctor.diagnose(tab))).toEqual([]);
    });
  });

  test('a service in trouble', async ({ tab, doctor, emulator }) => {
    const fault = { type: 'error', status: 503, code: 'ServiceUnavailable' } as const;
    emulator.faults.add({ times: 0, fault });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['warning: service-trouble']);
  });
});

test.describe('the page', () => {
  /** Lets the test page appear under another address. */
  async function serveAt({ page }: Tab, address: string): Promise<void> {
    await page.route(`${address}**`, async (route) => {
      const url = route
        .request()
        .url()
        .replace(address, process.env['TEST_PAGE'] ?? '');
      await route.fulfill({ response: await route.fetch({ url }) });
    });
  }

  test('over http has no WebCrypto', async ({ tab, doctor }) => {
    await serveAt(tab, 'http://app.example/');
    await openAt(tab, 'http://app.example/', { origin: 'http://files.example' });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: insecure-context']);
    expect(fixOf(findings, 'insecure-context')).toBe('https://app.example');
  });

  test('over https may not send to http', async ({ tab, doctor }) => {
    await serveAt(tab, 'https://app.example/');
    await openAt(tab, 'https://app.example/', { origin: 'http://files.example' });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: mixed-content']);
    expect(fixOf(findings, 'mixed-content')).toContain('"https://files.example"');
  });

  test('may not use IndexedDB', async ({ tab, doctor }) => {
    await tab.page.addInitScript(() => {
      indexedDB.open = () => {
        throw new DOMException('Blocked by the settings.', 'SecurityError');
      };
    });
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: storage-blocked']);
    expect(found(findings, 'storage-blocked').evidence).toContain('SecurityError');
  });

  test('has no room left', async ({ tab, doctor }) => {
    await tab.page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('No room.', 'QuotaExceededError');
      };
    });
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: storage-blocked']);
    expect(found(findings, 'storage-blocked').evidence).toContain('QuotaExceededError');
  });

  test('may not start workers', async ({ tab, doctor, emulator, startProxy, violations }) => {
    const answer = { 'content-security-policy': "worker-src 'none'" };
    await openAt(tab, await startProxy(process.env['TEST_PAGE'] ?? '', { answer }), emulator);
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual([]);
    expect(infos(findings)).toEqual(['worker-blocked', 'not-found-out']);
    expect(found(findings, 'worker-blocked').evidence).toContain("worker-src 'none'");
    expect(violations.splice(0).join()).toContain('worker-src');
  });

  test('may start workers of its own', async ({ tab, doctor, emulator, startProxy }) => {
    const answer = { 'content-security-policy': "worker-src 'self'" };
    await openAt(tab, await startProxy(process.env['TEST_PAGE'] ?? '', { answer }), emulator);
    expect(infos(await doctor.diagnose(tab))).toEqual(['not-found-out']);
  });

  test('may not run WebAssembly', async ({ tab, doctor, emulator, startProxy, violations }) => {
    const answer = { 'content-security-policy': "script-src 'self'; worker-src blob:" };
    await openAt(tab, await startProxy(process.env['TEST_PAGE'] ?? '', { answer }), emulator);
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual([]);
    expect(infos(findings)).toEqual(['wasm-blocked', 'not-found-out']);
    violations.length = 0;
  });
});

test.describe('a proxy on the way', () => {
  test('that shows itself', async ({ tab, doctor, emulator, startProxy }) => {
    const via = { via: '1.1 cache9.cdn.example', 'x-cache': 'MISS' };
    const exposed = [...OPEN.exposeHeaders, 'Via', 'X-Cache'].join(', ');
    const answer = { ...via, 'access-control-expose-headers': exposed };
    const endpoint = await startProxy(emulator.origin, { answer });
    await tab.open({ endpoint });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual([]);
    expect(found(findings, 'cdn').evidence).toContain('via: 1.1 cache9.cdn.example');
  });

  for (const signatureVersion of [4, 1] as const) {
    test(`that adds a header which V${signatureVersion} signs`, async ({
      tab,
      doctor,
      emulator,
      startProxy,
    }) => {
      const request = { 'x-oss-forwarded-by': 'cache9' };
      const endpoint = await startProxy(emulator.origin, { request });
      await tab.open({ endpoint, signatureVersion });
      const findings = await doctor.diagnose(tab);
      expect(wrong(findings)).toEqual(['error: signature-mismatch']);
      expect(found(findings, 'signature-mismatch').title).toContain('x-oss-forwarded-by');
    });
  }

  test('that adds a Content-Type', async ({ tab, doctor, emulator, startProxy }) => {
    const request = { 'content-type': 'text/plain' };
    const endpoint = await startProxy(emulator.origin, { request });
    await tab.open({ endpoint });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['error: signature-mismatch']);
    expect(found(findings, 'signature-mismatch').title).toContain('content-type');
  });

  test('that has CORS of its own, before a bucket that there is not', async ({
    tab,
    doctor,
    emulator,
    startProxy,
  }) => {
    const endpoint = await startProxy(emulator.origin, {
      answer: { 'access-control-allow-origin': '*' },
    });
    await tab.open({ endpoint, bucket: 'no-such-bucket' });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: bucket-missing']);
  });

  test('that redirects', async ({ tab, doctor, emulator, startProxy }) => {
    emulator.setCorsRules([OPEN]);
    const answer = {
      location: `${emulator.origin}/${BUCKET}/other`,
      'access-control-allow-origin': '*',
    };
    const endpoint = await startProxy(emulator.origin, { answer, status: 307 });
    await tab.open({ endpoint });
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: redirected']);
  });

  test('that denies by its own Referer list', async ({ tab, doctor, emulator }) => {
    const message = 'You are denied by bucket referer policy.';
    const fault = { type: 'error', status: 403, code: 'AccessDenied', message } as const;
    emulator.faults.add({ match: { operation: 'ListParts' }, times: 0, fault });
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: referer-whitelist']);
  });
});
