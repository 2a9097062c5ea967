import { beforeEach, expect, vi } from 'vitest';
import { useEmulator } from '../../emulator/testing/harness.ts';
import { type AssumeRoleOptions, assumeRole } from '../server/assume-role.ts';

export const ROLE = 'acs:ram::1234567890123456:role/emulator';

/** Nothing of this may stand in any message. */
export const SECRET = 'MARKED-SECRET/+=&';

/** May assume all roles, and nothing else. */
export const USER = {
  accessKeyId: 'marked-user',
  accessKeySecret: SECRET,
  statements: [{ effect: 'allow', actions: ['sts:AssumeRole'], resources: ['*'] }],
} as const;

export function endpointOf(origin: string): string {
  return `${origin}/__emulator/sts-api`;
}

/** An emulator with that user, and how to call its STS. */
export function useSts() {
  const bench = useEmulator();
  const tokens: string[] = [];
  beforeEach(() => bench.emulator.addUser(USER));

  const options = (changes: Partial<AssumeRoleOptions> = {}): AssumeRoleOptions => ({
    accessKeyId: USER.accessKeyId,
    accessKeySecret: USER.accessKeySecret,
    roleArn: ROLE,
    sessionName: 'user-7',
    endpoint: endpointOf(bench.emulator.origin),
    retry: { baseDelay: 0 },
    ...changes,
  });

  /** What a call rejects with, searched for secrets. */
  const failure = async (changes: Partial<AssumeRoleOptions>): Promise<Error> => {
    const error: unknown = await assumeRole(options(changes)).then(
      () => 'It was expected to fail.',
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error(String(error));
    const shown = `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${String(error.cause)}`;
    for (const secret of ['MARKED', 'emulator-key-secret', ...tokens]) {
      expect(shown).not.toContain(secret);
    }
    return error;
  };

  /** Keys that are themselves of STS. */
  const temporaryKeys = () => {
    const keys = bench.emulator.issueCredentials();
    tokens.push(keys.securityToken, keys.accessKeySecret);
    return keys;
  };

  return { bench, options, failure, temporaryKeys };
}

/** A `fetch` that remembers its calls, and whose first answers are given. */
export function fetchWith(...first: (() => Response | Promise<Response>)[]) {
  return vi.fn<typeof fetch>(async (url, init) => {
    const answer = first.shift();
    return await (answer === undefined ? fetch(url, init) : answer());
  });
}

/** The form that was posted. */
export function formOf(init: RequestInit | undefined): string {
  return typeof init?.body === 'string' ? init.body : '';
}

/** A policy of so many characters. */
export function policyOfLength(length: number): string {
  const policy = (resource: string) =>
    `{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"${resource}"}]}`;
  return policy('x'.repeat(length - policy('').length));
}
