import { describe, expect, test } from 'vitest';
import { signedFields } from '../testing/post-fields.ts';
import { checkFile, createForm, type FormSource, type PostForm } from './form.ts';

const FILE = new File(['content'], 'holiday.mp4', { type: 'video/mp4' });
const SOURCE: FormSource = {
  file: FILE,
  url: 'https://videos.oss-cn-hangzhou.aliyuncs.com/',
  fileName: undefined,
  contentType: undefined,
  callbackFields: {},
};

function make(fields: unknown, source: Partial<FormSource> = {}): PostForm {
  return createForm({ ...SOURCE, ...source }, fields);
}

/** What stands at the door. */
function refusal(fields: unknown, source: Partial<FormSource> = {}): string {
  let reason: unknown;
  try {
    make(fields, source);
  } catch (error) {
    reason = error;
  }
  expect(reason).toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
  return String(reason);
}

/** As a form with a policy of these conditions. */
function under(
  conditions: readonly unknown[],
  fields: Readonly<Record<string, string>> = { key: 'user/a' },
): Record<string, string> {
  return signedFields(fields, { conditions });
}

describe('a form', () => {
  test('has its key first and its file last, in the documented spelling', () => {
    const fields = {
      SUCCESS_ACTION_STATUS: '200',
      'X-Oss-Meta-A': 'b',
      'cache-control': 'no-cache',
      other: 'o',
      Key: 'user/a.mp4',
    };
    const { data, key, location, bucket } = make(fields);
    expect([...data.keys()]).toEqual([
      'key',
      'success_action_status',
      'x-oss-meta-a',
      'Cache-Control',
      'other',
      'file',
    ]);
    expect([key, bucket]).toEqual(['user/a.mp4', 'videos']);
    expect(location).toBe('https://videos.oss-cn-hangzhou.aliyuncs.com/user/a.mp4');
  });

  test.each(['V1', 'V4'] as const)('may be signed by %s', (version) => {
    expect(() => make(signedFields({ key: 'a' }, { version }))).not.toThrow();
  });

  test('gives the file its name and type', async () => {
    const file = make({ key: 'a' }, { fileName: 'b.mp4' }).data.get('file');
    expect(file).toMatchObject({ name: 'b.mp4', type: 'video/mp4', size: FILE.size });
    const unnamed = make({ key: 'a' }, { file: new Blob(['x']) }).data.get('file');
    expect(unnamed).toMatchObject({ name: 'blob', type: 'application/octet-stream' });
  });

  test.each([
    [{ 'x-oss-content-type': 'a/b', 'Content-Type': 'c/d' }, undefined, 'a/b'],
    [{ 'Content-Type': 'c/d' }, undefined, 'c/d'],
    [{}, 'e/f', 'e/f'],
    [{ 'Content-Type': 'e/f' }, 'e/f', 'e/f'],
    [{}, undefined, 'video/mp4'],
  ])('says one type only: %j %s', (fields, contentType, expected) => {
    const { data } = make({ key: 'a', ...fields }, { contentType });
    expect(data.get('file')).toMatchObject({ type: expected });
  });

  test('names its type where the policy wants to see it', () => {
    for (const name of ['Content-Type', 'x-oss-content-type']) {
      const demanding = under([['in', `$${name.toLowerCase()}`, ['video/mp4']]]);
      expect(make(demanding).data.get(name)).toBe('video/mp4');
      expect(make(under([{ key: 'user/a' }])).data.has(name)).toBe(false);
    }
    const both = under([['starts-with', '$x-oss-content-type', 'a/']], {
      key: 'user/a',
      'Content-Type': 'a/b',
    });
    expect(make(both).data.get('x-oss-content-type')).toBe('a/b');
  });

  test('fills ${filename} in for its key, and sends it as it is', () => {
    const form = make({ key: 'user/${filename}-$&' }, { fileName: 'a "b" $&.mp4' });
    expect(form.key).toBe('user/a %22b%22 $&.mp4-$&');
    expect(form.data.get('key')).toBe('user/${filename}-$&');
  });

  test('tells its bucket where address or policy does', () => {
    const url = 'https://files.example.com/';
    expect(make({ key: 'a' }, { url }).bucket).toBeUndefined();
    expect(make(under([{ bucket: 'photos' }]), { url }).bucket).toBe('photos');
    const dual = 'https://photos.cn-hangzhou.oss.aliyuncs.com/';
    expect(make({ key: 'a' }, { url: dual }).bucket).toBe('photos');
  });
});

describe('at the door', () => {
  test.each([
    [undefined, '`fields` to be an object of strings'],
    [['key'], '`fields` to be an object of strings'],
    [{}, 'the field `key` to be a non-empty string'],
    [{ key: '' }, 'the field `key` to be a non-empty string'],
    [{ key: 7 }, 'the field `key` to be a string; got 7'],
    [{ key: 'a', success_action_status: 200 }, 'the field `success_action_status` to be a string'],
    [{ key: 'a', Key: 'b' }, 'to have `key` once'],
    [{ key: 'a', file: 'b' }, 'without a field `file`'],
    [{ key: 'a', 'x-oss-tagging': 'a=b' }, 'without `x-oss-tagging`'],
    [{ key: 'a', success_action_redirect: 'https://a.example.com/' }, 'cannot follow it'],
    [{ key: 'a', success_action_status: '202' }, 'to be "200", "201" or "204"; got "202"'],
    [{ key: '/a' }, '`key` not to start with'],
    [{ key: 'é'.repeat(512) }, '1023 bytes of UTF-8; got 1024'],
    [{ key: 'a', 'x-oss-meta-a': 'x'.repeat(2 * 1024 ** 2 + 1) }, 'at most 2097152 bytes'],
    [{ key: 'a', ['x'.repeat(8193)]: 'b' }, 'at most 8192 bytes; got 8193'],
    [{ key: 'a\nb' }, 'the field `key` to have no lone CR or LF'],
    [{ key: 'a\rb' }, 'the field `key` to have no lone CR or LF'],
    [{ key: 'a', 'x:b': '\n' }, 'the field `x:b` to have no lone CR or LF'],
    [{ key: 'a', 'x:b': '\r\n\n' }, 'the field `x:b` to have no lone CR or LF'],
    [{ key: 'a', 'x:b': '\udc00' }, 'the field `x:b` to be well-formed'],
    [{ key: 'a', 'x:\n': 'b' }, 'the name of the field "x:\\n" to have no lone CR or LF'],
  ])('%# %s', (fields, expected) => {
    expect(refusal(fields)).toContain(expected);
  });

  test.each(['OSSAccessKeyId', 'policy', 'Signature'])('V1 without %s', (missing) => {
    const { [missing]: _left, ...fields } = signedFields();
    expect(refusal(fields)).toContain(`; ${missing} is missing`);
    expect(refusal({ ...fields, [missing]: '' })).toContain(`; ${missing} is missing`);
  });

  test.each([
    'policy',
    'x-oss-signature-version',
    'x-oss-credential',
    'x-oss-date',
    'x-oss-signature',
  ])('V4 without %s', (missing) => {
    const { [missing]: _left, ...fields } = signedFields({ key: 'a' }, { version: 'V4' });
    expect(refusal(fields)).toContain(`; ${missing} is missing`);
  });

  test('a policy or a token alone', () => {
    const { policy = '' } = signedFields();
    expect(refusal({ key: 'a', policy })).toContain('OSSAccessKeyId, Signature are missing');
    const lone = refusal({ key: 'a', 'x-oss-security-token': 'hidden' });
    expect(lone).toContain('OSSAccessKeyId, policy, Signature are missing');
    expect(lone).not.toContain('hidden');
  });

  test('signed by both', () => {
    const fields = { ...signedFields(), ...signedFields({ key: 'a' }, { version: 'V4' }) };
    expect(refusal(fields)).toContain('got fields of both');
  });

  test.each([
    ['x-oss-signature-version', 'OSS2', '"OSS4-HMAC-SHA256"; got "OSS2"'],
    ['x-oss-date', '2030-01-01', 'of the form 20300101T120000Z'],
    ['x-oss-credential', 'id/20200101/cn-hangzhou/oss/aliyun_v4_request', 'of the day'],
    ['x-oss-credential', 'id', '/<region>/oss/aliyun_v4_request'],
  ])('V4 with a wrong %s: %s', (name, value, expected) => {
    const fields = signedFields({ key: 'a' }, { version: 'V4' });
    expect(refusal({ ...fields, [name]: value })).toContain(expected);
  });

  test('a callback from both sides', () => {
    const callbackFields = { callback: 'e30=' };
    expect(refusal({ key: 'a', callback: 'e30=' }, { callbackFields })).toContain('`callback`');
    expect(make({ key: 'a' }, { callbackFields }).hasCallback).toBe(true);
    const variable = { callback: 'e30=', 'x:b': 'c\nd' };
    expect(refusal({ key: 'a' }, { callbackFields: variable })).toContain('`x:b` of `callback`');
  });

  test.each([
    [{ contentType: 'a/b' }, { 'Content-Type': 'c/d' }, 'what `fields` say, "c/d"; got "a/b"'],
    [{ contentType: 'a/ü' }, {}, '`contentType` to be ASCII'],
    [{ fileName: 'a/b' }, { key: '${filename}' }, 'a name without slashes'],
    [{ file: new Blob(['x']) }, { key: '${filename}' }, 'a name without slashes'],
  ])('options %j with %j', (source, fields, expected) => {
    expect(refusal({ key: 'a', ...fields }, source)).toContain(expected);
  });

  test('what is no file, or too large for a form', () => {
    expect(() => checkFile('a')).toThrow('`file` to be a File or Blob; got "a"');
    const large = Object.create(Blob.prototype, { size: { value: 5 * 1024 ** 3 + 1 } });
    expect(() => checkFile(large)).toThrow('5368709120 bytes) in one form; got 5368709121');
    expect(checkFile(FILE)).toBe(FILE);
  });
});

describe('a policy', () => {
  const FIELDS = {
    key: 'user/eric/a',
    'Content-Type': 'image/png',
    'x-oss-meta-prop': 'prop-1',
    'x:user': '7',
  };

  test.each([
    [{ bucket: 'videos' }],
    [{ key: 'user/eric/a' }],
    [['eq', '$Key', 'user/eric/a']],
    [['starts-with', '$key', 'user/eric/']],
    [['starts-with', '$key', '']],
    [['content-length-range', 7, 7]],
    [['content-length-range', '1', '100']],
    [['in', '$content-type', ['image/jpg', 'image/png']]],
    [['not-in', '$content-type', ['image/jpg']]],
    [['eq', '$x:user', '7']],
    [{ 'X-OSS-Meta-Prop': 'prop-1' }],
  ])('that demands %j is kept', (condition) => {
    expect(() => make(under([condition], FIELDS))).not.toThrow();
  });

  test.each([
    [
      { bucket: 'photos' },
      'the `url`\'s bucket to be "photos", as the policy demands; got "videos"',
    ],
    [{ key: 'b' }, 'the field `key` to be "b", as the policy demands; got "user/eric/a"'],
    [['starts-with', '$key', 'user/bob/'], 'to start with "user/bob/"'],
    [
      ['eq', '$x-oss-meta-b', 'c'],
      'the field `x-oss-meta-b` to be "c", as the policy demands; there is none',
    ],
    [['starts-with', '$x-oss-meta-b', ''], 'to be there'],
    [['not-in', '$absent', ['x']], 'there is none'],
    [['in', '$content-type', ['a/b', 'c/d']], 'to be one of "a/b", "c/d"'],
    [['not-in', '$content-type', ['image/png']], 'to be none of "image/png"'],
    [
      ['content-length-range', 8, 100],
      '`file` to be 8 to 100 bytes, as the policy demands (content-length-range); got 7',
    ],
    [['content-length-range', 0, 6], '0 to 6 bytes'],
    [['eq', '$success_action_status', '200'], 'there is none'],
  ])('that demands %j is broken', (condition, expected) => {
    expect(refusal(under([{ key: 'user/eric/a' }, condition].toReversed(), FIELDS))).toContain(
      expected,
    );
  });

  test('is asked before ${filename} is filled in', () => {
    const fields = { key: 'user/${filename}' };
    expect(() => make(under([{ key: 'user/${filename}' }], fields))).not.toThrow();
    expect(refusal(under([{ key: 'user/holiday.mp4' }], fields))).toContain('user/${filename}');
  });

  test('cannot demand a bucket of an address that does not tell it', () => {
    const url = 'https://files.example.com/';
    expect(() => make(under([{ bucket: 'photos' }]), { url })).not.toThrow();
  });

  test('shows no token', () => {
    const keys = { accessKeyId: 'STS.a', accessKeySecret: 's', securityToken: 'hidden' };
    const conditions = [{ 'x-oss-security-token': 'other-hidden' }];
    const message = refusal(signedFields({ key: 'a' }, { keys, conditions }));
    expect(message).toContain('`x-oss-security-token` to be the one');
    expect(message).not.toContain('hidden');
  });

  test('may escape a dollar sign', () => {
    const policy =
      '{"expiration":"2099-01-01T12:00:00.000Z","conditions":[["eq","\\$x-oss-meta-a","\\\\\\$\\u4e2D"]]}';
    const fields = signedFields({ key: 'a', 'x-oss-meta-a': '\\$中' }, { policy });
    expect(() => make(fields)).not.toThrow();
  });

  const expiration = '2099-01-01T12:00:00.000Z';

  test.each([
    ['{', 'Base64 of a JSON object'],
    ['[]', 'Base64 of a JSON object'],
    [JSON.stringify({ expiration }), '`conditions`'],
    [JSON.stringify({ expiration, conditions: [] }), '`conditions`'],
    [JSON.stringify({ conditions: [{ key: 'a' }] }), '`expiration`'],
    [JSON.stringify({ expiration: 'tomorrow', conditions: [{ key: 'a' }] }), 'got "tomorrow"'],
    [JSON.stringify({ expiration: '2099-01-01', conditions: [{ key: 'a' }] }), '`expiration`'],
    ...[
      {},
      { key: 'a', bucket: 'b' },
      { key: 1 },
      123,
      ['eq', 'key', 'a'],
      ['eq', '$key'],
      ['eq', '$key', 'a', 'b'],
      ['eq', '$key', 1],
      ['like', '$key', 'a'],
      ['in', '$key', []],
      ['in', '$key', 'a'],
      ['not-in', '$key', [1]],
      ['content-length-range', 5, 1],
      ['content-length-range', -1, 1],
      ['content-length-range', 'a', 1],
      ['content-length-range', 1],
    ].map((condition): [string, string] => [
      JSON.stringify({ expiration, conditions: [{ key: 'a' }, condition] }),
      'condition 2 in the field `policy`',
    ]),
  ])('that OSS could not read: %s', (policy, expected) => {
    expect(refusal(signedFields({ key: 'a' }, { policy }))).toContain(expected);
  });

  test('that is no Base64', () => {
    const fields = { ...signedFields(), policy: '{"a":"b"}' };
    expect(refusal(fields)).toContain('Base64');
  });
});
