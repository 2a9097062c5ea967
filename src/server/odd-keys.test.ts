import { describe, expect, test } from 'vitest';
import { PERMANENT_KEYS } from '../../emulator/testing/client.ts';
import { useEmulator } from '../../emulator/testing/harness.ts';
import { resolveEndpoint } from '../oss/endpoint.ts';
import { objectUrl } from '../oss/object-url.ts';
import { createForm } from '../post-object/form.ts';
import { createSigner } from './create-signer.ts';
import { createPostPolicy } from './post-policy.ts';
import { presign } from './presign.ts';

const BUCKET = 'partway-demo';
const bench = useEmulator();

/** V1 cannot sign this one as the address of an object; as a field of a form it can. */
const QUESTION = 'a?b=c&d';
const KEYS = [
  'a b',
  ' lead and trail ',
  'a+b',
  'a%20b%2Fc',
  '%',
  '%zz',
  'a\\b',
  'a#b',
  QUESTION,
  "~;&=:@,$!*'()",
  'a|b^c`d{e}[f]',
  '<xml>&amp;"',
  'a//b/',
  '.hidden',
  'a/.../b',
  'tab\there',
  '\u0001\u007f',
  '\uFEFFbom\u2028',
  'é',
  'e\u0301',
  '😀/🎉.png',
  '中'.repeat(341),
];

function place(): { bucket: string; region: string; endpoint: string } {
  return { bucket: BUCKET, region: 'cn-hangzhou', endpoint: bench.emulator.origin };
}

function storedKeys(): string[] {
  return bench.emulator.objects().map(({ key }) => key);
}

describe.each([4, 1] as const)('by V%i', (version) => {
  const addressable = KEYS.filter((key) => version === 4 || key !== QUESTION);

  test.each(addressable)('an address, and signed headers, are for the key %j', async (key) => {
    const signing = { ...place(), credentials: PERMANENT_KEYS, version };
    const { url } = await presign({ ...signing, method: 'PUT', key, expiresIn: 60 });
    expect((await fetch(url, { method: 'PUT', body: new Blob(['x']) })).status).toBe(200);
    expect(storedKeys()).toEqual([key]);
    const head = { method: 'HEAD', bucket: BUCKET, key, query: {}, headers: {} } as const;
    const signer = createSigner({ ...signing, allow: () => true });
    const { headers = {} } = await signer.sign({ ...head, size: 0, fileSize: 0, expiresIn: 60 });
    const address = objectUrl(resolveEndpoint(place(), undefined), key, []);
    expect((await fetch(address, { method: 'HEAD', headers })).status).toBe(200);
  });

  test.each(KEYS)('a form is for the key %j', async (key) => {
    const signing = { ...place(), credentials: PERMANENT_KEYS, version };
    const { url, fields } = await createPostPolicy({ ...signing, key, expiresIn: 60 });
    const rest = { fileName: undefined, contentType: undefined, callbackFields: {} };
    const form = createForm({ file: new File(['x'], 'n.txt'), url, ...rest }, fields);
    expect((await fetch(url, { method: 'POST', body: form.data })).status).toBe(204);
    expect([form.key, ...storedKeys()]).toEqual([key, key]);
  });
});
