import { randomBytes } from 'node:crypto';
import { OssError } from '../errors.ts';
import type { Statement } from '../rights/policy.ts';
import type { Requester } from '../rights/requester.ts';
import type { TemporaryCredentials } from '../types.ts';
import { SessionTokens } from './session-tokens.ts';

/** A key of the account or of one of its users, which does not expire. */
export interface PermanentKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Undefined: the account's own, with all rights. */
  readonly statements?: readonly Statement[];
}

/** What belongs to a key id. */
export interface Key {
  readonly secret: string;
  /** Who signs with it. */
  readonly requester: Requester;
}

type Named = Requester & { readonly accessKeyId: string };

/** What ids of temporary keys begin with (OSS Errors and Troubleshooting 2019-08-16, §4). */
const TEMPORARY = 'STS.';

/** The permanent keys, and the temporary ones, which STS would issue: their tokens hold all there is to know of them. */
export class AccessKeys {
  readonly #now: () => number;
  readonly #initial: readonly PermanentKey[];
  readonly #permanent = new Map<string, Key>();
  readonly #tokens: SessionTokens;
  readonly #disabled = new Set<string>();

  /** Throws TypeError when an id is there twice. */
  constructor(initial: readonly PermanentKey[], now: () => number) {
    this.#now = now;
    this.#initial = initial;
    this.#tokens = new SessionTokens(initial[0]?.accessKeySecret ?? '');
    this.reset();
  }

  /** Throws TypeError when the id is taken. */
  add({ accessKeyId, accessKeySecret: secret, statements }: PermanentKey): void {
    if (this.#permanent.has(accessKeyId))
      throw new TypeError(`accessKeyId: expected one that is not taken, got ${accessKeyId}`);
    const requester: Requester =
      statements === undefined
        ? { kind: 'owner', accessKeyId }
        : { kind: 'user', accessKeyId, statements: structuredClone(statements) };
    this.#permanent.set(accessKeyId, { secret, requester });
  }

  /**
   * Issues a temporary key with the account's rights, or with others. Throws RangeError unless the duration is a positive
   * number of seconds.
   */
  issue(
    durationSeconds: number,
    requesterOf: (accessKeyId: string) => Named = asOwner,
  ): TemporaryCredentials {
    if (!(Number.isFinite(durationSeconds) && durationSeconds > 0))
      throw new RangeError('durationSeconds: expected a positive number');
    const accessKeyId = `${TEMPORARY}${randomBytes(12).toString('hex')}`;
    const expiresAt = this.#now() + durationSeconds * 1000;
    return {
      accessKeyId,
      accessKeySecret: this.#tokens.secretOf(accessKeyId),
      securityToken: this.#tokens.write({ requester: requesterOf(accessKeyId), expiresAt }),
      expiration: new Date(expiresAt).toISOString(),
    };
  }

  expireAll(): void {
    this.#tokens.revokeAll();
  }

  /** Throws TypeError when there is no such key. */
  setEnabled(accessKeyId: string, isEnabled: boolean): void {
    if (!this.#permanent.has(accessKeyId) && !this.isTemporary(accessKeyId))
      throw new TypeError(`accessKeyId: expected one that exists, got ${accessKeyId}`);
    if (isEnabled) this.#disabled.delete(accessKeyId);
    else this.#disabled.add(accessKeyId);
  }

  isEnabled(accessKeyId: string): boolean {
    return !this.#disabled.has(accessKeyId);
  }

  /** Whether a key is of those that need a token. */
  isTemporary(accessKeyId: string): boolean {
    return accessKeyId.startsWith(TEMPORARY);
  }

  /**
   * What belongs to a key id, after the token was found good. Throws what OSS answers otherwise: a temporary key without
   * its token is as unknown as any other (OSS Errors and Troubleshooting 2019-08-16, §3).
   */
  keyFor(accessKeyId: string, token: string | undefined): Key {
    if (!this.isTemporary(accessKeyId)) return this.#permanentKey(accessKeyId, token);
    if (token === undefined) throw unknownKey(accessKeyId, '0002-00000902');
    const session = this.#tokens.read(token);
    if (session === undefined) throw new OssError('InvalidSecurityToken');
    const { requester, expiresAt } = session;
    if (requester.accessKeyId !== accessKeyId)
      throw new OssError('AccessKeyIdAndSecurityTokenNotMatch');
    if (expiresAt <= this.#now()) throw new OssError('SecurityTokenExpired');
    return this.#enabled(accessKeyId, { secret: this.#tokens.secretOf(accessKeyId), requester });
  }

  /** Back to the first keys, all enabled. Temporary ones stay valid. */
  reset(): void {
    this.#permanent.clear();
    this.#disabled.clear();
    for (const key of this.#initial) this.add(key);
  }

  /** A token beside a permanent key makes OSS look among the temporary ones only. */
  #permanentKey(accessKeyId: string, token: string | undefined): Key {
    const key = this.#permanent.get(accessKeyId);
    if (key !== undefined && token === undefined) return this.#enabled(accessKeyId, key);
    throw unknownKey(accessKeyId, token === undefined ? '0002-00000902' : '0002-00000002');
  }

  #enabled(accessKeyId: string, key: Key): Key {
    if (this.isEnabled(accessKeyId)) return key;
    throw new OssError('InvalidAccessKeyId', {
      message: 'The OSS Access Key Id you provided is disabled.',
      ec: '0002-00000901',
      extras: [['OSSAccessKeyId', accessKeyId]],
    });
  }
}

function asOwner(accessKeyId: string): Named {
  return { kind: 'owner', accessKeyId };
}

function unknownKey(accessKeyId: string, ec: string): OssError {
  return new OssError('InvalidAccessKeyId', { ec, extras: [['OSSAccessKeyId', accessKeyId]] });
}
