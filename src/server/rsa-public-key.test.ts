import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import vectors from './fixtures/callbacks.json' with { type: 'json' };
import { readRsaPublicKey } from './rsa-public-key.ts';

const { real, ownKey } = vectors;

function pemOf(der: Buffer): string {
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
}

const DER = Buffer.from(ownKey.publicKeyPem.replace(/-----.*-----/g, ''), 'base64');

test.each([
  ['the provider’s', real.publicKeyPem, 64],
  ['our own', ownKey.publicKeyPem, 256],
  [
    'one with Windows line ends and blanks around',
    `  ${ownKey.publicKeyPem}`.replaceAll('\n', '\r\n'),
    256,
  ],
])('%s', (_name, pem, size) => {
  const jwk = createPublicKey(pem.trim()).export({ format: 'jwk' });
  expect(readRsaPublicKey(pem)).toEqual({
    modulus: BigInt(`0x${Buffer.from(jwk.n ?? '', 'base64url').toString('hex')}`),
    exponent: 65_537n,
    size,
  });
});

/** The key with these numbers, in hexadecimal. */
function pemWith(modulus: string, exponent: string): string {
  const [n, e] = [modulus, exponent].map((hex) => Buffer.from(hex, 'hex').toString('base64url'));
  const key = createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

function odd(bytes: number): string {
  return 'f1'.repeat(bytes);
}

const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

test.each([
  ['nothing', ''],
  ['a page', '<html>Not found</html>'],
  ['a private key', ownKey.privateKeyPem],
  ['a key of another kind', elliptic.export({ type: 'spki', format: 'pem' }).toString()],
  [
    'an older form',
    createPublicKey(ownKey.publicKeyPem).export({ type: 'pkcs1', format: 'pem' }).toString(),
  ],
  ['two keys', `${ownKey.publicKeyPem}${real.publicKeyPem}`],
  ['no base64', '-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----\n'],
  ['a cut key', pemOf(DER.subarray(0, -1))],
  ['a key with something behind it', pemOf(Buffer.concat([DER, Buffer.of(0)]))],
  ['a key of too few bits', pemWith(odd(63), '010001')],
  ['a key of too many bits', pemWith(odd(1025), '010001')],
  ['a modulus that is even', pemWith(`${odd(63)}f0`, '010001')],
  ['an exponent that is even', pemWith(odd(64), '010000')],
  ['an exponent of 1', pemWith(odd(64), '01')],
  ['a huge exponent', pemWith(odd(64), '0100000001')],
])('%s is no key', (_name, pem) => {
  expect(readRsaPublicKey(pem)).toBeUndefined();
});

test('no change of a single byte makes it throw, and none is cut anywhere', () => {
  for (let position = 0; position < DER.length; position++) {
    expect(readRsaPublicKey(pemOf(DER.subarray(0, position)))).toBeUndefined();
    for (const value of [0, 0x7f, 0x80, 0xff]) {
      const changed = Buffer.from(DER);
      changed[position] = value;
      expect(() => readRsaPublicKey(pemOf(changed))).not.toThrow();
    }
  }
});

test.each([
  ['another algorithm, RSASSA-PSS', 16, 0x01, 0x0a],
  ['bits that do not count', 23, 0x00, 0x01],
])('%s', (_name, position, before, after) => {
  expect(DER[position]).toBe(before);
  const changed = Buffer.from(DER);
  changed[position] = after;
  expect(readRsaPublicKey(pemOf(changed))).toBeUndefined();
});

test('while such a key of sane numbers is one', () => {
  expect(readRsaPublicKey(pemWith(odd(64), '03'))).toMatchObject({ exponent: 3n, size: 64 });
  expect(readRsaPublicKey(pemWith(odd(1024), '010001'))).toMatchObject({ size: 1024 });
});
