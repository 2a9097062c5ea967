import type { Buckets } from '../buckets.ts';
import { OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import type { BucketAcl } from '../types.ts';
import { ACCOUNT_ID } from './account.ts';
import { judge } from './policy.ts';
import type { Requester } from './requester.ts';
import type { GuardedOperation, Refusal, Requirement } from './requirements.ts';
import { REQUIREMENTS } from './requirements.ts';

/** What an operation is about: everything, a bucket, or an object. */
export interface Target {
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

/** Who may do what: the owner everything, others what their policies or the ACLs grant. */
export class Rights {
  readonly #buckets: Buckets;
  readonly #store: ObjectStore;
  readonly #region: string;
  #isOwnerDisabled = false;

  constructor(buckets: Buckets, store: ObjectStore, region: string) {
    this.#buckets = buckets;
    this.#store = store;
    this.#region = region;
  }

  setOwnerDisabled(isDisabled: boolean): void {
    this.#isOwnerDisabled = isDisabled;
  }

  /** Throws UserDisable when the bucket's owner is in arrears. */
  assertOwnerEnabled(bucket: string | undefined): void {
    if (!this.#isOwnerDisabled) return;
    const extras = bucket === undefined ? [] : [['BucketName', bucket] as const];
    throw new OssError('UserDisable', { extras });
  }

  /** Throws AccessDenied, worded as OSS does, unless the requester may do this. */
  assertMay(requester: Requester, operation: GuardedOperation, target: Target): void {
    if (requester.kind === 'owner') return;
    const requirement: Requirement = REQUIREMENTS[operation];
    if (requirement.isPerKey === true) return;
    const isPublic = this.#isPublic(requirement, target);
    if (requester.kind === 'anonymous') {
      if (!isPublic) throw denied(ANONYMOUS_MESSAGES[requirement.refusal]);
      return;
    }
    const resource = this.#resource(target);
    const own = judge(requester.statements, requirement.action, resource);
    const session =
      requester.sessionPolicy === undefined
        ? 'allow'
        : judge(requester.sessionPolicy, requirement.action, resource);
    const isPublicAnyway = isPublic && own !== 'deny' && session !== 'deny';
    if (isPublicAnyway || (own === 'allow' && session === 'allow')) return;
    throw denied(own === 'allow' ? SESSION_MESSAGE : MESSAGES[requirement.refusal]);
  }

  /** The same for a request, whose headers may ask for more than its operation does (OSS docs, PutObject). */
  assertMaySend(requester: Requester, operation: GuardedOperation, request: OssRequest): void {
    this.assertMay(requester, operation, request);
    const isTagging = request.headers['x-oss-tagging'] !== undefined;
    if (isTagging && requester.kind === 'user')
      this.assertMay(requester, 'PutObjectTagging', request);
  }

  #isPublic({ publicAccess }: Requirement, { bucket, key }: Target): boolean {
    if (bucket === undefined || publicAccess === 'none') return false;
    const object = key === undefined ? undefined : this.#store.object(bucket, key);
    const acl = object?.acl ?? this.#buckets.configuration(bucket)?.acl ?? 'private';
    return GRANTS[acl].includes(publicAccess);
  }

  #resource({ bucket, key }: Target): string {
    const path = key === undefined ? (bucket ?? '*') : `${bucket ?? ''}/${key}`;
    const region = this.#buckets.configuration(bucket)?.region ?? this.#region;
    return `acs:oss:oss-${region}:${ACCOUNT_ID}:${path}`;
  }
}

/** What an ACL grants to everybody. */
const GRANTS: Readonly<Record<BucketAcl, readonly Requirement['publicAccess'][]>> = {
  private: [],
  'public-read': ['read'],
  'public-read-write': ['read', 'write'],
};

/** OSS Errors and Troubleshooting 2019-08-16, §4. */
const MESSAGES: Readonly<Record<Refusal, string>> = {
  plain: 'AccessDenied',
  object: 'You have no right to access this object because of bucket acl.',
  multipart: 'You have no right to access this object.',
  bucket: 'The bucket you access does not belong to you.',
  'list-buckets': 'You are forbidden to list buckets.',
  'read-acl': 'You do not have read acl permission on this object.',
  'write-acl': 'You do not have write acl permission on this object.',
};

/** OSS docs, "HTTP status code 403". */
const ANONYMOUS_MESSAGES: Readonly<Record<Refusal, string>> = {
  ...MESSAGES,
  multipart: 'Anonymous user has no right to access this object.',
  bucket: 'Anonymous user has no right to access this bucket.',
  'list-buckets': 'Anonymous access is forbidden for this operation.',
};

const SESSION_MESSAGE = "Access denied by authorizer's policy.";

function denied(message: string): OssError {
  return new OssError('AccessDenied', { message });
}
