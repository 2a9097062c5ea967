import { Addressing } from './addressing.ts';
import { AccessKeys } from './authentication/access-keys.ts';
import { Buckets } from './buckets.ts';
import { createCallbacks } from './callbacks/options.ts';
import { CallbackReceiver } from './callbacks/receiver.ts';
import { Clock } from './clock.ts';
import { assertCorsRules, DEFAULT_CORS_RULES } from './cors-rules.ts';
import { FaultRules } from './faults/fault-rules.ts';
import { oneOf } from './fields.ts';
import { parseLimits } from './limits.ts';
import { Network } from './network.ts';
import { parseFormLimits } from './post-object/form-limits.ts';
import { DEFAULT_REFERER_CONFIGURATION, DEFAULT_REFERER_READING } from './referer.ts';
import { RequestLog } from './request-log.ts';
import { Retention } from './retention.ts';
import { DEFAULT_ROLES, DEFAULT_USERS } from './rights/account.ts';
import { parseRole, parseUser } from './rights/parse-access.ts';
import { Rights } from './rights/rights.ts';
import { Roles } from './rights/roles.ts';
import type { Services } from './service.ts';
import { openBucketJournal } from './storage/bucket-journal.ts';
import { openStore } from './storage/open-store.ts';
import { Sts } from './sts/sts.ts';
import { parseStsLimits } from './sts/sts-limits.ts';
import { Throttle } from './throttle.ts';
import { Traffic } from './traffic.ts';
import { BUCKET_ACLS, type EmulatorOptions } from './types.ts';

/** Everything an emulator works with, set up as the options say. Rejects with TypeError for those that are not legal. */
export async function createServices(options: EmulatorOptions): Promise<Services> {
  const clock = new Clock(options.now ?? Date.now);
  const { now } = clock;
  const corsRules = options.corsRules ?? DEFAULT_CORS_RULES;
  assertCorsRules(corsRules);
  const ownKey = {
    accessKeyId: options.accessKeyId ?? 'emulator-key-id',
    accessKeySecret: options.accessKeySecret ?? 'emulator-key-secret',
  };
  const users = (options.users ?? []).map((user) => parseUser(user, 'users'));
  const keys = new AccessKeys([ownKey, ...DEFAULT_USERS, ...users], now);
  const extraRoles = (options.roles ?? []).map((role) => parseRole(role, 'roles'));
  const roles = new Roles([...DEFAULT_ROLES, ...extraRoles]);
  const region = options.region ?? 'cn-hangzhou';
  const configuration = {
    corsRules,
    responseVary: options.responseVary ?? false,
    acl: oneOf(BUCKET_ACLS)(options.acl ?? 'private', 'acl'),
    referer: DEFAULT_REFERER_CONFIGURATION,
    lifecycle: [],
  };
  const names = options.buckets ?? ['partway-demo'];
  const addressing = new Addressing(options.addressing ?? {});
  const throttle = new Throttle(parseLimits(options.limits ?? {}), now);
  const journal = await openBucketJournal(options.dataDir);
  const buckets = new Buckets({ names, configuration, region, now }, journal);
  const callbacks = createCallbacks(options.callbacks ?? {});
  const store = await openStore(options.dataDir);
  return {
    region,
    clock,
    now,
    buckets,
    addressing,
    throttle,
    rights: new Rights(buckets, store, region),
    keys,
    roles,
    sts: new Sts(keys, roles, parseStsLimits(options.sts ?? {}), now),
    acceptsIsoDateInV1: options.acceptsIsoDateInV1 ?? false,
    refererReading: { ...DEFAULT_REFERER_READING, ...options.refererReading },
    store,
    log: new RequestLog(now),
    faults: new FaultRules(),
    retention: new Retention(),
    missingPartCode: options.missingPartCode ?? 'InvalidPart',
    network: new Network(),
    traffic: new Traffic(),
    idleTimeout: options.idleTimeout,
    callbacks,
    receiver: new CallbackReceiver(callbacks),
    formLimits: parseFormLimits(options.forms ?? {}),
    denied: new Set(),
    exchanges: new Map(),
  };
}
