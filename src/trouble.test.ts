import { beforeEach, describe, expect, test } from 'vitest';
import type { Trouble } from './engine/context.ts';
import * as trouble from './engine/trouble.ts';
import { unreadableFile } from './errors.ts';
import type { UploaderSettings } from './options.ts';
import { errorAnswer, noAnswer, silence } from './testing/fake-oss.ts';
import { controlled, watch } from './testing/promises.ts';
import { fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';

const PARTS = 7;

let world: World;
/** How often it was asked for. */
let loads: number;

beforeEach(() => {
  world = new World();
  loads = 0;
});

function loadBy(load: () => Promise<Trouble>): void {
  world.loadTrouble = () => {
    loads += 1;
    return load();
  };
}

const never = (): Promise<Trouble> => new Promise(() => undefined);

describe('what mends failures', () => {
  test('is not waited for where nothing fails', async () => {
    loadBy(never);
    const page = world.openPage();
    const others = ['a', 'b'].map((key) => page.upload(fileOf(PARTS * UNIT), { key }));
    const small = page.upload(fileOf(100), { key: 'small' });
    const upload = page.upload(fileOf(PARTS * UNIT), { key: KEY });
    for (const each of [...others, small, upload])
      expect(await world.end(each)).toMatchObject({ value: { verified: 'crc64' } });
    expect(loads).toBe(1);
  });

  test('is asked for as soon as there is an uploader, and once', async () => {
    loadBy(() => Promise.resolve(trouble));
    world.oss.interfere = silence;
    const page = world.openPage();
    await world.until(() => loads === 1);
    page.upload(fileOf(PARTS * UNIT), { key: KEY });
    page.upload(fileOf(PARTS * UNIT), { key: 'another' });
    await world.until(() => world.oss.requests.length === 2);
    expect(loads).toBe(1);
  });

  test('comes when the network does, and so does the upload', async () => {
    world.isReachable = false;
    loadBy(() =>
      loads <= 2 ? Promise.reject(new TypeError('Not fetched.')) : Promise.resolve(trouble),
    );
    world.oss.interfere = ({ process }) => (world.isReachable ? process() : noAnswer());
    const upload = world.openPage().upload(fileOf(PARTS * UNIT), { key: KEY });
    await world.until(() => upload.snapshot.status === 'waiting-for-network');
    // For longer than any budget lasts that is spent meanwhile.
    await world.clock.advance(600 * SECOND);
    expect(upload.snapshot.status).toBe('waiting-for-network');
    world.isReachable = true;
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(loads).toBe(3);
  });

  test('is not waited for where the file is at fault, which is asked for', async () => {
    loadBy(never);
    world.oss.interfere = ({ operation, process }) =>
      operation === 'part' ? Promise.reject(unreadableFile(undefined)) : process();
    const upload = world.openPage().upload(fileOf(PARTS * UNIT), { key: KEY });
    await world.until(() => upload.snapshot.status === 'needs-file');
    expect(world.oss.count('complete')).toBe(0);
  });

  test('is told together with the failure where it cannot be had', async () => {
    const missing = new TypeError('404');
    loadBy(() => Promise.reject(missing));
    world.oss.interfere = () => Promise.resolve(errorAnswer(500, 'InternalError'));
    const upload = world.openPage().upload(fileOf(PARTS * UNIT), { key: KEY });
    const { reason } = await world.end(upload);
    expect(reason).toMatchObject({
      kind: 'credentials',
      operation: 'InitiateMultipartUpload',
      cause: {
        errors: [
          { kind: 'service', code: 'InternalError', status: 500 },
          { kind: 'credentials', cause: missing },
        ],
      },
    });
    expect(upload.snapshot.status).toBe('failed');
  });

  test('is not waited for by who pauses or cancels meanwhile', async () => {
    loadBy(never);
    world.oss.interfere = ({ operation, process }) =>
      operation === 'part' ? noAnswer() : process();
    const file = fileOf(PARTS * UNIT);
    const upload = world.openPage().upload(file, { key: KEY });
    await world.until(() => world.oss.count('part') > 0);
    await world.clock.advance(SECOND);
    upload.pause();
    expect(upload.snapshot.status).toBe('paused');
    // Its run has ended: another tab may go on.
    world.oss.interfere = ({ process }) => process();
    loadBy(() => Promise.resolve(trouble));
    const elsewhere = world.openPage().upload(file, { key: KEY });
    await world.until(() => elsewhere.snapshot.status === 'uploading');
    const done = watch(upload.done);
    void upload.cancel();
    await world.clock.advance(0);
    expect(done).toMatchObject({ isSettled: true, reason: { name: 'AbortError' } });
  });

  test.each(['when it is there', 'while it is loaded'])(
    'who cancels %s, and before the session of an earlier page was found, leaves nothing of it',
    async (when) => {
      const file = fileOf(PARTS * UNIT);
      await world.uploadSome(file, 3);
      const loaded = controlled<Trouble>();
      loadBy(() => loaded.promise);
      const page = world.openPage();
      if (when === 'when it is there') {
        loaded.resolve(trouble);
        await world.end(page.upload(fileOf(UNIT), { key: 'another' }));
      }
      const upload = page.upload(file, { key: KEY });
      const cancelling = new Promise<void>((resolve) => {
        upload.subscribe(({ status }) => {
          if (status === 'opening') resolve(upload.cancel());
        });
      });
      const state = watch(cancelling);
      await world.end(upload);
      loaded.resolve(trouble);
      await world.until(() => world.oss.count('abort') === 1);
      await world.clock.advance(SECOND);
      await world.until(() => state.isSettled);
      expect(world.oss.uploads.size).toBe(0);
      expect(await world.checkpoints.sessions()).toEqual([]);
    },
  );

  test('is waited for where an earlier page began', async () => {
    const file = fileOf(PARTS * UNIT);
    await world.uploadSome(file, 3);
    const loaded = controlled<Trouble>();
    loadBy(() => loaded.promise);
    const seen = world.oss.requests.length;
    const upload = world.openPage().upload(file, { key: KEY });
    const events = record(upload);
    await world.until(() => loads > 0);
    await world.clock.advance(SECOND);
    expect(world.oss.requests.length).toBe(seen);
    loaded.resolve(trouble);
    expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-1' } });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'resumed', heldBytes: 3 * UNIT }),
    );
  });
});

describe('what hashes', () => {
  test.each<[number, Partial<UploaderSettings>]>([
    [1, {}],
    [0, { integrity: 'none' }],
  ])('is loaded %i times before anything is sent, with %j', async (times, options) => {
    let asked = 0;
    world.loadHashing = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    world.openPage(options);
    await world.clock.advance(SECOND);
    expect(asked).toBe(times);
  });

  test('is told of where it cannot be had, and nothing passes for proven', async () => {
    const cause = new TypeError('404');
    world.loadHashing = () => Promise.reject(cause);
    const upload = world.openPage({ integrity: 'md5' }).upload(fileOf(PARTS * UNIT), { key: KEY });
    expect(await world.end(upload)).toMatchObject({ reason: { kind: 'credentials', cause } });
  });
});
