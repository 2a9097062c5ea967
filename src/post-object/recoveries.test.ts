import { describe, expect, test } from 'vitest';
import type { Fault } from '../../emulator/index.ts';
import { PostBench } from '../testing/post-bench.ts';
import { signedFields } from '../testing/post-fields.ts';
import type { PostFields } from './form-fields.ts';

const bench = new PostBench();

describe('what is over', () => {
  /** By the server's clock, an hour before ours. */
  const AHEAD = 2 * 3_600_000;

  test('with fields that were given once ends with advice', async () => {
    bench.emulator.setClockOffset(AHEAD);
    const error = await bench.failure();
    expect(error).toMatchObject({ code: 'AccessDenied' });
    expect(error.advice).toContain('Let `fields` be a function');
    expect(bench.statuses()).toEqual([403]);
    expect(bench.events).toEqual([]);
  });

  test('is asked for anew where fields are a function', async () => {
    bench.emulator.setClockOffset(AHEAD);
    let asked = 0;
    const fields = (): Promise<PostFields> => {
      asked += 1;
      const expiration = new Date(Date.now() + asked * 1.5 * 3_600_000);
      return Promise.resolve(signedFields({ key: `k${asked}` }, { expiration }));
    };
    expect(await bench.post({ fields })).toMatchObject({ key: 'k2' });
    expect(bench.statuses()).toEqual([403, 204]);
    expect(bench.events.map(({ type }) => type)).toEqual(['credentials-refused']);
  });

  test('is asked for twice at most', async () => {
    bench.emulator.setClockOffset(AHEAD);
    let asked = 0;
    const fields = (): Promise<PostFields> => {
      asked += 1;
      return Promise.resolve(signedFields());
    };
    const error = await bench.failure({ fields });
    expect(error.serviceMessage).toContain('Policy expired');
    expect(asked).toBe(3);
    expect(bench.statuses()).toEqual([403, 403, 403]);
  });

  test('of tokens is asked for, too', async () => {
    let isOver = false;
    const fields = (): Promise<PostFields> => {
      const keys = bench.emulator.issueCredentials();
      if (!isOver) bench.emulator.expireCredentials();
      isOver = true;
      return Promise.resolve(signedFields({ key: 'k' }, { keys }));
    };
    expect(await bench.post({ fields })).toMatchObject({ key: 'k' });
    expect(bench.statuses()).toEqual([403, 204]);
  });

  test('by this clock alone is left for OSS to judge, as clocks are wrong', async () => {
    bench.emulator.setClockOffset(-AHEAD);
    const expiration = new Date(Date.now() - 3_600_000);
    const fields = (): Promise<PostFields> =>
      Promise.resolve(signedFields({ key: 'k' }, { expiration }));
    expect(await bench.post({ fields })).toMatchObject({ key: 'k' });
  });
});

describe('a function for fields', () => {
  test('that fails is asked again', async () => {
    let asked = 0;
    const fields = async (): Promise<PostFields> => {
      asked += 1;
      if (asked < 3) throw new Error('no server');
      return signedFields();
    };
    expect(await bench.post({ fields })).toMatchObject({ key: 'a.txt' });
    expect(asked).toBe(3);
  });

  test.each([() => Promise.reject(new Error('no server')), () => Promise.resolve('x' as never)])(
    'that keeps failing ends the form: %#',
    async (fields) => {
      const error = await bench.failure({ fields, retry: { limit: 2, baseDelay: 1 } });
      expect(error).toMatchObject({ kind: 'credentials' });
      expect(error.message).toContain('The `fields` function failed.');
      expect(bench.emulator.log).toEqual([]);
    },
  );
});

describe('a failure that passes', () => {
  test.each<[string, Fault]>([
    ['busy', { type: 'error', code: 'ServiceUnavailable' }],
    ['a proxy’s page', { type: 'html', status: 502 }],
    ['a portal’s page', { type: 'html', status: 200 }],
    ['a connection that is reset', { type: 'reset', at: 'middle' }],
    ['an answer that is lost', { type: 'lose-answer' }],
  ])('is sent again: %s', async (_what, fault) => {
    bench.emulator.faults.add({ match: { operation: 'PostObject' }, fault });
    expect(await bench.post()).toMatchObject({ status: 204 });
    expect(bench.events).toMatchObject([{ type: 'retry', operation: 'PostObject', failures: 1 }]);
    expect(await bench.isStored('a.txt')).toBe(true);
  });

  test('for ever ends with the last error', async () => {
    const fault = { type: 'error', code: 'InternalError' } as const;
    bench.emulator.faults.add({ times: 0, fault });
    const error = await bench.failure();
    expect(error).toMatchObject({ code: 'InternalError', status: 500 });
    expect(bench.statuses()).toHaveLength(6);
  });

  test('and whose answer is lost is told where the key may be taken by itself', async () => {
    bench.emulator.faults.add({
      match: { operation: 'PostObject' },
      fault: { type: 'lose-answer' },
    });
    const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
    const error = await bench.failure({ fields });
    expect(error).toMatchObject({ code: 'FileAlreadyExists', status: 409 });
    expect(error.advice).toContain('probably this file');
    expect(await bench.isStored('k')).toBe(true);
  });
});
