import { createHmac, randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Requester } from '../rights/requester.ts';
import { isSameSecret } from './compare-signatures.ts';

/** What a security token says. */
export interface Session {
  readonly requester: Requester & { readonly accessKeyId: string };
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

interface Payload extends Session {
  readonly issuer: string;
  readonly generation: number;
}

/**
 * Writes and reads security tokens, which hold all that has to be known of a session. So credentials outlive a restart,
 * as long as the secret is the same.
 */
export class SessionTokens {
  readonly #secret: string;
  readonly #issuer = randomUUID();
  #generation = 0;

  constructor(secret: string) {
    this.#secret = secret;
  }

  write(session: Session): string {
    const payload: Payload = { ...session, issuer: this.#issuer, generation: this.#generation };
    const text = deflateRawSync(JSON.stringify(payload)).toString('base64');
    return `CAIS${this.#sign(text)}${text}`;
  }

  /** Undefined for a token that was not written with this secret. A revoked one has expired. */
  read(token: string): Session | undefined {
    const [, signature = '', text = ''] = /^CAIS(.{44})(.*)$/.exec(token) ?? [];
    if (!isSameSecret(this.#sign(text), signature)) return undefined;
    const payload = JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString()) as Payload;
    const { requester, issuer, generation, expiresAt } = payload;
    const isRevoked = (issuer === this.#issuer ? generation : 0) < this.#generation;
    return { requester, expiresAt: isRevoked ? Number.NEGATIVE_INFINITY : expiresAt };
  }

  /** The secret that belongs to a key id. */
  secretOf(accessKeyId: string): string {
    return this.#sign(`secret of ${accessKeyId}`).slice(0, 32);
  }

  /** Every token written so far. */
  revokeAll(): void {
    this.#generation++;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#secret).update(text).digest('base64');
  }
}
