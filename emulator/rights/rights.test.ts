import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Statement } from '../index.ts';
import { bytes, type Call, element, type Keys, md5Hex } from '../testing/client.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';
import { OPERATION_NAMES } from '../types.ts';
import { REQUIREMENTS } from './requirements.ts';

const bench = useEmulator();

let users = 0;

/** A user with these statements, each `effect action resource`. */
function userWith(...lines: string[]): Keys {
  const keys = { accessKeyId: `user-${users++}`, accessKeySecret: 'secret' };
  bench.emulator.addUser({ ...keys, statements: lines.map(statement) });
  return keys;
}

function statement(line: string): Statement {
  const [effect, action = '', resource = ''] = line.split(' ');
  return { effect: effect === 'deny' ? 'deny' : 'allow', actions: [action], resources: [resource] };
}

async function outcome(call: Call): Promise<string> {
  const reply = await bench.client.send(call);
  return reply.status < 300 ? String(reply.status) : element(reply.text, 'Message');
}

const ALL = 'allow oss:* acs:oss:*:*:*';
const PUT = { method: 'PUT', key: 'photos/a.jpg', body: 'x' };
const OBJECT = 'You have no right to access this object because of bucket acl.';
const MULTIPART = 'You have no right to access this object.';
const BUCKET = 'The bucket you access does not belong to you.';

test('every operation has its row', () => {
  const guarded = OPERATION_NAMES.filter((name) => name !== 'Preflight');
  expect(guarded.filter((name) => !(name in REQUIREMENTS))).toEqual([]);
});

test('a user has no rights but those given', async () => {
  const keys = userWith('allow oss:PutObject acs:oss:*:*:partway-demo/photos/*');
  expect(await outcome({ ...PUT, keys })).toBe('200');
  expect(await outcome({ ...PUT, keys, key: 'other/a.jpg' })).toBe(OBJECT);
  expect(await outcome({ key: PUT.key, keys })).toBe(OBJECT);
  expect(await outcome({ ...PUT, keys: userWith() })).toBe(OBJECT);
});

test.each([
  ['allow oss:Put* acs:oss:*:*:partway-demo/*', '200'],
  ['allow OSS:putobject acs:oss:*:*:partway-demo/photos/?.jpg', '200'],
  ['allow * *', '200'],
  ['allow oss:PutObject acs:oss:oss-cn-hangzhou:1234567890123456:partway-demo/*', '200'],
  ['allow oss:PutObject acs:oss:*:*:partway-demo/photos', OBJECT],
  ['allow oss:PutObject acs:oss:*:*:partway-demo', OBJECT],
  ['allow oss:PutObject acs:oss:oss-cn-beijing:*:partway-demo/*', OBJECT],
  ['allow oss:PutObjectAcl acs:oss:*:*:partway-demo/*', OBJECT],
])('%s: %s', async (line, expected) => {
  expect(await outcome({ ...PUT, keys: userWith(line) })).toBe(expected);
});

test('a denial wins over everything, a public ACL too', async () => {
  const keys = userWith(ALL, 'deny oss:PutObject acs:oss:*:*:partway-demo/photos/*');
  expect(await outcome({ ...PUT, keys })).toBe(OBJECT);
  expect(await outcome({ ...PUT, keys, key: 'k' })).toBe('200');
  bench.emulator.setAcl('public-read-write');
  expect(await outcome({ ...PUT, keys })).toBe(OBJECT);
  expect(await outcome({ ...PUT, keys: userWith() })).toBe('200');
});

test.each([
  ['PutObject', PUT, 'oss:PutObject', OBJECT],
  ['GetObject', { key: 'k' }, 'oss:GetObject', OBJECT],
  ['DeleteObject', { key: 'k', method: 'DELETE' }, 'oss:DeleteObject', OBJECT],
  [
    'InitiateMultipartUpload',
    { key: 'k', method: 'POST', query: { uploads: null } },
    'oss:PutObject',
    MULTIPART,
  ],
  [
    'UploadPart',
    { key: 'k', method: 'PUT', query: { partNumber: '1', uploadId: 'U' }, body: 'x' },
    'oss:PutObject',
    MULTIPART,
  ],
  [
    'CompleteMultipartUpload',
    { key: 'k', method: 'POST', query: { uploadId: 'U' }, body: '' },
    'oss:PutObject',
    MULTIPART,
  ],
  [
    'AbortMultipartUpload',
    { key: 'k', method: 'DELETE', query: { uploadId: 'U' } },
    'oss:AbortMultipartUpload',
    MULTIPART,
  ],
  ['ListParts', { key: 'k', query: { uploadId: 'U' } }, 'oss:ListParts', MULTIPART],
  ['ListMultipartUploads', { query: { uploads: null } }, 'oss:ListMultipartUploads', BUCKET],
  ['ListObjects', {}, 'oss:ListObjects', BUCKET],
  ['GetBucketInfo', { query: { bucketInfo: null } }, 'oss:GetBucketInfo', BUCKET],
  ['PutBucketAcl', { method: 'PUT', query: { acl: null } }, 'oss:PutBucketAcl', BUCKET],
  ['GetBucketAcl', { query: { acl: null } }, 'oss:GetBucketAcl', BUCKET],
  ['GetBucketReferer', { query: { referer: null } }, 'oss:GetBucketReferer', BUCKET],
  ['ListBuckets', { bucket: null }, 'oss:ListBuckets', 'You are forbidden to list buckets.'],
  [
    'GetObjectAcl',
    { key: 'k', query: { acl: null } },
    'oss:GetObjectAcl',
    'You do not have read acl permission on this object.',
  ],
  [
    'PutObjectAcl',
    { key: 'k', method: 'PUT', query: { acl: null } },
    'oss:PutObjectAcl',
    'You do not have write acl permission on this object.',
  ],
] as [string, Call, string, string][])('%s without its right', async (_, call, action, message) => {
  const denied = await bench.client.send({ ...call, keys: userWith(ALL, `deny ${action} *`) });
  expect(errorOf(denied)).toBe('403 AccessDenied');
  expect(element(denied.text, 'Message')).toBe(message);
  const allowed = await bench.client.send({ ...call, keys: userWith(`allow ${action} *`) });
  expect(allowed.text).not.toContain('AccessDenied');
});

test.each([
  ['GetObject', { key: 'k' }, OBJECT],
  [
    'InitiateMultipartUpload',
    { key: 'k', method: 'POST', query: { uploads: null } },
    'Anonymous user has no right to access this object.',
  ],
  ['ListObjects', {}, 'Anonymous user has no right to access this bucket.'],
  ['ListBuckets', { bucket: null }, 'Anonymous access is forbidden for this operation.'],
] as [string, Call, string][])('anonymous %s', async (_, call, message) => {
  expect(await outcome({ ...call, keys: null })).toBe(message);
});

test('of several objects each is judged', async () => {
  const keys = userWith('allow oss:DeleteObject acs:oss:*:*:partway-demo/mine/*');
  const remove = (...names: string[]) => {
    const objects = names.map((name) => `<Object><Key>${name}</Key></Object>`).join('');
    const body = `<Delete>${objects}</Delete>`;
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
    return outcome({ method: 'POST', query: { delete: null }, headers, body, keys });
  };
  for (const key of ['mine/a', 'k']) await bench.client.send({ ...PUT, key });
  expect(await remove('mine/a', 'k')).toBe(OBJECT);
  expect(bench.emulator.objects()).toHaveLength(2);
  expect(await remove('mine/a')).toBe('200');
});

test('a copy needs the right to read its source, tags the right to write tags', async () => {
  const copy = { ...PUT, body: '', headers: { 'x-oss-copy-source': '/partway-demo/source' } };
  await bench.client.send({ ...PUT, key: 'source' });
  const writer = userWith('allow oss:PutObject *');
  expect(await outcome({ ...copy, keys: writer })).toBe(OBJECT);
  const both = userWith('allow oss:PutObject *', 'allow oss:GetObject *');
  expect(await outcome({ ...copy, keys: both })).toBe('200');
  const tagged = { ...PUT, headers: { 'x-oss-tagging': 'a=b' } };
  expect(await outcome({ ...tagged, keys: writer })).toBe('AccessDenied');
  const tagger = userWith('allow oss:PutObject *', 'allow oss:PutObjectTagging *');
  expect(await outcome({ ...tagged, keys: tagger })).toBe('200');
});

test('a user uploads with the rights of one prefix', async () => {
  const keys = userWith('allow oss:PutObject acs:oss:*:*:partway-demo/mine/*');
  const body = bytes(1000);
  const uploadId = await bench.client.initiate('mine/a', { keys });
  await bench.client.uploadPart('mine/a', uploadId, 1, body, { keys });
  const done = await bench.client.complete('mine/a', uploadId, [[1, md5Hex(body)]], { keys });
  expect(done.status).toBe(200);
});

test('credentials can be issued with a session policy', async () => {
  const statements = [statement('allow oss:PutObject acs:oss:*:*:partway-demo/mine/*')];
  const keys = bench.emulator.issueCredentials({ statements });
  expect(await outcome({ ...PUT, keys, key: 'mine/a' })).toBe('200');
  expect(await outcome({ ...PUT, keys })).toBe("Access denied by authorizer's policy.");
});

test('a disabled key is refused until it is enabled again, or reset', async () => {
  const keys = userWith(ALL);
  bench.emulator.setKeyEnabled(keys.accessKeyId, false);
  const reply = await bench.client.send({ ...PUT, keys });
  expect(errorOf(reply)).toBe('403 InvalidAccessKeyId');
  expect(element(reply.text, 'Message')).toBe('The OSS Access Key Id you provided is disabled.');
  bench.emulator.setKeyEnabled(keys.accessKeyId, true);
  expect(await outcome({ ...PUT, keys })).toBe('200');
  bench.emulator.setKeyEnabled('emulator-key-id', false);
  expect(errorOf(await bench.client.send(PUT))).toBe('403 InvalidAccessKeyId');
  await bench.emulator.reset();
  expect(await outcome(PUT)).toBe('200');
});

test('an owner in arrears', async () => {
  bench.emulator.setOwnerDisabled(true);
  for (const call of [PUT, { ...PUT, keys: null }]) {
    const reply = await bench.client.send(call);
    expect(errorOf(reply)).toBe('403 UserDisable');
    expect(element(reply.text, 'BucketName')).toBe('partway-demo');
  }
  await bench.emulator.reset();
  expect(await outcome(PUT)).toBe('200');
});

test('users end with a reset, those of the options stay', async () => {
  const keys = { accessKeyId: 'always', accessKeySecret: 's' };
  const { emulator, client } = await startEmulator({
    users: [{ ...keys, statements: [statement(ALL)] }],
  });
  const added = { accessKeyId: 'added', accessKeySecret: 's' };
  emulator.addUser({ ...added, statements: [statement(ALL)] });
  await emulator.reset();
  expect((await client.send({ ...PUT, keys })).status).toBe(200);
  expect(errorOf(await client.send({ ...PUT, keys: added }))).toBe('403 InvalidAccessKeyId');
});

test('users that there cannot be', async () => {
  const keys = { accessKeyId: 'twice', accessKeySecret: 's' };
  const { emulator } = bench;
  emulator.addUser({ ...keys, statements: [] });
  expect(() => emulator.addUser({ ...keys, statements: [] })).toThrow('twice');
  expect(() => emulator.addUser({ ...keys, accessKeyId: '', statements: [] })).toThrow(
    'user.accessKeyId: expected a string that is not empty',
  );
  const effect = 'permit' as 'allow';
  const statements = [{ effect, actions: [], resources: [] }];
  expect(() => emulator.addUser({ ...keys, statements })).toThrow('user.statements[0].effect');
  expect(() => emulator.setKeyEnabled('nobody', false)).toThrow('nobody');
  await expect(startEmulator({ users: [{ ...keys, statements }] })).rejects.toThrow('users');
});

beforeEach(() => {
  users = 0;
});
