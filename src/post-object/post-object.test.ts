import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../emulator/index.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Traffic } from '../engine/traffic.ts';
import { UploadError } from '../errors.ts';
import { systemClock } from '../platform/system-clock.ts';
import { fetchTransport } from '../testing/fetch-transport.ts';
import { signedFields } from '../testing/post-fields.ts';
import type { PostFields } from './form-fields.ts';
import type { PostObjectEvent, PostObjectOptions } from './options.ts';
import { type PostObjectResult, postObjectOn } from './post-object.ts';

const FILE = new File(['content'], 'a b.txt', { type: 'text/plain' });
const BUCKET = 'videos';

let emulator: Emulator;
let events: PostObjectEvent[];

beforeAll(async () => {
  emulator = await createEmulator({ buckets: [BUCKET] });
});
beforeEach(async () => {
  await emulator.reset();
  events = [];
});
afterAll(() => emulator.close());

/** Posts in Node; what is different in a browser is the transport. */
function post(
  options: Partial<PostObjectOptions> = {},
  file: File = FILE,
  at: Emulator = emulator,
): Promise<PostObjectResult> {
  const platform = {
    transport: fetchTransport,
    clock: systemClock,
    connectivity: { probe: () => Promise.resolve(true), onOnline: () => () => undefined },
    scheduler: new Scheduler(6),
    traffic: new Traffic(systemClock),
  };
  return postObjectOn(platform, file, {
    url: `${at.origin}/${BUCKET}`,
    fields: signedFields(),
    retry: { baseDelay: 1, maxDelay: 5 },
    onEvent: (event) => events.push(event),
    ...options,
  });
}

async function failureOf(posting: Promise<unknown>): Promise<UploadError> {
  const reason: unknown = await posting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (reason instanceof UploadError) return reason;
  throw new Error(`An UploadError was expected; got ${String(reason)}.`);
}

async function expectStored(key: string, content = 'content'): Promise<void> {
  const expected = createHash('sha256').update(content).digest('hex');
  expect(await emulator.sha256(BUCKET, key)).toBe(expected);
}

/** Statuses of the forms that were sent. */
function statuses(at: Emulator = emulator): (number | undefined)[] {
  return at.log.filter(({ operation }) => operation === 'PostObject').map(({ status }) => status);
}

async function startAnother(options: EmulatorOptions): Promise<Emulator> {
  const another = await createEmulator({ buckets: [BUCKET], ...options });
  onTestFinished(() => another.close());
  return another;
}

describe('a form', () => {
  test.each(['V1', 'V4'] as const)('signed by %s is stored', async (version) => {
    const fields = signedFields({ key: 'dir/目录 a.txt' }, { version });
    const result = await post({ fields });
    expect(result).toEqual({
      bucket: undefined,
      key: 'dir/目录 a.txt',
      etag: createHash('md5').update('content').digest('hex').toUpperCase(),
      location: `${emulator.origin}/${BUCKET}/dir/%E7%9B%AE%E5%BD%95%20a.txt`,
      size: 7,
      status: 204,
      requestId: expect.stringMatching(/^[\dA-F]{24}$/),
      callback: undefined,
      verified: false,
    });
    await expectStored('dir/目录 a.txt');
  });

  test('with a token of STS, and all that a policy may demand', async () => {
    const conditions = [
      { bucket: BUCKET },
      ['starts-with', '$key', 'user/'],
      ['content-length-range', 1, 7],
      ['in', '$content-type', ['text/plain']],
      ['eq', '$success_action_status', '201'],
      ['not-in', '$x-oss-meta-a', ['c']],
    ];
    const keys = emulator.issueCredentials();
    const fields = signedFields(
      { key: 'user/${filename}', success_action_status: '201', 'x-oss-meta-a': 'b' },
      { version: 'V4', keys, conditions },
    );
    expect(await post({ fields })).toMatchObject({
      bucket: BUCKET,
      key: 'user/a b.txt',
      status: 201,
    });
    await expectStored('user/a b.txt');
  });

  test.each([
    ['200', 200],
    ['201', 201],
    ['204', 204],
  ])('that asks to be answered with %s', async (status, expected) => {
    const fields = signedFields({ key: 'k', success_action_status: status });
    const result = await post({ fields });
    expect(result).toMatchObject({ key: 'k', status: expected, size: 7 });
    expect(result.etag).toMatch(/^[\dA-F]{32}$/);
    expect(result.location).toBe(`${emulator.origin}/${BUCKET}/k`);
  });

  test.each(['plain.txt', '目录.txt', 'a "b".txt', 'a%20b.txt', 'a\nb.txt', '$&.txt'])(
    'whose key has the name of the file: %j',
    async (name) => {
      const { key } = await post({
        fields: signedFields({ key: 'u/${filename}' }),
        fileName: name,
      });
      expect(emulator.objects().map((object) => object.key)).toEqual([key]);
    },
  );

  test('of a bucket that everybody may write to needs a key alone', async () => {
    emulator.setAcl('public-read-write');
    expect(await post({ fields: { key: 'k' } })).toMatchObject({ key: 'k', status: 204 });
    await expectStored('k');
  });

  test('of nothing at all is stored, too', async () => {
    expect(await post({}, new File([], 'empty'))).toMatchObject({ size: 0 });
    await expectStored('a.txt', '');
  });

  test('takes an address with a slash at its end', async () => {
    const { location } = await post({ url: `${emulator.origin}/${BUCKET}/` });
    expect(location).toBe(`${emulator.origin}/${BUCKET}/a.txt`);
  });

  test('tells how far it has come', async () => {
    const shown: unknown[] = [];
    await post({ onProgress: (progress) => shown.push(progress) });
    expect(shown).toEqual([{ sentBytes: 7, size: 7 }]);
  });
});

describe('at the door', () => {
  test.each<[Partial<PostObjectOptions>, string]>([
    [{ fields: signedFields({ key: 'k' }, { conditions: [{ key: 'other' }] }) }, '"other"'],
    [{ fields: signedFields({ key: 'k' }, { expiration: new Date(0) }) }, '1970-01-01T00:00:00'],
    [{ fields: { key: 'k', success_action_redirect: 'https://a.example.com' } }, 'redirect'],
    [{ fields: () => Promise.resolve({ key: '' }) }, 'the field `key`'],
    [{ url: 'videos.oss-cn-hangzhou.aliyuncs.com' }, '`url`'],
    [{ url: '' }, '`url`'],
    [{ url: 'ftp://a.example.com/' }, '`url`'],
    [{ url: 'https://a.example.com/?a=b' }, '`url`'],
    [{ url: 'https://oss-cn-hangzhou.aliyuncs.com' }, 'to name the bucket before the endpoint'],
    [{ url: 'https://u:hidden@a.example.com/' }, 'no user name or password'],
    [{ retry: { limit: 0 } }, '`retry.limit`'],
    [{ timeout: { stall: 0 } }, '`timeout.stall`'],
    [{ callback: { url: 'a', body: 'b' } }, '`callback.url`'],
    [{ signal: 'now' as unknown as AbortSignal }, '`signal`'],
    [{ onEvent: 'tell' as unknown as () => void }, '`onEvent`'],
    [{ onProgress: 1 as unknown as () => void }, '`onProgress`'],
    [{ contentType: 1 as unknown as string }, '`contentType`'],
    [{ fileName: 1 as unknown as string }, '`fileName`'],
  ])('%# is refused, and nothing is sent: %s', async (options, expected) => {
    const message = await post(options).catch(String);
    expect(message).toMatch(/^(?:Type|Range)Error: /);
    expect(message).toContain(expected);
    expect(message).not.toContain('hidden');
    expect(emulator.log).toEqual([]);
  });

  test('no file, no options', async () => {
    await expect(post({}, 'a' as unknown as File)).rejects.toThrow('`file`');
    const none = undefined as unknown as PostObjectOptions;
    await expect(postObjectOn({} as never, FILE, none)).rejects.toThrow('{ url, fields, ... }');
  });
});

describe('what OSS refuses has its advice', () => {
  test('a signature that is wrong', async () => {
    const fields = { ...signedFields(), Signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' };
    const error = await failureOf(post({ fields }));
    expect(error).toMatchObject({ kind: 'service', code: 'AccessDenied', operation: 'PostObject' });
    expect(error.advice).toContain('Sign the Base64 text of the policy');
    expect(error.message).toContain('PostObject was refused (403 AccessDenied');
    expect(statuses()).toEqual([403]);
  });

  test('a condition that only OSS can judge', async () => {
    const fields = signedFields({ key: 'k' }, { conditions: [{ bucket: 'photos' }] });
    const error = await failureOf(post({ fields }));
    expect(error.serviceMessage).toContain('["eq", "$bucket", "photos"]');
    expect(error.advice).toContain('Compare the field');
  });

  test('a condition with a token in it, which no message shows', async () => {
    const keys = { ...emulator.issueCredentials() };
    const conditions = [{ bucket: keys.securityToken }];
    const error = await failureOf(
      post({ fields: signedFields({ key: 'k' }, { keys, conditions }) }),
    );
    expect(error.serviceMessage).toContain('["eq", "$bucket", "…"]');
    expect(JSON.stringify([error, error.message])).not.toContain(keys.securityToken);
  });

  test('no signature for a bucket that is not open', async () => {
    const error = await failureOf(post({ fields: { key: 'k' } }));
    expect(error).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(error.advice).toContain('Let your server sign the form');
  });

  test('a key of STS without its token', async () => {
    const { securityToken: _left, ...keys } = emulator.issueCredentials();
    const error = await failureOf(post({ fields: signedFields({ key: 'k' }, { keys }) }));
    expect(error.code).toBe('InvalidAccessKeyId');
    expect(error.advice).toContain('token as x-oss-security-token');
    expect(statuses()).toEqual([403]);
  });

  test('a field that is too long, by the manual’s limit', async () => {
    const strict = await startAnother({ forms: { fieldValue: 4096 } });
    const fields = signedFields({ key: 'k', 'x-oss-meta-a': 'x'.repeat(5000) });
    const error = await failureOf(post({ fields }, FILE, strict));
    expect(error.code).toBe('FieldItemTooLong');
    expect(error.advice).toContain('4 KB');
  });

  test('fields that are too long together', async () => {
    const strict = await startAnother({ forms: { beforeFile: 4096 } });
    const names = Array.from({ length: 50 }, (_, index) => `x-oss-meta-${index}`);
    const many = Object.fromEntries(names.map((name) => [name, 'x'.repeat(5000)]));
    const error = await failureOf(
      post({ fields: signedFields({ key: 'k', ...many }) }, FILE, strict),
    );
    expect(error.code).toBe('MaxPOSTPreDataLengthExceededError');
    expect(error.advice).toContain('file as the last field');
  });

  test('a file that is too large for the server', async () => {
    const strict = await startAnother({ limits: { maxBodySize: 6 } });
    const error = await failureOf(post({}, FILE, strict));
    expect(error.code).toBe('EntityTooLarge');
    expect(error.advice).toContain('content-length-range');
    expect(error.advice).not.toContain('partSize');
  });

  test('a key that is taken', async () => {
    const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
    await post({ fields });
    const error = await failureOf(post({ fields }));
    expect(error).toMatchObject({ code: 'FileAlreadyExists', status: 409 });
    expect(error.advice).toContain('Choose another `key`');
  });

  // The door, or the browser itself, lets none of these through.
  test.each([
    ['IncorrectNumberOfFilesInPOSTRequest', undefined, 'one form per file'],
    ['MalformedPOSTRequest', undefined, 'FormData'],
    ['RequestIsNotMultipartContent', undefined, 'Content-Type'],
    ['EntityTooSmall', undefined, 'Lower content-length-range'],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: unknown char e', 'double quotes'],
    ['InvalidPolicyDocument', 'Invalid Policy: Invalid JSON: , or ] expected', 'JSON.stringify'],
    [
      'InvalidPolicyDocument',
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
      'one condition per field',
    ],
    [
      'InvalidArgument',
      "The bucket POST must contain the specified 'key'. If it is specified, please check the order of the fields",
      'before the file',
    ],
    ['InvalidArgument', 'Post request signature is empty.', 'all of OSSAccessKeyId'],
  ])('%s: %s', async (code, message, expected) => {
    const fault = { type: 'error', code, ...(message === undefined ? {} : { message }) } as const;
    emulator.faults.add({ match: { operation: 'PostObject' }, fault });
    const error = await failureOf(post());
    expect(error).toMatchObject({ kind: 'service', code });
    expect(error.advice).toContain(expected);
    expect(statuses()).toHaveLength(1);
  });
});

describe('what is over', () => {
  /** By the server's clock, an hour before ours. */
  const AHEAD = 2 * 3_600_000;

  test('with fields that were given once ends with advice', async () => {
    emulator.setClockOffset(AHEAD);
    const error = await failureOf(post());
    expect(error).toMatchObject({ code: 'AccessDenied' });
    expect(error.advice).toContain('Let `fields` be a function');
    expect(statuses()).toEqual([403]);
    expect(events).toEqual([]);
  });

  test('is asked for anew where fields are a function', async () => {
    emulator.setClockOffset(AHEAD);
    let asked = 0;
    const fields = (): Promise<PostFields> => {
      asked += 1;
      const expiration = new Date(Date.now() + asked * 1.5 * 3_600_000);
      return Promise.resolve(signedFields({ key: `k${asked}` }, { expiration }));
    };
    expect(await post({ fields })).toMatchObject({ key: 'k2' });
    expect(statuses()).toEqual([403, 204]);
    expect(events.map(({ type }) => type)).toEqual(['credentials-refused']);
  });

  test('is asked for twice at most', async () => {
    emulator.setClockOffset(AHEAD);
    let asked = 0;
    const fields = (): Promise<PostFields> => {
      asked += 1;
      return Promise.resolve(signedFields());
    };
    const error = await failureOf(post({ fields }));
    expect(error.serviceMessage).toContain('Policy expired');
    expect(asked).toBe(3);
    expect(statuses()).toEqual([403, 403, 403]);
  });

  test('of tokens is asked for, too', async () => {
    let isOver = false;
    const fields = (): Promise<PostFields> => {
      const keys = emulator.issueCredentials();
      if (!isOver) emulator.expireCredentials();
      isOver = true;
      return Promise.resolve(signedFields({ key: 'k' }, { keys }));
    };
    expect(await post({ fields })).toMatchObject({ key: 'k' });
    expect(statuses()).toEqual([403, 204]);
  });

  test('by this clock alone is left for OSS to judge, as clocks are wrong', async () => {
    emulator.setClockOffset(-AHEAD);
    const expiration = new Date(Date.now() - 3_600_000);
    const fields = (): Promise<PostFields> =>
      Promise.resolve(signedFields({ key: 'k' }, { expiration }));
    expect(await post({ fields })).toMatchObject({ key: 'k' });
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
    expect(await post({ fields })).toMatchObject({ key: 'a.txt' });
    expect(asked).toBe(3);
  });

  test.each([() => Promise.reject(new Error('no server')), () => Promise.resolve('x' as never)])(
    'that keeps failing ends the form: %#',
    async (fields) => {
      const error = await failureOf(post({ fields, retry: { limit: 2, baseDelay: 1 } }));
      expect(error).toMatchObject({ kind: 'credentials' });
      expect(error.message).toContain('The `fields` function failed.');
      expect(emulator.log).toEqual([]);
    },
  );
});

describe('a failure that passes', () => {
  test.each<[string, Parameters<Emulator['faults']['add']>[0]['fault']]>([
    ['busy', { type: 'error', code: 'ServiceUnavailable' }],
    ['a proxy’s page', { type: 'html', status: 502 }],
    ['a portal’s page', { type: 'html', status: 200 }],
    ['a connection that is reset', { type: 'reset', at: 'middle' }],
    ['an answer that is lost', { type: 'lose-answer' }],
  ])('is sent again: %s', async (_what, fault) => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault });
    expect(await post()).toMatchObject({ status: 204 });
    expect(events).toMatchObject([{ type: 'retry', operation: 'PostObject', failures: 1 }]);
    await expectStored('a.txt');
  });

  test('for ever ends with the last error', async () => {
    const fault = { type: 'error', code: 'InternalError' } as const;
    emulator.faults.add({ times: 0, fault });
    const error = await failureOf(post());
    expect(error).toMatchObject({ code: 'InternalError', status: 500 });
    expect(statuses()).toHaveLength(6);
  });

  test('and whose answer is lost is told where the key may be taken by itself', async () => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
    const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
    const error = await failureOf(post({ fields }));
    expect(error).toMatchObject({ code: 'FileAlreadyExists', status: 409 });
    expect(error.advice).toContain('probably this file');
    await expectStored('k');
  });
});

describe('a callback', () => {
  function callback(): NonNullable<PostObjectOptions['callback']> {
    return {
      url: `${emulator.origin}/__emulator/callback-receiver`,
      body: 'key=${object}&operation=${operation}&user=${x:user}',
      variables: { user: '7' },
    };
  }

  test('is made, and the app’s answer comes back', async () => {
    expect(await post({ callback: callback() })).toMatchObject({
      key: 'a.txt',
      status: 200,
      etag: expect.stringMatching(/^[\dA-F]{32}$/),
      callback: { ok: true, status: 200, body: { Status: 'OK' } },
    });
    expect(emulator.callbacks()).toMatchObject([
      { body: 'key=a.txt&operation=PostObject&user=7', isVerified: true },
    ]);
  });

  test('may be among the fields that the app’s server made', async () => {
    const encoded = Buffer.from(
      JSON.stringify({ callbackUrl: callback().url, callbackBody: 'a=${x:a}' }),
    ).toString('base64');
    const fields = signedFields({ key: 'k', callback: encoded, 'x:a': 'b' });
    expect((await post({ fields })).callback).toMatchObject({ ok: true });
    expect(emulator.callbacks()).toMatchObject([{ body: 'a=b' }]);
  });

  test('that fails is told, and the form is not sent again', async () => {
    emulator.faults.add({ fault: { type: 'callback-failed', cause: 502 } });
    const { status, callback: outcome } = await post({ callback: callback() });
    expect(status).toBe(203);
    expect(outcome).toMatchObject({ ok: false, code: 'CallbackFailed' });
    expect(statuses()).toEqual([203]);
    await expectStored('a.txt');
  });

  test('whose answer is lost is asked for again', async () => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
    expect((await post({ callback: callback() })).callback).toMatchObject({ ok: true });
    expect(emulator.callbacks()).toHaveLength(2);
  });

  test('whose answer is lost stays open where the object must not be replaced', async () => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'lose-answer' } });
    const fields = signedFields({ key: 'k', 'x-oss-forbid-overwrite': 'true' });
    const result = await post({ fields, callback: callback() });
    expect(result).toMatchObject({ key: 'k', status: 409, etag: '', callback: { ok: undefined } });
    await expectStored('k');
  });

  test.each([200, 203])('is not taken from a page in its place: %i', async (status) => {
    emulator.faults.add({ match: { operation: 'PostObject' }, fault: { type: 'html', status } });
    expect((await post({ callback: callback() })).callback).toMatchObject({ ok: true });
    expect(events).toMatchObject([{ type: 'retry', error: { kind: 'protocol' } }]);
  });

  test('that OSS advises against is taken, with a warning', async () => {
    const variables = { user: 'x'.repeat(600) };
    await post({ callback: { ...callback(), variables } });
    expect(events).toEqual([{ type: 'warning', message: expect.stringContaining('512') }]);
  });
});

test('a signal ends the form with its reason', async () => {
  emulator.faults.add({ fault: { type: 'stall', at: 'answer' } });
  const controller = new AbortController();
  const posting = post({ signal: controller.signal });
  await expect.poll(() => emulator.log.length).toBe(1);
  controller.abort('enough');
  await expect(posting).rejects.toBe('enough');
  await expect(post({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
});
