import { afterEach, expect, test, vi } from 'vitest';
import { remoteSigner } from './remote-signer.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['{"error":{"code":"NotAllowed","message":"Not yours."}}', '403: Not yours.'],
  ['{"error":{"message":7}}', '403'],
  ['{"error":null}', '403'],
  ['null', '403'],
  ['[]', '403'],
  ['"no"', '403'],
  ['<html></html>', '403'],
  ['', '403'],
])('a refusal is one whatever its body is: %s', async (body, said) => {
  vi.stubGlobal('fetch', async () => new Response(body, { status: 403 }));
  await expect(remoteSigner('https://app.example/sign').signMany([])).rejects.toMatchObject({
    kind: 'credentials',
    code: 'SigningRefused',
    status: 403,
    message: expect.stringContaining(`refused to sign (${said}).`) as unknown,
  });
});
