import { describe, expect, test } from 'vitest';
import { controlled } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { type Credentials, type CredentialsProvider, CredentialsSource } from './credentials.ts';

const clock = new SimulatedClock();

function sourceOf(provider: CredentialsProvider): CredentialsSource {
  return new CredentialsSource({
    provider,
    clock,
    serverNow: () => clock.now(),
    timeout: 60_000,
    afterFailure: (failure) => Promise.reject(failure),
  });
}

const KEYS = { accessKeyId: 'STS.id', accessKeySecret: 'secret', securityToken: 'token' };

test('the app is asked when they are first needed, and once for all who wait', async () => {
  let calls = 0;
  const answer = controlled<Credentials>();
  const source = sourceOf(() => {
    calls += 1;
    return answer.promise;
  });
  expect(calls).toBe(0);
  const all = Promise.all([source.get(), source.get(), source.get()]);
  answer.resolve(KEYS);
  expect(await all).toEqual([KEYS, KEYS, KEYS]);
  await source.get();
  expect(calls).toBe(1);
});

test('refused ones are asked for anew, once, and none goes out with the old ones meanwhile', async () => {
  let calls = 0;
  const source = sourceOf(() => {
    calls += 1;
    return Promise.resolve({ ...KEYS, securityToken: `token-${calls}` });
  });
  const old = await source.get();
  source.refuse(old);
  source.refuse(old);
  const [one, other] = await Promise.all([source.get(), source.get()]);
  expect(one.securityToken).toBe('token-2');
  expect(other).toBe(one);
  // A late refusal of the old ones says nothing about the new.
  source.refuse(old);
  expect(await source.get()).toBe(one);
  expect(calls).toBe(2);
});

test('an answer that is no credentials is a failure like others: an app’s server in trouble answers in JSON, too', async () => {
  const answers = [{ error: 'busy' }, { error: 'busy' }, KEYS] as unknown as Credentials[];
  const failures: number[] = [];
  const source = new CredentialsSource({
    provider: () => answers.shift() ?? KEYS,
    clock,
    serverNow: () => clock.now(),
    timeout: 60_000,
    afterFailure: async (failure, before) => {
      expect(failure).toMatchObject({ kind: 'credentials', code: 'CredentialsUnusable' });
      failures.push(before);
      return before + 1;
    },
  });
  expect(await source.get()).toEqual(KEYS);
  expect(failures).toEqual([0, 1]);
});

test('a function that fails is asked again the next time', async () => {
  const cause = new TypeError('Failed to fetch');
  let calls = 0;
  const source = sourceOf(() => {
    calls += 1;
    return calls === 1 ? Promise.reject(cause) : Promise.resolve(KEYS);
  });
  await expect(source.get()).rejects.toMatchObject({ kind: 'credentials', cause });
  expect(await source.get()).toEqual(KEYS);
});

test('a function that never answers is asked again, and leaves no timer', async () => {
  let calls = 0;
  const source = sourceOf(() => {
    calls += 1;
    return calls === 1 ? new Promise(() => undefined) : Promise.resolve(KEYS);
  });
  const first = source.get();
  await Promise.all([
    expect(first).rejects.toMatchObject({ kind: 'credentials' }),
    clock.advance(60_000),
  ]);
  expect(await source.get()).toEqual(KEYS);
  expect(clock.pending).toBe(0);
});

describe('credentials that tell when they end', () => {
  const lasting = (milliseconds: number): Credentials => ({
    ...KEYS,
    expiration: new Date(clock.now() + milliseconds).toISOString(),
  });

  test.each([
    ['an hour', 3_600_000, 3_540_000],
    ['a minute', 60_000, 30_000],
  ])('in %s are renewed ahead of it', async (_name, life, renewal) => {
    let calls = 0;
    const source = sourceOf(() => {
      calls += 1;
      return Promise.resolve(lasting(life));
    });
    const first = await source.get();
    await clock.advance(renewal - 1000);
    expect(await source.get()).toBe(first);
    await clock.advance(1000);
    const [one, other] = await Promise.all([source.get(), source.get()]);
    expect(one).not.toBe(first);
    expect(other).toBe(one);
    expect(calls).toBe(2);
  });

  test('in the past, by a clock that may be wrong, are used until they are refused', async () => {
    let calls = 0;
    const source = sourceOf(() => {
      calls += 1;
      return Promise.resolve(lasting(-3_600_000));
    });
    await source.get();
    await source.get();
    expect(calls).toBe(1);
  });
});

describe('what the app gives', () => {
  test('is taken without blanks, and without an empty token', async () => {
    const source = sourceOf(() =>
      Promise.resolve({ accessKeyId: ' id\n', accessKeySecret: ' secret ', securityToken: '' }),
    );
    expect(await source.get()).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' });
  });

  test.each([
    ['nothing', undefined, 'accessKeyId'],
    ['no id', { accessKeySecret: 'secret' }, 'accessKeyId'],
    ['a blank secret', { accessKeyId: 'id', accessKeySecret: ' ' }, 'accessKeySecret'],
    ['a token that is no text', { ...KEYS, securityToken: 7 }, 'securityToken'],
    ['an end that is no date', { ...KEYS, expiration: 'soon' }, 'expiration'],
  ])('is refused by name when it is %s', async (_name, value, field) => {
    const source = sourceOf(() => Promise.resolve(value as unknown as Credentials));
    const failure = await source.get().catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'credentials', code: 'CredentialsUnusable' });
    expect(String(failure)).toContain(field);
    expect(String(failure)).not.toContain('secret"');
  });
});
