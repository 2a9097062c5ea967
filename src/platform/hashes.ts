import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createCRC64, createMD5, type IHasher } from 'hash-wasm';
import { Crc64 } from '../oss/crc64.ts';
import type { HashAlgorithm } from '../ports.ts';

/** Computes one digest of bytes that come piece by piece. */
export interface Hash {
  update(bytes: Uint8Array): void;
  /** As `Digests` writes it. */
  digest(): string;
  /** Hands it back, for the next one who needs such a hash. */
  release(): void;
}

/**
 * A fresh hash: by WebAssembly, or by plain code where that is not allowed (`script-src` without `'wasm-unsafe-eval'`)
 * or not there.
 */
export async function borrowHash(algorithm: HashAlgorithm): Promise<Hash> {
  const instance = await borrowInstance(algorithm);
  if (instance === undefined) return createPlain[algorithm]();
  instance.init();
  return {
    update: (bytes) => void instance.update(bytes),
    digest: () => writeDigest[algorithm](instance.digest('hex')),
    release: () => void idle[algorithm].push(instance),
  };
}

// Each instance reserves address space of which browsers have little: as many are made as work at the same time.
const idle: Readonly<Record<HashAlgorithm, IHasher[]>> = { crc64: [], md5: [] };
let isWebAssemblyRefused = false;

async function borrowInstance(algorithm: HashAlgorithm): Promise<IHasher | undefined> {
  const instance = idle[algorithm].pop();
  if (instance !== undefined || isWebAssemblyRefused) return instance;
  try {
    return await createInstance[algorithm]();
  } catch {
    isWebAssemblyRefused = true;
    return undefined;
  }
}

const createInstance: Readonly<Record<HashAlgorithm, () => Promise<IHasher>>> = {
  crc64: () => createCRC64(),
  md5: () => createMD5(),
};

const writeDigest: Readonly<Record<HashAlgorithm, (hex: string) => string>> = {
  crc64: (hex) => String(BigInt(`0x${hex}`)),
  md5: (hex) => hex.toUpperCase(),
};

const createPlain: Readonly<Record<HashAlgorithm, () => Hash>> = {
  crc64() {
    const crc64 = new Crc64();
    return {
      update: (bytes) => crc64.update(bytes),
      digest: () => crc64.digest(),
      release: () => undefined,
    };
  },
  md5() {
    const hash = md5.create();
    return {
      update: (bytes) => void hash.update(bytes),
      digest: () => writeDigest.md5(bytesToHex(hash.digest())),
      release: () => undefined,
    };
  },
};
