import { randomBytes } from 'node:crypto';
import { OssError } from '../errors.ts';
import type { TemporaryCredentials } from '../types.ts';

interface TemporaryKey {
  readonly secret: string;
  readonly token: string;
  expiresAt: number;
}

/** The permanent key and all temporary ones, which STS would issue. */
export class AccessKeys {
  readonly #permanent: { readonly id: string; readonly secret: string };
  readonly #now: () => number;
  readonly #temporary = new Map<string, TemporaryKey>();

  constructor(permanent: { id: string; secret: string }, now: () => number) {
    this.#permanent = permanent;
    this.#now = now;
  }

  /** Throws RangeError unless the duration is a positive number of seconds. */
  issue(durationSeconds: number): TemporaryCredentials {
    if (!(Number.isFinite(durationSeconds) && durationSeconds > 0))
      throw new RangeError('durationSeconds: expected a positive number');
    const accessKeyId = `STS.${randomBytes(12).toString('hex')}`;
    const secret = randomBytes(24).toString('base64url');
    const token = `CAIS${randomBytes(96).toString('base64')}`;
    const expiresAt = this.#now() + durationSeconds * 1000;
    this.#temporary.set(accessKeyId, { secret, token, expiresAt });
    return {
      accessKeyId,
      accessKeySecret: secret,
      securityToken: token,
      expiration: new Date(expiresAt).toISOString(),
    };
  }

  expireAll(): void {
    for (const key of this.#temporary.values())
      key.expiresAt = Math.min(key.expiresAt, this.#now());
  }

  /**
   * The secret that belongs to a key, after the token was found good. Throws what OSS answers otherwise: a temporary
   * key without its token is as unknown as any other (OSS Errors and Troubleshooting 2019-08-16, §3).
   */
  secretFor(accessKeyId: string, token: string | undefined): string {
    const key = this.#temporary.get(accessKeyId);
    if (key === undefined) return this.#permanentSecret(accessKeyId, token);
    if (token === undefined) throw unknownKey(accessKeyId, '0002-00000902');
    if (token !== key.token) throw this.#isIssued(token) ? mismatch() : invalidToken();
    if (key.expiresAt <= this.#now()) throw new OssError('SecurityTokenExpired');
    return key.secret;
  }

  /** A token beside a permanent key makes OSS look among the temporary ones only. */
  #permanentSecret(accessKeyId: string, token: string | undefined): string {
    if (accessKeyId === this.#permanent.id && token === undefined) return this.#permanent.secret;
    throw unknownKey(accessKeyId, token === undefined ? '0002-00000902' : '0002-00000002');
  }

  #isIssued(token: string): boolean {
    return [...this.#temporary.values()].some((key) => key.token === token);
  }
}

function unknownKey(accessKeyId: string, ec: string): OssError {
  return new OssError('InvalidAccessKeyId', { ec, extras: [['OSSAccessKeyId', accessKeyId]] });
}

function mismatch(): OssError {
  return new OssError('AccessKeyIdAndSecurityTokenNotMatch');
}

function invalidToken(): OssError {
  return new OssError('InvalidSecurityToken');
}
