import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/** An RSA public key. */
export interface RsaPublicKey {
  readonly modulus: bigint;
  readonly exponent: bigint;
  /** Bytes of the modulus, and so of a signature. */
  readonly size: number;
}

/**
 * Whether this is the key's RSASSA-PKCS1-v1_5 signature, with MD5, of the message (RFC 8017, §8.2.2).
 *
 * Written here because WebCrypto knows no MD5. Only public values are handled, so that time tells nothing. The block that
 * a right signature must hold is built whole and compared whole: nothing of the signature is parsed, and so there is no
 * room for shorter padding or bytes behind the digest, which forgeries for small exponents need.
 */
export function verifyRsaMd5(
  message: Uint8Array,
  signature: Uint8Array,
  { modulus, exponent, size }: RsaPublicKey,
): boolean {
  if (signature.length !== size) return false;
  const value = toBigInt(signature);
  if (value >= modulus) return false;
  return power(value, exponent, modulus) === toBigInt(paddedDigest(message, size));
}

/** A positive number from its bytes, the highest first. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytesToHex(bytes)}`);
}

/** DER of DigestInfo for MD5, up to the digest (RFC 8017, §9.2, note 1). */
const DIGEST_INFO = hexToBytes('3020300c06082a864886f70d020505000410');

/** EMSA-PKCS1-v1_5: 00 01 FF … FF 00, then what was hashed by, and the digest. */
function paddedDigest(message: Uint8Array, size: number): Uint8Array {
  const tail = concatBytes(Uint8Array.of(0), DIGEST_INFO, md5(message));
  const block = new Uint8Array(size).fill(0xff);
  block.set([0, 1]);
  block.set(tail, size - tail.length);
  return block;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
