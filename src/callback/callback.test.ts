import { describe, expect, test } from 'vitest';
import { decodeBase64 } from '../oss/base64.ts';
import { type CallbackOptions, encodeCallback } from './callback.ts';
import vectors from './fixtures/callback.json' with { type: 'json' };

const VALID = { url: 'https://app.example.com/uploaded', body: 'key=${object}' };

function decoded(options: CallbackOptions): unknown {
  return JSON.parse(decodeBase64(encodeCallback(options).callback) ?? '');
}

/** What stands at the door for options that the types would refuse, too. */
function refusal(change: Readonly<Record<string, unknown>>): string {
  const options = { ...VALID, ...change } as CallbackOptions;
  let reason: unknown;
  try {
    encodeCallback(options);
  } catch (error) {
    reason = error;
  }
  expect(reason).toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
  return String(reason);
}

describe('what requests carry', () => {
  test('follows the vectors', () => {
    const [encoding, documented] = vectors;
    const { callbackJson, callbackVarJson, expect: expected } = encoding ?? {};
    const encoded = encodeCallback({
      url: callbackJson?.callbackUrl ?? '',
      body: callbackJson?.callbackBody ?? '',
      variables: { ...callbackVarJson },
    });
    expect(encoded.headers).toEqual(expected);
    expect(decodeBase64(documented?.base64 ?? '')).toBe(JSON.stringify(documented?.expect.json));
    const body = '${x:my_var}';
    const { variables } = encodeCallback({
      ...VALID,
      body,
      variables: { my_var: 'for-callback-test' },
    });
    expect(variables).toBe(documented?.base64);
  });

  test('is the same in headers and in fields', () => {
    const encoded = encodeCallback({
      ...VALID,
      body: 'user=${x:user}&n=${x:n}',
      variables: { user: '中', 'x:n': '' },
    });
    const { callback, variables = '' } = encoded;
    expect(encoded.fields).toEqual({ callback, 'x:user': '中', 'x:n': '' });
    expect(encoded.headers).toEqual({
      'x-oss-callback': callback,
      'x-oss-callback-var': variables,
    });
    expect(decodeBase64(variables)).toBe('{"x:user":"中","x:n":""}');
    expect(encoded.warnings).toEqual([]);
  });

  test('leaves out what is not given', () => {
    expect(decoded(VALID)).toEqual({
      callbackUrl: VALID.url,
      callbackBody: VALID.body,
      callbackBodyType: 'application/x-www-form-urlencoded',
    });
    const { variables, headers } = encodeCallback(VALID);
    expect(variables).toBeUndefined();
    expect(Object.keys(headers)).toEqual(['x-oss-callback']);
  });

  test('has every option', () => {
    const options = {
      url: ['https://a.example.com/目录?q=文', 'http://b.example.com:8080/'],
      body: '{"key":${object},"size":${size},"user":${x:user}}',
      bodyType: 'application/json',
      host: 'app.example.com:8443',
      sni: true,
      variables: { user: 'u' },
    } as const;
    expect(decoded(options)).toEqual({
      callbackUrl:
        'https://a.example.com/%E7%9B%AE%E5%BD%95?q=%E6%96%87;http://b.example.com:8080/',
      callbackHost: 'app.example.com:8443',
      callbackBody: options.body,
      callbackBodyType: 'application/json',
      callbackSNI: true,
    });
  });

  test('may be more than OSS advises, and says so', () => {
    const names = Array.from({ length: 11 }, (_, index) => `v${index}`);
    const many = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(encodeCallback({ ...VALID, variables: many }).warnings).toEqual([
      '`callback.variables` has 11 entries; OSS advises at most 10.',
    ]);
    const long = { variables: { a: 'é'.repeat(260) } };
    expect(encodeCallback({ ...VALID, ...long }).warnings).toEqual([
      '`callback.variables` has 523 bytes; OSS advises at most 512.',
    ]);
  });
});

describe('at the door', () => {
  test.each([
    ['url', undefined, 'an http(s) address'],
    ['url', '', 'an http(s) address'],
    ['url', 'app.example.com/cb', 'an http(s) address'],
    ['url', 'ftp://app.example.com/cb', 'an http(s) address'],
    ['url', 'https://app.example.com/#top', 'without a fragment'],
    ['url', 'https://a.example.com/;https://b.example.com/', 'no ";"'],
    ['url', ['https://a.example.com/', 7], 'an http(s) address'],
    ['url', [], '1 to 5 addresses; got 0'],
    ['url', Array.from({ length: 6 }, () => VALID.url), '1 to 5 addresses; got 6'],
    ['host', 'https://app.example.com', 'a host name'],
    ['host', 'app.example.com/cb', 'a host name'],
    ['host', 'app example', 'a host name'],
    ['host', '', 'a host name'],
    ['host', '-a.example.com', 'a host name'],
    ['body', undefined, 'a non-empty string'],
    ['body', '', 'a non-empty string'],
    ['body', 'a=${Bucket}', '"Bucket"'],
    ['body', 'a=${}', '""'],
    ['body', 'a=${filename}', '"filename"'],
    ['body', 'a=${x:user}', 'one of `callback.variables` (there are none)'],
    ['body', 'a=${object', 'closed by "}"'],
    ['bodyType', 'text/plain', '"application/x-www-form-urlencoded" or "application/json"'],
    ['sni', 'yes', 'true or false'],
    ['variables', 'user', 'an object of strings'],
    ['variables', ['user'], 'an object of strings'],
    ['variables', null, 'an object of strings'],
    ['variables', { User: 'a' }, 'lower-case'],
    ['variables', { 'x:': 'a' }, 'lower-case'],
    ['variables', { 'a b': 'a' }, 'lower-case'],
    ['variables', { user: 'a', 'x:user': 'b' }, 'once'],
  ])('%s %j: %s', (option, value, expected) => {
    const message = refusal({ [option]: value });
    expect(message).toContain(`\`callback.${option}`);
    expect(message).toContain(expected);
  });

  test('a password in an address, which no message shows', () => {
    const message = refusal({ url: 'https://me:hidden@app.example.com/' });
    expect(message).toContain('`callback.url` to have no user name or password');
    expect(message).not.toContain('hidden');
  });

  test('a variable that is no text', () => {
    expect(refusal({ variables: { n: 7 } })).toContain('`callback.variables["n"]` to be a string');
  });

  test('no options at all', () => {
    expect(() => encodeCallback(undefined as unknown as CallbackOptions)).toThrow('`callback`');
    expect(() => encodeCallback(null as unknown as CallbackOptions)).toThrow('got null');
  });

  test('names the variables that there are', () => {
    const message = refusal({ body: '${x:usr}', variables: { user: 'a', n: '1' } });
    expect(message).toContain('(x:user, x:n)');
  });

  const json = { bodyType: 'application/json' };

  test.each(['{"key":${object}}', '[${size},${imageInfo.height}]', '${object}', '{${object}:1}'])(
    'JSON: %s',
    (body) => {
      expect(() => encodeCallback({ ...VALID, ...json, body } as CallbackOptions)).not.toThrow();
    },
  );

  test.each([
    ['{"key":"${object}"}', 'without quotes'],
    ['key=${object}', 'this is none'],
    ['{"key":${object},}', 'this is none'],
  ])('no JSON: %s', (body, cause) => {
    expect(refusal({ ...json, body })).toContain(cause);
  });

  test('not more than 5 KB of Base64', () => {
    const body = (length: number): string => 'a'.repeat(length);
    const most = 3840 - JSON.stringify(decoded({ ...VALID, body: 'a' })).length + 1;
    expect(encodeCallback({ ...VALID, body: body(most) }).callback).toHaveLength(5120);
    expect(refusal({ body: body(most + 1) })).toContain('`callback` to be at most 5120 bytes');
    expect(refusal({ variables: { a: body(3840) } })).toContain('`callback.variables`');
  });
});
