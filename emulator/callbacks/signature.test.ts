import { expect, test } from 'vitest';
import { readFixture } from '../testing/fixtures.ts';
import { CallbackKeys, callbackStringToSign, verifyCallback } from './signature.ts';

interface Case {
  id: string;
  path: string;
  queryString: string;
  body: string;
  authorization: string;
  expect: { stringToSign: string; authorization: string };
}

const { real, ownKey } = readFixture('callbacks.json') as {
  real: { publicKeyPem: string; cases: Case[] };
  ownKey: { publicKeyPem: string; privateKeyPem: string; cases: Case[] };
};

test.each(real.cases)('the service’s own signature: $id', (vector) => {
  const callback = { path: vector.path, query: vector.queryString, body: vector.body };
  expect(callbackStringToSign(callback)).toBe(vector.expect.stringToSign);
  expect(verifyCallback(callback, vector.authorization, real.publicKeyPem)).toBe(true);
  const longer = { ...callback, body: `${callback.body} ` };
  expect(verifyCallback(longer, vector.authorization, real.publicKeyPem)).toBe(false);
});

test.each(ownKey.cases)('a given key: $id', async (vector) => {
  const keys = new CallbackKeys(ownKey.privateKeyPem);
  const callback = { path: vector.path, query: vector.queryString, body: vector.body };
  expect(callbackStringToSign(callback)).toBe(vector.expect.stringToSign);
  expect(await keys.sign(callback)).toBe(vector.expect.authorization);
  expect(await keys.publicKey()).toBe(ownKey.publicKeyPem);
});

test('a path that cannot be decoded is signed as it is', () => {
  expect(callbackStringToSign({ path: '/%zz', query: '', body: '' })).toBe('/%zz\n');
});

test('a key that is none', () => {
  expect(() => new CallbackKeys('secret')).toThrow('callbacks.privateKey: expected an RSA key');
});
