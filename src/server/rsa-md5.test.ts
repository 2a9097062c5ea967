import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  sign,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import vectors from './fixtures/callbacks.json' with { type: 'json' };
import { type RsaPublicKey, toBigInt, verifyRsaMd5 } from './rsa-md5.ts';
import { readRsaPublicKey } from './rsa-public-key.ts';

const { real, ownKey } = vectors;
const OWN = createPrivateKey(ownKey.privateKeyPem);
const MESSAGE = Buffer.from('/cb\nbucket=videos');
const MD5_INFO = Buffer.from('3020300c06082a864886f70d020505000410', 'hex');

function keyOf(pem: string): RsaPublicKey {
  const key = readRsaPublicKey(pem);
  if (key === undefined) throw new Error('The key is not readable.');
  return key;
}

const OWN_PUBLIC = keyOf(ownKey.publicKeyPem);

const CASES = [
  ...real.cases.map(
    ({ id, authorization, expect: { stringToSign } }) =>
      [id, keyOf(real.publicKeyPem), stringToSign, authorization] as const,
  ),
  ...ownKey.cases.map(
    ({ id, expect: { stringToSign, authorization } }) =>
      [id, OWN_PUBLIC, stringToSign, authorization] as const,
  ),
];

describe('the published and own vectors', () => {
  test.each(CASES)('%s', (_id, key, stringToSign, authorization) => {
    const message = Buffer.from(stringToSign);
    const signature = Buffer.from(authorization, 'base64');
    expect(verifyRsaMd5(message, signature, key)).toBe(true);
    expect(verifyRsaMd5(Buffer.from(`${stringToSign} `), signature, key)).toBe(false);
    for (const position of [0, signature.length >> 1, signature.length - 1]) {
      const changed = Buffer.from(signature);
      changed[position] = (changed[position] ?? 0) ^ 1;
      expect(verifyRsaMd5(message, changed, key)).toBe(false);
    }
  });
});

test.each([512, 1024, 1031, 2048, 3072])('a key of %d bits, as OpenSSL signs', (modulusLength) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  const key = keyOf(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const signature = sign('RSA-MD5', MESSAGE, privateKey);
  expect(verifyRsaMd5(MESSAGE, signature, key)).toBe(true);
  expect(verifyRsaMd5(MESSAGE, signature, OWN_PUBLIC)).toBe(false);
  for (const algorithm of ['RSA-SHA1', 'RSA-SHA256']) {
    if (modulusLength < 700) continue;
    expect(verifyRsaMd5(MESSAGE, sign(algorithm, MESSAGE, privateKey), key)).toBe(false);
  }
});

/** The signature whose block is exactly this: what a signer would have to be tricked into, or a forger compute. */
function signBlock(block: Buffer, key: KeyObject = OWN): Buffer {
  return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, block);
}

/** A block of 256 bytes with the digest of the message, with every piece open to change. */
function blockWith({
  start = [0, 1],
  padding = 256 - 3 - MD5_INFO.length - 16,
  fill = 0xff,
  separator = [0],
  info = MD5_INFO,
  digest = createHash('md5').update(MESSAGE).digest(),
  garbage = 0,
}): Buffer {
  const pieces = [Buffer.from(start), Buffer.alloc(padding, fill), Buffer.from(separator)];
  return Buffer.concat([...pieces, info, digest, Buffer.alloc(garbage, 0x5a)]);
}

const FULL = 256 - 3 - MD5_INFO.length - 16;
const WITHOUT_NULL = Buffer.from('301e300a06082a864886f70d02050410', 'hex');
const SHA1_INFO = Buffer.from('3021300906052b0e03021a05000414', 'hex');

describe('a block that is not exactly the right one', () => {
  test('while the right one is taken', () => {
    expect(verifyRsaMd5(MESSAGE, signBlock(blockWith({})), OWN_PUBLIC)).toBe(true);
  });

  test.each([
    ['of type 2', blockWith({ start: [0, 2] })],
    ['of type 0', blockWith({ start: [0, 0], fill: 0 })],
    ['that begins otherwise', blockWith({ start: [1, 1] })],
    ['with other padding', blockWith({ fill: 0xfe })],
    ['without its separator', blockWith({ separator: [0xff] })],
    ['with bytes behind the digest', blockWith({ padding: 8, garbage: FULL - 8 })],
    ['with one byte behind the digest', blockWith({ padding: FULL - 1, garbage: 1 })],
    ['without padding', blockWith({ padding: 0, garbage: FULL })],
    ['without the NULL', blockWith({ info: WITHOUT_NULL, padding: FULL + 2 })],
    [
      'of another algorithm',
      blockWith({
        info: SHA1_INFO,
        digest: createHash('sha1').update(MESSAGE).digest(),
        padding: 256 - 3 - SHA1_INFO.length - 20,
      }),
    ],
    ['of another digest', blockWith({ digest: Buffer.alloc(16, 7) })],
    ['with the bare digest', blockWith({ info: Buffer.alloc(0), padding: FULL + 18 })],
  ])('%s', (_name, block) => {
    expect(block).toHaveLength(256);
    const isBelowModulus = toBigInt(block) < OWN_PUBLIC.modulus;
    expect(isBelowModulus).toBe(true);
    expect(verifyRsaMd5(MESSAGE, signBlock(block), OWN_PUBLIC)).toBe(false);
  });

  test('forged without any private key, for the exponent 3', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    const key = keyOf(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    const wanted = blockWith({ padding: 8, garbage: FULL - 8 });
    const forged = toBytes(cubeRoot(toBigInt(wanted)) + 1n, 256);
    const block = toBytes(toBigInt(forged) ** 3n, 256);
    const lax = 2 + 8 + 1 + MD5_INFO.length + 16;
    // Who only reads the block from its beginning would take it: it is right up to the digest, and the rest is garbage.
    expect(block.subarray(0, lax).equals(wanted.subarray(0, lax))).toBe(true);
    expect(verifyRsaMd5(MESSAGE, forged, key)).toBe(false);
  });
});

test('a number that is the same by the modulus', () => {
  const messages = Array.from({ length: 50 }, (_, index) => Buffer.from(`message ${index}`));
  const room = (1n << 2048n) - OWN_PUBLIC.modulus;
  const message = messages.find((each) => toBigInt(sign('RSA-MD5', each, OWN)) < room);
  if (message === undefined) throw new Error('No signature is small enough.');
  const signature = sign('RSA-MD5', message, OWN);
  const wrapped = toBytes(toBigInt(signature) + OWN_PUBLIC.modulus, 256);
  expect(verifyRsaMd5(message, signature, OWN_PUBLIC)).toBe(true);
  expect(verifyRsaMd5(message, wrapped, OWN_PUBLIC)).toBe(false);
});

test('a longer and a shorter signature, and numbers that stay as they are', () => {
  const signature = sign('RSA-MD5', MESSAGE, OWN);
  const one = Buffer.from('1'.padStart(512, '0'), 'hex');
  for (const other of [
    Buffer.concat([Buffer.of(0), signature]),
    Buffer.concat([signature, Buffer.of(0)]),
    signature.subarray(1),
    Buffer.alloc(0),
    Buffer.alloc(256),
    Buffer.alloc(256, 0xff),
    one,
  ]) {
    expect(verifyRsaMd5(MESSAGE, other, OWN_PUBLIC)).toBe(false);
  }
});

test('a verification takes a few milliseconds', () => {
  const signature = sign('RSA-MD5', MESSAGE, OWN);
  const times = Array.from({ length: 21 }, () => {
    const start = performance.now();
    verifyRsaMd5(MESSAGE, signature, OWN_PUBLIC);
    return performance.now() - start;
  }).toSorted((a, b) => a - b);
  expect(times[10]).toBeLessThan(20);
});

function toBytes(value: bigint, size: number): Buffer {
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex');
}

function cubeRoot(value: bigint): bigint {
  let low = 0n;
  let high = 1n << 700n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** 3n <= value) low = middle;
    else high = middle - 1n;
  }
  return low;
}
