import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPair,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';

/** What of a callback is signed: path and query as sent, and the body. */
export interface SignedCallback {
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  readonly body: string;
}

/** The path is decoded, the query is not (OSS docs, Callback). */
export function callbackStringToSign({ path, query, body }: SignedCallback): string {
  return `${decodePath(path)}${query}\n${body}`;
}

/** Whether the signature, in base64, is that of this callback. */
export function verifyCallback(
  callback: SignedCallback,
  signature: string,
  publicKey: KeyObject | string,
): boolean {
  const verifier = createVerify('RSA-MD5').update(callbackStringToSign(callback));
  return verifier.verify(publicKey, signature, 'base64');
}

/** The emulator's own pair of keys; made when it is first needed, unless it was given. */
export class CallbackKeys {
  readonly #given: KeyObject | undefined;
  #privateKey: Promise<KeyObject> | undefined;

  /** The private key as PEM; an RSA key, or TypeError is thrown. */
  constructor(privateKey?: string) {
    this.#given = privateKey === undefined ? undefined : readPrivateKey(privateKey);
  }

  /** RSA with MD5, in base64. */
  async sign(callback: SignedCallback): Promise<string> {
    const signer = createSign('RSA-MD5').update(callbackStringToSign(callback));
    return signer.sign(await this.#key(), 'base64');
  }

  /** As PEM. */
  async publicKey(): Promise<string> {
    const key = createPublicKey(await this.#key());
    return key.export({ type: 'spki', format: 'pem' }).toString();
  }

  #key(): Promise<KeyObject> {
    this.#privateKey ??= this.#given === undefined ? generateKey() : Promise.resolve(this.#given);
    return this.#privateKey;
  }
}

async function generateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey;
}

function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Told below, like a key of another kind.
  }
  throw new TypeError('callbacks.privateKey: expected an RSA key as PEM');
}

/** A path that is no encoding of anything is signed as it is. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
