import { expect, test } from 'vitest';
import { PERMANENT_KEYS } from '../../testing/client.ts';
import { useEmulator } from '../../testing/harness.ts';
import { BUCKET, createAliOss } from './client.ts';

const bench = useEmulator();

/** Sends a form as a browser does, the file last. */
async function post(fields: Record<string, string>, content = 'content'): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([content], { type: 'video/mp4' }), 'holiday.mp4');
  return fetch(`${bench.emulator.origin}/${BUCKET}/`, { method: 'POST', body: form });
}

const CONDITIONS = [
  { bucket: BUCKET },
  ['starts-with', '$key', 'films/'],
  ['content-length-range', 1, 10],
];

function inAMinute(): string {
  return new Date(Date.now() + 60_000).toISOString();
}

/** The signed fields of a form, by either version. */
const SIGNED_FIELDS = {
  V1: (): Record<string, string> => {
    const client = createAliOss(bench.emulator, 'V1');
    const policy = { expiration: inAMinute(), conditions: CONDITIONS };
    return { ...client.calculatePostSignature(policy) };
  },
  V4: (): Record<string, string> => {
    const client = createAliOss(bench.emulator, 'V4');
    const now = new Date();
    const timestamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const fields = {
      'x-oss-credential': `${PERMANENT_KEYS.accessKeyId}/${timestamp.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`,
      'x-oss-date': timestamp,
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    };
    const own = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
    const policy = { expiration: inAMinute(), conditions: [...CONDITIONS, ...own] };
    return {
      ...fields,
      policy: Buffer.from(JSON.stringify(policy)).toString('base64'),
      'x-oss-signature': client.signPostObjectPolicyV4(policy, now),
    };
  },
};

test.each(['V1', 'V4'] as const)('a form whose policy was signed by %s', async (version) => {
  const fields = SIGNED_FIELDS[version]();
  const posted = await post({ key: 'films/${filename}', success_action_status: '201', ...fields });
  expect(posted.status).toBe(201);
  expect(await posted.text()).toContain('<Key>films/holiday.mp4</Key>');
  expect(bench.emulator.objects()).toMatchObject([
    { key: 'films/holiday.mp4', size: 7, contentType: 'video/mp4' },
  ]);
});

test.each(['V1', 'V4'] as const)('forms that the policy of %s forbids', async (version) => {
  const fields = SIGNED_FIELDS[version]();
  const elsewhere = await post({ key: 'songs/a', ...fields });
  expect(elsewhere.status).toBe(403);
  expect(await elsewhere.text()).toContain('<Code>AccessDenied</Code>');
  const tooLarge = await post({ key: 'films/a', ...fields }, 'more than ten');
  expect(await tooLarge.text()).toContain('<Code>EntityTooLarge</Code>');
  const forged = { ...fields, [version === 'V1' ? 'Signature' : 'x-oss-signature']: 'x' };
  expect((await post({ key: 'films/a', ...forged })).status).toBe(403);
  expect(bench.emulator.objects()).toEqual([]);
});
