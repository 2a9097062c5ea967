import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from '../errors.ts';
import { errorAnswer } from '../testing/fake-oss.ts';
import { FILE, PARTS } from '../testing/tabs-world.ts';
import { WorkersWorld } from '../testing/workers-world.ts';
import { KEY, record, SECOND, SECRETS, UNIT } from '../testing/world.ts';

let world: WorkersWorld;

beforeEach(() => {
  world = new WorkersWorld();
});

describe('an engine in a worker', () => {
  test('uploads, and the page shows what it tells', async () => {
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY, metadata: { from: 'train' } });
    expect(upload.snapshot).toMatchObject({ status: 'queued', size: FILE.size, key: KEY });
    const events = record(upload);
    await world.endWhole(upload);
    expect(events.filter(({ type }) => type === 'part-confirmed')).toHaveLength(PARTS);
    expect(upload.snapshot).toMatchObject({ status: 'done', confirmedBytes: FILE.size });
    expect(Object.isFrozen(upload.snapshot)).toBe(true);
    expect(upload.parts.map(({ state }) => state)).toEqual(Array(PARTS).fill('confirmed'));
    expect(world.workers).toHaveLength(1);
    await world.closeAndLookThatNothingIsLeft(page);
    expect(world.worker.isTerminated).toBe(true);
  });

  test('is told no function, and no key before it asks for one', () => {
    world.openPage({ retry: { limit: 3 } });
    const [{ options } = { options: undefined }] = world.worker.heard('open');
    expect(options).toMatchObject({
      functions: ['credentials'],
      settings: { retry: { limit: 3 } },
    });
    expect(JSON.stringify(world.worker.told)).not.toContain('SECRET');
  });

  test('fails with the error that a page knows, and what to do', async () => {
    world.oss.interfere = () => Promise.resolve(errorAnswer(403, 'AccessDenied'));
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    const { reason } = await world.end(upload);
    expect(reason).toBeInstanceOf(UploadError);
    expect(reason).toBe(upload.snapshot.error);
    expect(reason).toMatchObject({ kind: 'service', code: 'AccessDenied', status: 403 });
    expect(upload.snapshot.error?.advice).toContain('RAM');
    await page.close();
  });

  test('hears of an error of the app, and the page gets that very error back', async () => {
    class NoSession extends Error {
      readonly retry = (): void => undefined;
    }
    const cause = new NoSession('Log in first.');
    const page = world.openPage(
      { retry: { limit: 1 } },
      { credentials: () => Promise.reject(cause) },
    );
    const { reason } = await world.end(page.upload(FILE, { key: KEY }));
    expect(reason).toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('failed'),
    });
    expect(reason instanceof UploadError && reason.cause).toBe(cause);
    await page.close();
  });

  test('takes credentials with methods of their own', async () => {
    const page = world.openPage(
      {},
      {
        credentials: () => Promise.resolve({ ...SECRETS, refresh: () => undefined }),
      },
    );
    await world.endWhole(page.upload(FILE, { key: KEY }));
    expect(world.worker.heard('answer')).toMatchObject([{ value: SECRETS }]);
    await page.close();
  });

  test('obeys an UploadError of the app at once', async () => {
    const own = new UploadError('credentials', 'Signed out.', {
      code: 'SignedOut',
      advice: 'Log in.',
    });
    const page = world.openPage({}, { credentials: () => Promise.reject(own) });
    const { reason } = await world.end(page.upload(FILE, { key: KEY }));
    expect(reason).toBe(own);
    expect(own.message).toBe('Signed out. Log in.');
    await page.close();
  });

  test('is paused at once, whatever it still tells', async () => {
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    const gate = world.stopAfter(2);
    await world.until(() => world.oss.count('part') > 2);
    upload.pause();
    const shown: string[] = [];
    upload.subscribe(({ status }) => shown.push(status));
    expect(upload.snapshot.status).toBe('paused');
    await world.clock.advance(3 * SECOND);
    expect(new Set(shown)).toEqual(new Set(['paused']));
    upload.resume();
    gate.resolve();
    await world.endWhole(upload);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('lists what earlier pages began, and goes on with it', async () => {
    await world.uploadSome(FILE, 2);
    const page = world.openPage();
    const [unfinished] = await page.unfinished();
    expect(unfinished).toMatchObject({ key: KEY, confirmedBytes: 2 * UNIT, hasCallback: false });
    const upload = unfinished?.resume(FILE);
    if (upload === undefined) throw new Error('There is none.');
    await world.endWhole(upload);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('discards what an earlier page began', async () => {
    await world.uploadSome(FILE, 2);
    const page = world.openPage();
    const [unfinished] = await page.unfinished();
    await world.pass(unfinished?.discard());
    expect(world.oss.count('abort')).toBeGreaterThan(0);
    await world.closeAndLookThatNothingIsLeft(page);
  });

  test('tells what has to be left of one that has failed, too, when it is cancelled', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'part' || operation === 'abort'
        ? Promise.resolve(errorAnswer(403, 'AccessDenied'))
        : process();
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    await world.end(upload);
    const events = record(upload);
    await world.pass(upload.cancel());
    expect(events.map(({ type }) => type)).toContain('abort-refused');
    expect(upload.snapshot.status).toBe('failed');
    await page.close();
  });

  test('is cancelled with nothing left', async () => {
    world.stopAfter(2);
    const page = world.openPage();
    const upload = page.upload(FILE, { key: KEY });
    await world.until(() => world.oss.count('part') > 2);
    world.oss.interfere = ({ process }) => process();
    const cancelling = upload.cancel();
    expect(upload.snapshot.status).toBe('cancelled');
    await world.pass(cancelling);
    await world.closeAndLookThatNothingIsLeft(page);
  });
});
