import { beforeEach, describe, expect, test } from 'vitest';
import { UploadError } from './errors.ts';
import { errorAnswer, type FakeAnswer, type Incoming } from './testing/fake-oss.ts';
import { fileOf, KEY, record, SECOND, SECRETS, UNIT, World } from './testing/world.ts';

const PATH = '/holiday.mp4';
const HOUR = 3600 * SECOND;

let world: World;

beforeEach(() => {
  world = new World();
});

/** A refusal with further fields in its document. */
function refusal(
  status: number,
  code: string,
  message: string,
  fields: Readonly<Record<string, string>> = {},
): FakeAnswer {
  const extra = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return {
    status,
    body: `<Error><Code>${code}</Code><Message>${message}</Message>${extra.join('')}</Error>`,
  };
}

function hostsOf(requests: readonly Incoming[]): string[] {
  return requests.map(({ request }) => new URL(request.url).hostname);
}

describe('a clock that is wrong', () => {
  /** A server two hours ahead that refuses what is signed for another quarter of an hour than its own. */
  function refuseSkewed(): void {
    world.oss.interfere = ({ request, process }) => {
      const serverTime = world.clock.now() + 2 * HOUR;
      const signedAt = Date.parse(
        (request.headers['x-oss-date'] ?? '').replace(
          /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
          '$1-$2-$3T$4:$5:$6Z',
        ),
      );
      if (Math.abs(signedAt - serverTime) <= 15 * 60 * SECOND) return process();
      const fields = { ServerTime: new Date(serverTime).toISOString() };
      return Promise.resolve(refusal(403, 'RequestTimeTooSkewed', 'Too large.', fields));
    };
  }

  test('is set right by the first answer, for every request from then on', async () => {
    refuseSkewed();
    const upload = world.openPage().upload(fileOf(5 * UNIT), { key: KEY });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(events.filter(({ type }) => type === 'clock-corrected')).toHaveLength(1);
    expect(world.oss.count('initiate')).toBe(2);
    expect(world.oss.count('part')).toBe(5);
  });

  test('that no answer sets right is told after two corrections', async () => {
    const fields = { ServerTime: new Date(world.clock.now()).toISOString() };
    world.oss.interfere = () =>
      Promise.resolve(refusal(403, 'RequestTimeTooSkewed', 'No.', fields));
    const { reason } = await world.end(world.openPage().upload(fileOf(5 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ kind: 'service', code: 'RequestTimeTooSkewed' });
    expect(world.oss.requests).toHaveLength(3);
  });

  test('is told at once where the answer does not say what time it is', async () => {
    world.oss.interfere = () => Promise.resolve(errorAnswer(403, 'RequestTimeTooSkewed'));
    const { reason } = await world.end(world.openPage().upload(fileOf(5 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ code: 'RequestTimeTooSkewed' });
    expect(world.oss.requests).toHaveLength(1);
  });
});

describe('a signature that does not match', () => {
  test('is tried once more, signed anew', async () => {
    let refused = 0;
    world.oss.interfere = ({ operation, process }) => {
      if (operation !== 'part' || refused > 0) return process();
      refused += 1;
      return Promise.resolve(errorAnswer(403, 'SignatureDoesNotMatch'));
    };
    const upload = world.openPage().upload(fileOf(3 * UNIT), { key: KEY });
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(world.oss.count('part')).toBe(4);
  });

  test('a second time is told', async () => {
    world.oss.interfere = () => Promise.resolve(errorAnswer(403, 'SignatureDoesNotMatch'));
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(world.oss.requests).toHaveLength(2);
  });
});

describe('an endpoint of another region', () => {
  const WRONG =
    'The bucket you are attempting to access must be addressed using the specified endpoint.';

  function nameEndpoint(fields: Readonly<Record<string, string>>): void {
    world.oss.interfere = ({ request, process }) =>
      new URL(request.url).hostname === 'videos.oss-cn-beijing.aliyuncs.com'
        ? Promise.resolve(refusal(403, 'AccessDenied', WRONG, fields))
        : process();
  }

  test('is left for the one that OSS names, once', async () => {
    nameEndpoint({ Bucket: 'videos', Endpoint: 'oss-cn-hangzhou.aliyuncs.com' });
    const upload = world.openPage({ region: 'cn-beijing' }).upload(fileOf(3 * UNIT), { key: KEY });
    const events = record(upload);
    expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
    expect(events.filter(({ type }) => type === 'endpoint-switched')).toMatchObject([
      { endpoint: 'https://videos.oss-cn-hangzhou.aliyuncs.com' },
    ]);
    expect(new Set(hostsOf(world.oss.requests.slice(1)))).toEqual(
      new Set(['videos.oss-cn-hangzhou.aliyuncs.com']),
    );
    expect(world.oss.requests.at(-1)?.request.headers['authorization']).toContain(
      '/cn-hangzhou/oss/',
    );
  });

  test.each([
    ['a foreign host', { Bucket: 'videos', Endpoint: 'oss-cn-hangzhou.example.com' }],
    [
      'a host that only looks like one',
      { Bucket: 'videos', Endpoint: 'example.com/.aliyuncs.com' },
    ],
    ['another bucket', { Bucket: 'others', Endpoint: 'oss-cn-hangzhou.aliyuncs.com' }],
    ['nothing', {}],
  ])('is not left for %s', async (_name, fields) => {
    nameEndpoint(fields);
    const page = world.openPage({ region: 'cn-beijing' });
    const { reason } = await world.end(page.upload(fileOf(3 * UNIT), { key: KEY }));
    expect(reason).toMatchObject({ code: 'AccessDenied' });
    expect(hostsOf(world.oss.requests)).toEqual(['videos.oss-cn-beijing.aliyuncs.com']);
  });
});

describe('a key that exists and must not be overwritten', () => {
  const options = { key: KEY, headers: { 'x-oss-forbid-overwrite': 'true' } };

  test('is ours when it has our ETag: Complete was sent twice', async () => {
    world.oss.interfere = async ({ operation, process }) => {
      const answer = await process();
      return operation === 'complete' ? errorAnswer(409, 'FileAlreadyExists') : answer;
    };
    const { value } = await world.end(world.openPage().upload(fileOf(3 * UNIT), options));
    expect(value).toMatchObject({ verified: 'crc64' });
    expect(world.oss.count('complete')).toBe(1);
  });

  test('is told when it has another', async () => {
    world.oss.objects.set(PATH, {
      size: 3 * UNIT,
      etag: 'OTHER',
      crc64: '0',
      lastModified: world.clock.now(),
    });
    world.oss.interfere = ({ operation, process }) =>
      operation === 'complete' ? Promise.resolve(errorAnswer(409, 'FileAlreadyExists')) : process();
    const { reason } = await world.end(world.openPage().upload(fileOf(3 * UNIT), options));
    expect(reason).toMatchObject({ code: 'FileAlreadyExists', status: 409 });
  });
});

test('a server that holds answers back gets fewer requests at once', async () => {
  const atOnce: number[] = [];
  let inFlight = 0;
  world.oss.interfere = async ({ operation, process }) => {
    if (operation !== 'part') return await process();
    inFlight += 1;
    const answer = await process();
    atOnce.push(inFlight);
    inFlight -= 1;
    return { ...answer, headers: { ...answer.headers, 'x-oss-qos-delay-time': '120' } };
  };
  await world.end(world.openPage({ concurrency: 4 }).upload(fileOf(30 * UNIT), { key: KEY }));
  expect(Math.max(...atOnce.slice(10))).toBe(1);
});

test('credentials that the app cannot give are asked for six times, by all requests together', async () => {
  let calls = 0;
  world.credentials = () => {
    calls += 1;
    return calls === 1
      ? Promise.resolve(SECRETS)
      : Promise.reject(new TypeError('Failed to fetch'));
  };
  world.oss.interfere = ({ operation, process }) =>
    operation === 'part' ? Promise.resolve(errorAnswer(403, 'SecurityTokenExpired')) : process();
  const { reason } = await world.end(world.openPage().upload(fileOf(9 * UNIT), { key: KEY }));
  expect(reason).toMatchObject({ kind: 'credentials' });
  expect(calls).toBe(7);
});

test('the same bytes that were there before are not taken for what a Complete made that never arrived', async () => {
  const file = fileOf(3 * UNIT);
  await world.end(world.openPage().upload(file, { key: KEY, contentType: 'text/old' }));
  await world.clock.advance(3600 * SECOND);
  const began = world.clock.now();
  let lost = 0;
  world.oss.interfere = ({ operation, process }) => {
    if (operation !== 'complete' || lost > 0) return process();
    lost += 1;
    return Promise.reject(new UploadError('network', 'No answer.'));
  };
  const upload = world.openPage().upload(file, { key: KEY, contentType: 'text/new' });
  expect(await world.end(upload)).toMatchObject({ value: { uploadId: 'upload-2' } });
  expect(world.oss.objects.get(PATH)?.lastModified).toBeGreaterThanOrEqual(began);
  expect([...world.oss.uploads.keys()]).toEqual([]);
});

test('the same bytes that came by another way end an upload, and it is not left open', async () => {
  const file = fileOf(3 * UNIT);
  await world.end(world.openPage().upload(file, { key: 'other.mp4' }));
  const same = world.oss.objects.get('/other.mp4');
  if (same === undefined) throw new Error('There is no object.');
  world.oss.interfere = ({ operation, process }) => {
    if (operation !== 'complete') return process();
    world.oss.objects.set(PATH, { ...same, etag: 'ED076287532E86365E841E92BFC50D8C' });
    return Promise.reject(new UploadError('network', 'No answer.'));
  };
  const upload = world.openPage().upload(file, { key: KEY });
  expect(await world.end(upload)).toMatchObject({ value: { verified: 'crc64' } });
  await world.until(() => world.oss.uploads.size === 0);
});
