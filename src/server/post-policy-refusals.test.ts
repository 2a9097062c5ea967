import { expect, test } from 'vitest';
import { createPostPolicy, type PostPolicyOptions } from './post-policy.ts';

const KEYS = { accessKeyId: 'id', accessKeySecret: 'secret' };

const GOOD: PostPolicyOptions = {
  bucket: 'videos',
  region: 'cn-hangzhou',
  credentials: KEYS,
  expiresIn: 60,
  key: 'films/a.mp4',
};

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['version', { version: 3 }, '`version`'],
  ['bucket', { bucket: 'B' }, '`bucket`'],
  ['credentials', { credentials: {} }, '`credentials.accessKeyId`'],
  [
    'credentials that have ended',
    { credentials: { ...KEYS, expiration: '2020-01-01T00:00:00Z' } },
    '`expiration` is past',
  ],
  ['a time that is past', { expiresIn: -1 }, '`expiresIn`'],
  ['more than seven days', { expiresIn: 604_801 }, '`expiresIn`'],
  ['no key', { key: '' }, '`key`'],
  ['a key with a leading slash', { key: '/a' }, '`key`'],
  ['a bad start of a key', { key: { startsWith: '../' } }, '`key`'],
  ['no start of a key', { key: {} }, '`key`'],
  ['a size that is none', { size: 5 }, '`size`'],
  ['less than nothing', { size: { min: -1 } }, '`size.min`'],
  ['more than 5 GiB', { size: { max: 5 * 1024 ** 3 + 1 } }, '`size.max`'],
  ['no size left', { size: { min: 2, max: 1 } }, '`size.min`'],
  ['no type', { contentType: '' }, '`contentType`'],
  ['an empty list of types', { contentType: { in: [] } }, '`contentType`'],
  ['two ways of a type', { contentType: { in: ['a/b'], startsWith: 'a' } }, '`contentType`'],
  ['status', { successActionStatus: 202 }, '`successActionStatus`'],
  ['redirect', { successActionRedirect: 'javascript:1' }, '`successActionRedirect`'],
  ['a name in metadata', { metadata: { a_b: '1' } }, '`metadata`'],
  ['a value in metadata', { metadata: { a: 'ü' } }, '`metadata["a"]`'],
  ['metadata that is none', { metadata: 'a' }, '`metadata`'],
  [
    'much metadata',
    { metadata: { a: 'a'.repeat(4000), b: 'b'.repeat(4000), c: 'c'.repeat(4000) } },
    '8192 bytes',
  ],
  ['callback', { callback: '{"callbackUrl":""}' }, '`callback`'],
  ['callback of 4 KB', { callback: 'a'.repeat(4097) }, 'field `callback` to be at most 4096'],
  ['forbidOverwrite', { forbidOverwrite: 'yes' }, '`forbidOverwrite`'],
  ['objectAcl', { objectAcl: 'public' }, '`objectAcl`'],
  ['storageClass', { storageClass: 'Cold' }, '`storageClass`'],
  ['tags', { fields: { 'x-oss-tagging': 'a=1' } }, 'x-oss-tagging'],
  ['a field of another option', { fields: { Key: 'a' } }, '`fields`'],
  ['a field of other things', { fields: { 'x:a': 1 } }, '`fields`'],
  ['a field of 4 KB', { fields: { 'x:a': 'ü'.repeat(2049) } }, 'field `x:a` to be at most 4096'],
  ['tags of the page', { pageFields: ['x-oss-tagging'] }, 'x-oss-tagging'],
  ['a field of the signature', { pageFields: ['policy'] }, '`pageFields`'],
  ['a field twice', { pageFields: ['X:A'], fields: { 'x:a': '1' } }, '`pageFields`'],
  ['conditions that are none', { conditions: {} }, '`conditions` to be a list'],
  ['an empty condition', { conditions: [{}] }, '`conditions[0]` to have exactly one property'],
  ['a condition on two fields', { conditions: [{ key: 'a', bucket: 'b' }] }, 'exactly one'],
  ['a condition with a number', { conditions: [{ success_action_status: 200 }] }, 'exactly one'],
  ['a short condition', { conditions: [['eq', '$key']] }, '`conditions[0]`'],
  ['another operator', { conditions: [['ends-with', '$key', 'a']] }, '`conditions[0]`'],
  ['a field without $', { conditions: [['eq', 'key', 'a']] }, '"$name"'],
  ['no text', { conditions: [['eq', '$key', 1]] }, '`conditions[0]` to have a text'],
  ['no list', { conditions: [['in', '$key', []]] }, '`conditions[0]` to have a list'],
  ['a bad range', { conditions: [['content-length-range', 2, 1]] }, '`conditions[0]` to range'],
  [
    'ranges apart',
    { size: { max: 1 }, conditions: [['content-length-range', 2, 3]] },
    'leave some size',
  ],
  ['a field that is not there', { conditions: [['eq', '$x:user', '7']] }, 'got "x:user"'],
  ['the policy itself', { conditions: [['starts-with', '$policy', 'e']] }, 'got "policy"'],
  ['tags in a condition', { conditions: [{ 'x-oss-tagging': 'a=1' }] }, 'x-oss-tagging'],
  ['what the form cannot meet', { conditions: [{ key: 'songs/a' }] }, 'form\'s own "key"'],
  [
    'a policy of 4 KB',
    { conditions: [['not-in', '$key', ['a'.repeat(4000)]]] },
    'leave out some `conditions`',
  ],
])('refused at the door: %s', async (_what, wrong, message) => {
  await expect(createPostPolicy({ ...GOOD, ...wrong })).rejects.toThrow(message);
});
