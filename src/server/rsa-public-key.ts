import { bytesToHex } from '@noble/hashes/utils.js';
import { fromBase64 } from './base64.ts';
import { type RsaPublicKey, toBigInt } from './rsa-md5.ts';

/** The provider's key has 512 bits; above this a verification would take noticeable time. */
const MIN_BITS = 512;
const MAX_BITS = 8192;
const MAX_EXPONENT = 2n ** 32n;

/**
 * Reads a public key in PEM (`BEGIN PUBLIC KEY`: SubjectPublicKeyInfo, RFC 5280, §4.1).
 *
 * Returns nothing for whatever is not exactly one RSA key of 512 to 8,192 bits with a sane exponent.
 */
export function readRsaPublicKey(pem: string): RsaPublicKey | undefined {
  const [, base64 = ''] = PEM.exec(pem) ?? [];
  const der = fromBase64(base64);
  if (der === undefined) return undefined;
  try {
    const outer = new DerReader(der).only(SEQUENCE);
    const info = new DerReader(outer);
    if (bytesToHex(info.next(SEQUENCE)) !== RSA_ENCRYPTION) return undefined;
    const [unusedBits, ...key] = info.only(BIT_STRING);
    if (unusedBits !== 0) return undefined;
    const numbers = new DerReader(new DerReader(Uint8Array.from(key)).only(SEQUENCE));
    const modulus = toBigInt(numbers.next(INTEGER));
    const exponent = toBigInt(numbers.only(INTEGER));
    return checkKey(modulus, exponent);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

const PEM = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z\d+/=\s]+)-----END PUBLIC KEY-----\s*$/;

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const SEQUENCE = 0x30;
/** The object identifier 1.2.840.113549.1.1.1, and NULL. */
const RSA_ENCRYPTION = '06092a864886f70d0101010500';

function checkKey(modulus: bigint, exponent: bigint): RsaPublicKey | undefined {
  const bits = modulus.toString(2).length;
  const isFit =
    bits >= MIN_BITS &&
    bits <= MAX_BITS &&
    (modulus & 1n) === 1n &&
    exponent >= 3n &&
    exponent < MAX_EXPONENT &&
    (exponent & 1n) === 1n;
  return isFit ? { modulus, exponent, size: Math.ceil(bits / 8) } : undefined;
}

class DerError extends Error {
  override readonly name = 'DerError';
}

/** Reads elements of DER one after the other. */
class DerReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The content of the next element, which must be of that type. Throws DerError. */
  next(tag: number): Uint8Array {
    if (this.#byte() !== tag) throw new DerError('Another type was expected.');
    const length = this.#length();
    const end = this.#position + length;
    if (length === 0 || end > this.#bytes.length) throw new DerError('The element is cut off.');
    const content = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return content;
  }

  /** The same for an element with nothing behind it. */
  only(tag: number): Uint8Array {
    const content = this.next(tag);
    if (this.#position === this.#bytes.length) return content;
    throw new DerError('There is something behind the element.');
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    if (first !== 0x81 && first !== 0x82) throw new DerError('The length is not readable.');
    const high = first === 0x82 ? this.#byte() : 0;
    return high * 256 + this.#byte();
  }

  #byte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw new DerError('The element is cut off.');
    this.#position += 1;
    return byte;
  }
}
