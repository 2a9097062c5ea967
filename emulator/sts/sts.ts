import type { AccessKeys } from '../authentication/access-keys.ts';
import { OssError } from '../errors.ts';
import type { Requester } from '../rights/requester.ts';
import type { Roles } from '../rights/roles.ts';
import type { AssumedRole } from './assume-role.ts';
import { assumeRole } from './assume-role.ts';
import { Nonces } from './nonces.ts';
import type { RpcRequest } from './rpc-signature.ts';
import { assertRpcSignature, requiredParameter } from './rpc-signature.ts';
import { StsError, type StsErrorCode } from './sts-error.ts';
import type { StsLimits } from './sts-limits.ts';

/** The security token service: knows one action, AssumeRole, of version 2015-04-01. */
export class Sts {
  readonly #keys: AccessKeys;
  readonly #roles: Roles;
  readonly #limits: StsLimits;
  readonly #now: () => number;
  readonly #nonces: Nonces;
  /** Epoch milliseconds of the calls of the last minute. */
  #calls: number[] = [];
  #isBroken = false;

  constructor(keys: AccessKeys, roles: Roles, limits: StsLimits, now: () => number) {
    this.#keys = keys;
    this.#roles = roles;
    this.#limits = limits;
    this.#now = now;
    this.#nonces = new Nonces(now);
  }

  /** Carries out a request. Throws StsError. */
  call(request: RpcRequest): AssumedRole {
    if (this.#isBroken) throw new StsError('InternalError');
    assertEquals(request, 'Action', 'AssumeRole', 'InvalidAction.NotFound');
    assertEquals(request, 'Version', '2015-04-01', 'InvalidParameter');
    assertEquals(request, 'SignatureMethod', 'HMAC-SHA1', 'InvalidParameter');
    assertEquals(request, 'SignatureVersion', '1.0', 'InvalidParameter');
    const requester = this.#authenticate(request);
    this.#throttle();
    const context = { keys: this.#keys, roles: this.#roles, limits: this.#limits, requester };
    return assumeRole(request, context);
  }

  setBroken(isBroken: boolean): void {
    this.#isBroken = isBroken;
  }

  /** Forgets all calls, and is well again. */
  reset(): void {
    this.#isBroken = false;
    this.#calls = [];
    this.#nonces.clear();
  }

  #authenticate(request: RpcRequest): Requester {
    const accessKeyId = requiredParameter(request, 'AccessKeyId');
    const nonce = requiredParameter(request, 'SignatureNonce');
    const timestamp = requiredParameter(request, 'Timestamp');
    const token = request.parameters.get('SecurityToken');
    if (!this.#keys.isEnabled(accessKeyId)) throw new StsError('InvalidAccessKeyId.Inactive');
    if (this.#keys.isTemporary(accessKeyId) && token === undefined)
      throw new StsError('MissingSecurityToken');
    const { secret, requester } = this.#keyFor(accessKeyId, token);
    assertRpcSignature(request, secret);
    this.#nonces.use(accessKeyId, nonce, timestamp);
    return requester;
  }

  #keyFor(
    accessKeyId: string,
    token: string | undefined,
  ): { secret: string; requester: Requester } {
    try {
      return this.#keys.keyFor(accessKeyId, token);
    } catch (error) {
      if (error instanceof OssError) throw new StsError(CODES[error.code] ?? 'InternalError');
      throw error;
    }
  }

  #throttle(): void {
    const now = this.#now();
    this.#calls = this.#calls.filter((time) => time > now - 60_000);
    if (this.#calls.length >= this.#limits.callsPerMinute) throw new StsError('Throttling.User');
    this.#calls.push(now);
  }
}

/** STS has names of its own for what is wrong with a key. */
const CODES: Readonly<Record<string, StsErrorCode>> = {
  InvalidAccessKeyId: 'InvalidAccessKeyId.NotFound',
  SecurityTokenExpired: 'InvalidSecurityToken.Expired',
  InvalidSecurityToken: 'InvalidSecurityToken.MismatchWithAccessKey',
  AccessKeyIdAndSecurityTokenNotMatch: 'InvalidSecurityToken.MismatchWithAccessKey',
};

function assertEquals(
  request: RpcRequest,
  name: string,
  expected: string,
  code: StsErrorCode,
): void {
  if (requiredParameter(request, name) === expected) return;
  throw code === 'InvalidParameter'
    ? new StsError(code, `The specified parameter ${name} is not valid.`)
    : new StsError(code);
}
