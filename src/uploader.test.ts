import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import type { CheckpointStore } from './ports.ts';
import { errorAnswer, type FakeOss, noAnswer } from './testing/fake-oss.ts';
import { watch } from './testing/promises.ts';
import { fileOf, KEY, record, SECOND, SECRETS, UNIT, World } from './testing/world.ts';

const PATH = '/holiday.mp4';

let world: World;

beforeEach(() => {
  world = new World();
});

describe('what the server holds', () => {
  test('is read page by page', async () => {
    const file = fileOf(20 * UNIT);
    await world.uploadSome(file, 9);
    world.oss.pageSize = 2;
    const before = world.oss.count('part');
    const { value } = await world.end(world.openPage().upload(file, { key: KEY }));
    expect(value).toMatchObject({ size: 20 * UNIT, verified: 'crc64' });
    expect(world.oss.count('list')).toBe(5);
    expect(world.oss.count('part') - before).toBe(11);
  });

  test('does not count where its ETag is not the one that we were told', async () => {
    const file = fileOf(6 * UNIT);
    await world.uploadSome(file, 3);
    world.oss.uploads
      .get('upload-1')
      ?.set(2, { offset: 0, size: UNIT, etag: 'D41D8CD98F00B204E9800998ECF8427E', crc64: '0' });
    const before = world.oss.count('part');
    await world.end(world.openPage().upload(file, { key: KEY }));
    expect(world.oss.count('part') - before).toBe(4);
    expect(world.oss.objects.get(PATH)?.size).toBe(6 * UNIT);
  });

  test('is looked at again before Complete when a part has changed its size', async () => {
    const file = fileOf(12 * UNIT);
    await world.uploadSome(file, 3);
    // A longer part of an earlier attempt, of which the page has not heard, stands where shorter ones will go.
    world.oss.uploads
      .get('upload-1')
      ?.set(4, { offset: 0, size: 4 * UNIT, etag: 'D41D8CD98F00B204E9800998ECF8427E', crc64: '0' });
    const { value } = await world.end(world.openPage().upload(file, { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(world.oss.count('list')).toBe(2);
  });

  test('is believed of the newest session that fits', async () => {
    const file = fileOf(6 * UNIT);
    await world.uploadSome(file, 2);
    const [older] = [...world.oss.uploads.keys()];
    // A second tab began the same file on its own, later.
    await world.clock.advance(SECOND);
    const records = await world.checkpoints.sessions();
    world.oss.uploads.set('upload-newer', new Map());
    const newer = {
      ...(records[0] as object),
      id: 'newer',
      uploadId: 'upload-newer',
      createdAt: world.clock.now(),
    };
    await world.checkpoints.putSession(newer as Parameters<CheckpointStore['putSession']>[0]);
    await world.end(world.openPage().upload(file, { key: KEY }));
    expect([...world.oss.uploads.keys()]).toEqual([older]);
  });
});

describe('what a page shows', () => {
  test('are the uploads that have not ended', async () => {
    const page = world.openPage();
    expect(page.uploads).toEqual([]);
    const uploads = ['a', 'b', 'c'].map((key) => page.upload(fileOf(2 * UNIT), { key }));
    expect(page.uploads).toEqual(uploads);
    const [first, second, third] = uploads;
    if (first === undefined || third === undefined) throw new Error('There are three.');
    const cancelled = second?.cancel();
    expect(page.uploads).toEqual([first, third]);
    await world.end(first);
    await world.end(third);
    await cancelled;
    expect(page.uploads).toEqual([]);
  });

  test('is told by a `subscribe` that was passed on by itself', async () => {
    const upload = world.openPage().upload(fileOf(2 * UNIT), { key: KEY });
    const { subscribe } = upload;
    let told = 0;
    const unsubscribe = subscribe(() => {
      told += 1;
    });
    await world.until(() => told > 0);
    unsubscribe();
    const before = told;
    await world.end(upload);
    expect(told).toBe(before);
  });

  test('are unfinished uploads by an id, each with a signal of its own', async () => {
    const file = fileOf(6 * UNIT);
    await world.uploadSome(file, 2);
    const page = world.openPage();
    const [[unfinished], [again]] = [await page.unfinished(), await page.unfinished()];
    if (unfinished === undefined) throw new Error('Nothing is unfinished.');
    expect(unfinished.id).toBe(again?.id);
    expect(() => unfinished.resume(file, { signal: 'soon' as unknown as AbortSignal })).toThrow(
      '`signal`',
    );
    const controller = new AbortController();
    const upload = unfinished.resume(file, { signal: controller.signal });
    controller.abort(new Error('Enough.'));
    await expect(upload.done).rejects.toThrow('Enough.');
    await world.settle(watch(upload.cancel()));
    expect([...world.oss.uploads]).toEqual([]);
  });
});

describe('a Complete whose answer is lost', () => {
  function loseCompleteOf(count: number): void {
    let lost = 0;
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      if (operation === 'head') return { ...answer, headers: { ...answer.headers, etag: '' } };
      if (operation !== 'complete' || lost === count) return answer;
      lost += 1;
      return await noAnswer();
    };
  }

  test('is proven by size and date where ETag and CRC-64 are hidden', async () => {
    loseCompleteOf(1);
    world.oss.interfere = hideChecksumsOfHead(world.oss.interfere);
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'size', size: 3 * UNIT });
    expect(world.oss.count('part')).toBe(3);
  });

  test('is not proven by an object that is older than the upload', async () => {
    world.oss.objects.set(PATH, {
      size: 3 * UNIT,
      etag: 'OLD',
      crc64: '0',
      lastModified: world.clock.now() - 60 * SECOND,
    });
    world.oss.interfere = hideChecksumsOfHead(({ operation, process }) =>
      operation === 'complete' && world.oss.count('complete') === 1 ? noAnswer() : process(),
    );
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(world.oss.count('complete')).toBe(2);
    expect(world.oss.count('part')).toBe(3);
  });

  test('that the browser repeated by itself is proven by size and date, too', async () => {
    world.oss.interfere = hideChecksumsOfHead(async ({ operation, process }) => {
      if (operation === 'complete') await process();
      return await process();
    });
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'size', uploadId: 'upload-1' });
    expect(world.oss.count('part')).toBe(3);
  });

  test('is not believed of an upload that was gone before, where an object is older than Complete', async () => {
    world.oss.interfere = hideChecksumsOfHead(async ({ operation, process }) => {
      if (operation === 'complete' && world.oss.count('complete') === 1) {
        world.oss.uploads.clear();
        const lastModified = world.clock.now() - 3 * SECOND;
        world.oss.objects.set(PATH, { size: 3 * UNIT, etag: 'OTHER', crc64: '0', lastModified });
      }
      return await process();
    });
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64', uploadId: 'upload-2' });
    expect(world.oss.count('part')).toBe(6);
  });

  function hideChecksumsOfHead(interfere: FakeOss['interfere']): FakeOss['interfere'] {
    return async (incoming) => {
      const { headers, ...answer } = await interfere(incoming);
      if (incoming.operation !== 'head') return { ...answer, headers: headers ?? {} };
      return {
        ...answer,
        headers: {
          ...headers,
          etag: undefined,
          'x-oss-hash-crc64ecma': undefined,
        } as unknown as Record<string, string>,
      };
    };
  }

  test('is one failure, with the looking: six of them end the upload', async () => {
    world.oss.interfere = ({ operation, process }) =>
      operation === 'complete' || operation === 'head' ? noAnswer() : process();
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'network' });
    expect(world.oss.count('complete')).toBe(1);
    expect(world.oss.count('head')).toBe(5);
    expect(world.oss.count('initiate')).toBe(1);
  });
});

describe('an answer that is not the bucket’s', () => {
  test('for it came from another origin, does not count', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      const isFirst = operation === 'part' && world.oss.count('part') === 1;
      return isFirst ? { ...answer, url: 'https://login.example.com/' } : answer;
    };
    const upload = world.openPage({ concurrency: 1 }).upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    const { value } = await world.end(upload);
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(events.filter(({ type }) => type === 'retry')).toMatchObject([
      { partNumber: 1, error: { kind: 'protocol' } },
    ]);
  });

  test('for it hides the ETag, is told with what to set, and the parts are looked up', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      return operation === 'part' ? { status: answer.status } : answer;
    };
    const upload = world.openPage().upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    const { value } = await world.end(upload);
    expect(value).toMatchObject({ verified: 'crc64' });
    const told = events.filter(({ type }) => type === 'etag-hidden');
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain('ExposeHeader');
    expect(world.oss.count('list')).toBe(1);
    expect(world.oss.count('part')).toBe(3);
  });

  test('for it hides the ETag where listing is refused, is made up for by the MD5 of the parts', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      if (operation === 'list') return errorAnswer(403, 'AccessDenied');
      const answer = await process();
      return operation === 'part' ? { status: answer.status } : answer;
    };
    const upload = world.openPage().upload(fileOf(3 * UNIT + 5), { key: KEY });
    const events = record(upload);
    const { value } = await world.end(upload);
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(events.map(({ type }) => type)).toContain('list-refused');
    expect(world.oss.count('part')).toBe(4);
  });

  test('that hides ETags and loses parts is not asked for ever', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      if (operation === 'list') world.oss.uploads.get('upload-1')?.delete(2);
      const answer = await process();
      return operation === 'part' ? { status: answer.status } : answer;
    };
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'protocol', operation: 'ListParts', partNumber: 2 });
    expect(world.oss.count('list')).toBe(3);
    expect(world.oss.count('part')).toBe(5);
  });
});

describe('credentials', () => {
  test('that the app cannot give just now are waited for', async () => {
    let calls = 0;
    world.credentials = () => {
      calls += 1;
      return calls < 4
        ? Promise.reject(new TypeError('Failed to fetch'))
        : Promise.resolve(SECRETS);
    };
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(calls).toBe(4);
  });

  test('never leave the headers of a request', async () => {
    let isExpired = true;
    world.oss.interfere = ({ operation, process }) => {
      if (operation === 'put' || operation === 'head') return process();
      if (isExpired && operation === 'part') {
        isExpired = false;
        return Promise.resolve(errorAnswer(403, 'SecurityTokenExpired'));
      }
      return operation === 'complete'
        ? Promise.resolve(errorAnswer(403, 'SignatureDoesNotMatch'))
        : process();
    };
    const upload = world.openPage().upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    const { reason } = await world.end(upload);
    expect(reason).toBeInstanceOf(UploadError);
    const seen = JSON.stringify([
      events,
      upload.snapshot,
      await world.checkpoints.sessions(),
      world.oss.requests.map(({ request }) => request.url),
      [String(reason), reason, reason instanceof UploadError ? reason.stack : ''],
    ]);
    expect(seen).not.toMatch(/MARKED|Signature=|STS\.visible/);
    expect(
      world.oss.requests.every(
        ({ request }) => request.headers['x-oss-security-token'] === 'MARKED-TOKEN',
      ),
    ).toBe(true);
  });
});
