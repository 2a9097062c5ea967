import type { IncomingHttpHeaders } from 'node:http';
import type { Emulator } from '../emulator/index.ts';
import { expect, expectStored, MIB, requests, test } from './fixtures.ts';
import { type Site, serve, serveFolder } from './serving.ts';
import { strictPolicyBut } from './setup/strict-policy.ts';

const KEY = 'holiday.mp4';
const FILE = { size: 4 * MIB };

/** Another origin, which lets every page do everything, and says of every part that it has stored it. */
async function serveForeign(): Promise<Site & { readonly seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = [];
  const site = await serve((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', 'PUT, POST, GET, DELETE');
    const asked = request.headers['access-control-request-headers'] ?? '';
    response.setHeader('Access-Control-Allow-Headers', asked);
    response.setHeader('Access-Control-Expose-Headers', 'ETag');
    if (request.method === 'OPTIONS') {
      response.end();
      return;
    }
    seen.push(request.headers);
    request.resume().on('end', () => response.setHeader('ETag', `"${'A'.repeat(32)}"`).end());
  });
  return { ...site, seen };
}

/** Parts are sent elsewhere, so often, 0 for ever. */
function redirectParts(emulator: Emulator, to: string, times: number): void {
  const headers = { Location: to };
  emulator.faults.add({
    match: { operation: 'UploadPart' },
    times,
    fault: { type: 'error', status: 307, code: 'TemporaryRedirect', headers },
  });
}

test('a part that was redirected to another host is not believed to be stored', async ({
  tab,
  emulator,
}) => {
  const foreign = await serveForeign();
  redirectParts(emulator, foreign.url, 2);
  await tab.open({ concurrency: 1, retry: { baseDelay: 50 } });
  expect((await tab.upload({ key: KEY, file: FILE })).result?.verified).toBe('crc64');
  await expectStored(emulator, KEY, FILE);
  const retries = await tab.events(KEY, 'retry');
  expect(retries.map(({ error }) => error.kind)).toEqual(['protocol', 'protocol']);
  const { origin } = new URL(foreign.url);
  expect(retries[0]?.error.message).toContain(`was redirected to ${origin}`);
  // What travelled: no signature, and the rest, as the notes on security say.
  expect(foreign.seen).toHaveLength(2);
  for (const headers of foreign.seen) expect(headers.authorization).toBeUndefined();
  await tab.expectNothingLeft();
  foreign.close();
});

test('parts that are always redirected to another host end the upload with its name', async ({
  tab,
  emulator,
}) => {
  const foreign = await serveForeign();
  redirectParts(emulator, foreign.url, 0);
  await tab.open({ concurrency: 1, retry: { baseDelay: 20 } });
  const { error } = await tab.upload({ key: KEY, file: FILE });
  expect(error).toMatchObject({ kind: 'protocol' });
  expect(error?.message).toContain(new URL(foreign.url).origin);
  expect(error?.advice).toContain('OSS does not redirect uploads');
  expect(requests(emulator, 'CompleteMultipartUpload')).toEqual([]);
  expect(emulator.objects()).toEqual([]);
  foreign.close();
});

test('a policy that names the bucket alone lets nothing travel to another host', async ({
  tab,
  emulator,
  violations,
}) => {
  const foreign = await serveForeign();
  const policy = strictPolicyBut({ 'connect-src': emulator.origin });
  const site = await serveFolder('test-results/site', { page: policy, worker: policy });
  redirectParts(emulator, foreign.url, 2);
  await tab.open({ concurrency: 1, worker: false, retry: { baseDelay: 50 } }, site.url);
  expect((await tab.upload({ key: KEY, file: FILE })).error).toBeUndefined();
  await expectStored(emulator, KEY, FILE);
  expect(foreign.seen).toEqual([]);
  expect(violations.splice(0).join()).toContain('connect-src');
  site.close();
  foreign.close();
});

for (const [what, key] of [
  ['percent signs and an emoji', '100%25 %2e%2e/👍 +&?#;=.bin'],
  ['markup and quotes', `<img src=x onerror="alert('1')">.bin`],
  ['all the length there may be', `${'é'.repeat(509)}.bin`],
] as const) {
  test(`a key with ${what} arrives as it is`, async ({ tab, emulator }) => {
    await tab.open();
    expect((await tab.upload({ key, file: FILE })).error).toBeUndefined();
    await expectStored(emulator, key, FILE);
    await tab.expectNothingLeft();
  });
}
