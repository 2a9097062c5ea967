import { checkInteger } from '../oss/check-integer.ts';
import { quote } from '../oss/names.ts';
import { policyText, type RamPolicy } from './ram-policy.ts';

export interface AssumeRoleOptions {
  /** Of a RAM user that may assume the role; never of the account itself, which STS refuses. */
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a caller whose key is itself temporary, such as that of the role that a machine or function runs under. */
  readonly securityToken?: string | undefined;
  /** As the RAM console shows it: `acs:ram::{account}:role/{name}`. */
  readonly roleArn: string;
  /**
   * Who asks, such as the user's id; it stands in the logs of OSS. 2 to 64 letters, digits and `. @ - _`; older pages
   * of the STS docs say 32, and where STS keeps to them it refuses by itself.
   */
  readonly sessionName: string;
  /**
   * Life of the credentials in seconds: 900 to 43,200, and no more than the role allows, which is 3,600 unless that
   * was raised.
   *
   * @default 3600
   */
  readonly durationSeconds?: number | undefined;
  /** What of the role's rights they get, as an object or JSON text; see `uploadPolicy`. @default all */
  readonly policy?: RamPolicy | string | undefined;
  /** @default 'https://sts.aliyuncs.com' */
  readonly endpoint?: string | undefined;
  /** What one attempt may take. Milliseconds. @default 10_000 */
  readonly timeout?: number | undefined;
  readonly retry?: StsRetryOptions | undefined;
  /** Aborting it ends the call with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** @default the runtime's */
  readonly fetch?: typeof fetch | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** For throttling, failures of STS itself, and of the network; nothing else is tried again. */
export interface StsRetryOptions {
  /** Attempts in all. @default 4 */
  readonly limit?: number | undefined;
  /** The first wait is a random time from this to twice this, each further one twice as long. Milliseconds. @default 200 */
  readonly baseDelay?: number | undefined;
  /** Milliseconds. @default 2000 */
  readonly maxDelay?: number | undefined;
}

/** All settings with their values. */
export interface ResolvedAssumeRoleOptions {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string | undefined;
  readonly endpoint: string;
  /** What is said of the role, by the names of the STS docs. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly retry: { readonly limit: number; readonly baseDelay: number; readonly maxDelay: number };
  readonly signal: AbortSignal | undefined;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}

/** What setTimeout can count. Milliseconds. */
const MAX_TIMER = 2 ** 31 - 1;

/** @throws TypeError or RangeError naming the option. */
export function resolveAssumeRoleOptions(options: AssumeRoleOptions): ResolvedAssumeRoleOptions {
  const { securityToken, policy, retry = {}, durationSeconds = 3600, timeout = 10_000 } = options;
  const { limit = 4, baseDelay = 200, maxDelay = 2000 } = retry;
  checkInteger('durationSeconds', durationSeconds, 900, 43_200);
  checkInteger('timeout', timeout, 1, MAX_TIMER);
  checkInteger('retry.limit', limit, 1, 100);
  checkInteger('retry.baseDelay', baseDelay, 0, MAX_TIMER);
  checkInteger('retry.maxDelay', maxDelay, 0, MAX_TIMER);
  return {
    accessKeyId: checkSecret('accessKeyId', options.accessKeyId),
    accessKeySecret: checkSecret('accessKeySecret', options.accessKeySecret),
    securityToken:
      securityToken === undefined ? undefined : checkSecret('securityToken', securityToken),
    endpoint: checkEndpoint(options.endpoint ?? 'https://sts.aliyuncs.com'),
    parameters: {
      RoleArn: checkRoleArn(options.roleArn),
      RoleSessionName: checkSessionName(options.sessionName),
      DurationSeconds: String(durationSeconds),
      ...(policy === undefined ? {} : { Policy: policyText(policy) }),
    },
    timeout,
    retry: { limit, baseDelay, maxDelay },
    signal: options.signal,
    fetch: options.fetch ?? fetch,
    now: options.now ?? Date.now,
  };
}

function checkRoleArn(value: unknown): string {
  if (typeof value === 'string' && /^acs:ram::\d+:role\/[\w.@/-]+$/.test(value)) return value;
  throw new TypeError(
    `Expected \`roleArn\` to be acs:ram::{account}:role/{name}, as the RAM console shows it; got ${quote(value)}.`,
  );
}

function checkSessionName(value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z0-9.@_-]{2,64}$/.test(value)) return value;
  throw new TypeError(
    `Expected \`sessionName\` to be 2 to 64 letters, digits and the signs . @ - _; got ${quote(value)}.`,
  );
}

// Never shown, not even cut short: what stands in the wrong option may be the secret. Blanks are those of copying.
function checkSecret(option: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  const got = value === undefined ? 'nothing' : `an empty or unusable ${typeof value}`;
  throw new TypeError(`Expected \`${option}\` to be a non-empty string; got ${got}.`);
}

function checkEndpoint(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(
      `Expected \`endpoint\` to be an address such as https://sts.aliyuncs.com; got ${quote(value)}.`,
    );
  }
  if (url.username === '' && url.password === '') return url.href;
  throw new TypeError('Expected `endpoint` to be an address without a user and a password.');
}
