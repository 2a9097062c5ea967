import { beforeEach, describe, expect, test } from 'vitest';
import { unreadableFile } from './errors.ts';
import { loadHashing } from './platform/load-hashing.ts';
import type { Hasher } from './ports.ts';
import { errorAnswer, type FakeOss, noAnswer, silence } from './testing/fake-oss.ts';
import { crc64Of, fileOf, KEY, record, SECOND, UNIT, World } from './testing/world.ts';
import type { Upload } from './upload.ts';

const PATH = '/holiday.mp4';
const CRC64 = 'x-oss-hash-crc64ecma';

let world: World;

beforeEach(() => {
  world = new World();
});

async function expectStored(file: Blob): Promise<void> {
  expect(world.oss.objects.get(PATH)?.crc64).toBe(await crc64Of(file));
}

/** The server says of a part's bytes, the first so many times, that they are others. */
function damage(partNumber: number, times: number, header: string): FakeOss['interfere'] {
  let damaged = 0;
  return async (incoming) => {
    const answer = await incoming.process();
    if (incoming.operation !== 'part' || incoming.partNumber !== partNumber) return answer;
    if (damaged === times) return answer;
    damaged += 1;
    return {
      ...answer,
      headers: { ...answer.headers, [header]: header === CRC64 ? '1' : `"${'0'.repeat(32)}"` },
    };
  };
}

function sentParts(): number[] {
  const parts = world.oss.requests.filter(({ operation }) => operation === 'part');
  return parts.map(({ partNumber }) => partNumber);
}

describe('a part that arrives with other bytes', () => {
  test.each([
    ['crc64', CRC64],
    ['md5', 'etag'],
  ] as const)('is sent again, as its checksum tells (%s)', async (integrity, header) => {
    if (integrity === 'md5') world.oss.hidden.add(CRC64);
    world.oss.interfere = damage(2, 2, header);
    const file = fileOf(3 * UNIT);
    const upload = world.openPage({ integrity }).upload(file, { key: KEY });
    const events = record(upload);
    const { value } = await world.end(upload);
    expect(value).toMatchObject({ verified: integrity === 'md5' ? 'etag' : 'crc64' });
    expect(sentParts().toSorted((a, b) => a - b)).toEqual([1, 2, 2, 2, 3]);
    const retries = events.filter((event) => event.type === 'retry');
    expect(retries.map(({ error }) => error.code)).toEqual(['BytesDiffer', 'BytesDiffer']);
    await expectStored(file);
  });

  test('for ever ends in one error that says so', async () => {
    world.oss.interfere = damage(2, Number.POSITIVE_INFINITY, CRC64);
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'protocol', code: 'BytesDiffer', partNumber: 2 });
    expect(world.oss.objects.size).toBe(0);
  });

  test('is refused by the server where the page sends its MD5', async () => {
    let refused = 0;
    world.oss.interfere = ({ operation, process }) => {
      if (operation !== 'part' || refused === 1) return process();
      refused += 1;
      return Promise.resolve(errorAnswer(400, 'InvalidDigest'));
    };
    const page = world.openPage({ integrity: 'md5' });
    const { value } = await world.end(page.upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    const parts = world.oss.requests.filter(({ operation }) => operation === 'part');
    expect(parts.map(({ request }) => request.headers['content-md5'])).toEqual(
      Array.from({ length: 4 }, () => expect.stringMatching(/^[\w+/]{22}==$/)),
    );
  });
});

describe('an object that comes to other bytes', () => {
  function spoil(times: number): FakeOss['interfere'] {
    return async ({ operation, process }) => {
      const answer = await process();
      const isOfObject = operation === 'complete' || operation === 'head';
      if (!isOfObject || world.oss.count('complete') > times) return answer;
      return { ...answer, headers: { ...answer.headers, [CRC64]: '1' } };
    };
  }

  test('is made anew', async () => {
    world.oss.interfere = spoil(1);
    const upload = world.openPage().upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(world.oss.count('part')).toBe(6);
    const restarted = events.filter((event) => event.type === 'restarted');
    expect(restarted.map(({ error }) => error.code)).toEqual(['ObjectDiffers']);
  });

  test('again and again ends in one error', async () => {
    world.oss.interfere = spoil(Number.POSITIVE_INFINITY);
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'protocol', code: 'ObjectDiffers' });
    expect(world.oss.count('initiate')).toBe(3);
  });
});

describe('how far it is verified', () => {
  const small = UNIT - 1;

  test.each<[string, string[], number, string | false]>([
    ['CRC-64 and ETag', [], 3 * UNIT, 'crc64'],
    ['the ETag alone', [CRC64], 3 * UNIT, 'etag'],
    ['no header', [CRC64, 'etag'], 3 * UNIT, 'etag'],
    ['CRC-64 and ETag, of a small file', [], small, 'crc64'],
    ['the ETag alone, of a small file', [CRC64], small, 'etag'],
    ['no header, of a small file', [CRC64, 'etag'], small, false],
  ])('with %s', async (_name, hidden, size, verified) => {
    for (const name of hidden) world.oss.hidden.add(name);
    const file = fileOf(size);
    const { value } = await world.end(world.openPage().upload(file, { key: KEY }));
    expect(value).toMatchObject({ verified });
    await expectStored(file);
  });

  test('where nothing but the size can be seen of the object', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      if (operation !== 'complete') return answer;
      // Some encryptions make ETags that are no MD5.
      return { ...answer, headers: {}, body: answer.body?.replace(/"[\w-]+"/, '"KMS"') ?? '' };
    };
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'size', etag: 'KMS' });
  });

  test('without checksums', async () => {
    const page = world.openPage({ integrity: 'none' });
    const { value } = await world.end(page.upload(fileOf(3 * UNIT), { key: KEY }));
    expect(value).toMatchObject({ verified: 'etag' });
    const bodies = world.oss.requests.map(({ request }) => request.body);
    expect(bodies.filter((body) => typeof body === 'object' && 'hash' in body)).toEqual([]);
  });

  test('where ETags are hidden and parts may not be listed: they are made of the bytes', async () => {
    for (const name of [CRC64, 'etag']) world.oss.hidden.add(name);
    world.oss.interfere = ({ operation, process }) =>
      operation === 'list' ? Promise.resolve(errorAnswer(403, 'AccessDenied')) : process();
    const file = fileOf(3 * UNIT);
    const { value } = await world.end(world.openPage().upload(file, { key: KEY }));
    expect(value).toMatchObject({ verified: 'etag' });
    await expectStored(file);
  });
});

describe('a part that the checkpoint missed', () => {
  /** A page that is gone before it hears of the last parts that it has sent. */
  async function uploadUnheard(file: File): Promise<void> {
    const page = world.openPage();
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      return operation === 'part' && world.oss.count('part') > 2 ? noAnswer() : answer;
    };
    const upload = page.upload(file, { key: KEY });
    await world.until(() => world.oss.uploads.get('upload-1')?.size === 6);
    const heard = upload.parts.filter(({ state }) => state === 'confirmed');
    expect(heard.length).toBeLessThan(6);
    await page.close();
    world.oss.interfere = ({ process }) => process();
    world.oss.requests.length = 0;
  }

  test('is proven by its bytes, and not sent again', async () => {
    const file = fileOf(6 * UNIT);
    await uploadUnheard(file);
    const { value } = await world.end(world.openPage().upload(file, { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(sentParts()).toEqual([]);
    await expectStored(file);
  });

  test('is sent again where its bytes are not compared', async () => {
    const file = fileOf(6 * UNIT);
    await uploadUnheard(file);
    await world.end(world.openPage({ integrity: 'none' }).upload(file, { key: KEY }));
    expect(sentParts().length).toBeGreaterThan(0);
    await expectStored(file);
  });
});

describe('a file that is picked again', () => {
  /** Between two of the places that a fingerprint looks at. Bytes. */
  const UNSEEN = 70_000;

  async function changed(file: File, lastModified: number): Promise<File> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    bytes[UNSEEN] = 99;
    return new File([bytes], file.name, { lastModified });
  }

  test('is known by its bytes, whatever its date', async () => {
    const file = fileOf(12 * UNIT);
    await world.uploadSome(file, 5);
    world.oss.requests.length = 0;
    const again = new File([file], file.name, { lastModified: 5 });
    const { value } = await world.end(world.openPage().upload(again, { key: KEY }));
    expect(value).toMatchObject({ verified: 'crc64', uploadId: 'upload-1' });
    expect(sentParts()).not.toContain(5);
  });

  test('and was changed where the samples do not look is never mixed with what it was', async () => {
    const file = fileOf(12 * UNIT);
    await world.uploadSome(file, 5);
    world.oss.requests.length = 0;
    const other = await changed(file, file.lastModified);
    const upload = world.openPage().upload(other, { key: KEY });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(events.filter(({ type }) => type === 'parts-differ')).toEqual([
      { type: 'parts-differ', count: 1 },
    ]);
    expect(sentParts().filter((number) => number <= 5)).toEqual([1]);
    await expectStored(other);
  });

  /** Has a page find out that the first part of five that an earlier one has sent is of another file, and send no other. */
  async function findDifferences(
    failPart: FakeOss['interfere'],
  ): Promise<{ readonly upload: Upload; readonly other: File }> {
    const file = fileOf(12 * UNIT);
    await world.uploadSome(file, 5);
    let compared = 0;
    world.loadHashing = async () => {
      const hasher = (await loadHashing()).createHasher();
      const counting: Hasher['digest'] = (...given) =>
        hasher.digest(...given).finally(() => {
          compared += 1;
        });
      return { createHasher: () => ({ digest: counting }) };
    };
    world.oss.interfere = (incoming) =>
      incoming.operation === 'part'
        ? world.until(() => compared === 5).then(() => failPart(incoming))
        : incoming.process();
    const other = await changed(file, file.lastModified);
    const upload = world.openPage().upload(other, { key: KEY });
    await world.until(() => compared === 5);
    return { upload, other };
  }

  test('and was changed is not mixed where a pause comes before the differing parts are sent', async () => {
    const { upload, other } = await findDifferences(silence);
    upload.pause();
    await world.clock.advance(3 * SECOND);
    expect(upload.snapshot.status).toBe('paused');
    world.oss.interfere = ({ process }) => process();
    upload.resume();
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    await expectStored(other);
  });

  test('and was changed is not mixed where it is lost before the differing parts are sent', async () => {
    const { upload, other } = await findDifferences(() =>
      Promise.reject(unreadableFile(undefined)),
    );
    await world.until(() => upload.snapshot.status === 'needs-file');
    world.oss.interfere = ({ process }) => process();
    upload.resume(other);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    await expectStored(other);
  });

  test('has to have its date where its bytes are not compared', async () => {
    const file = fileOf(12 * UNIT);
    await world.uploadSome(file, 5);
    const page = world.openPage({ integrity: 'none' });
    const other = await changed(file, 5);
    expect(await world.end(page.upload(other, { key: KEY }))).toMatchObject({
      value: { uploadId: 'upload-2' },
    });
    await expectStored(other);
  });
});
