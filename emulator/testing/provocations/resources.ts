import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startEmulator } from '../harness.ts';
import { by, onBucket, type Provocation, put } from './provocation.ts';

const RULE =
  '<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule>';

/** What buckets and objects refuse. */
export const RESOURCES = {
  BucketAlreadyExists: by('create a bucket that exists', { method: 'PUT' }),
  BucketNotEmpty: {
    how: 'delete a bucket with objects or open uploads',
    provoke: async ({ client }) => {
      await client.send(put());
      return await client.send({ method: 'DELETE' });
    },
  },
  CORSRuleBeyondLimit: by(
    'a CORS configuration of more than `limits.maxCorsRules` rules',
    onBucket('PUT', 'cors', `<CORSConfiguration>${RULE.repeat(11)}</CORSConfiguration>`),
  ),
  InternalError: {
    how: 'take the directory of `--data-dir` away from under the emulator',
    provoke: async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'emulator-error-'));
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
      const { client } = await startEmulator({ dataDir });
      await rm(dataDir, { recursive: true });
      return await client.send(put());
    },
  },
  InvalidBucketName: by('a bucket name with capitals, or of two characters', {
    bucket: 'NO_NAME',
    key: 'k',
  }),
  InvalidHostPutBucket: by(
    'create a bucket under a custom domain',
    {
      method: 'PUT',
      bucket: 'new-bucket',
      headers: { host: 'files.example.com' },
      virtualHost: true,
    },
    { addressing: { domains: { 'files.example.com': 'new-bucket' } } },
  ),
  InvalidRange: {
    how: 'a range behind the end, with `x-oss-range-behavior: standard`',
    provoke: async ({ client }) => {
      await client.send(put());
      const headers = { range: 'bytes=100-200', 'x-oss-range-behavior': 'standard' };
      return await client.send({ key: 'k', headers });
    },
  },
  MalformedXML: by(
    'a configuration, or a list of parts, that is no XML or not the right one',
    onBucket('PUT', 'cors', '<CORS'),
  ),
  MissingArgument: by('AppendObject without `position`', {
    method: 'POST',
    key: 'k',
    query: { append: null },
    body: 'x',
  }),
  NoSuchBucket: by('a bucket that does not exist', { bucket: 'nowhere', key: 'k' }),
  NoSuchCORSConfiguration: {
    how: 'read the CORS rules of a bucket that has none',
    provoke: async ({ client }) => {
      await client.send(onBucket('DELETE', 'cors'));
      return await client.send(onBucket('GET', 'cors'));
    },
  },
  NoSuchKey: by('read an object that does not exist', { key: 'k' }),
  NoSuchLifecycle: by(
    'read the lifecycle rules of a bucket that has none',
    onBucket('GET', 'lifecycle'),
  ),
  ObjectNotAppendable: {
    how: 'append to an object that was put',
    provoke: async ({ client }) => {
      await client.send(put());
      const query = { append: null, position: '7' };
      return await client.send({ method: 'POST', key: 'k', query, body: 'x' });
    },
  },
  PositionNotEqualToLength: by('append at another position than the object’s end', {
    method: 'POST',
    key: 'k',
    query: { append: null, position: '7' },
    body: 'x',
  }),
  PreconditionFailed: {
    how: 'read with an If-Match that does not',
    provoke: async ({ client }) => {
      await client.send(put());
      return await client.send({ key: 'k', headers: { 'if-match': '"other"' } });
    },
  },
  SecondLevelDomainForbidden: by(
    'a bucket in the path, with the option `addressing.allowsPathStyle: false`',
    { key: 'k' },
    { addressing: { allowsPathStyle: false } },
  ),
  TooManyBuckets: by(
    'create more buckets than `limits.maxBuckets`',
    { method: 'PUT', bucket: 'one-too-many' },
    { limits: { maxBuckets: 1 } },
  ),
  TransferAccelerationDisabled: by('an acceleration endpoint', {
    key: 'k',
    headers: { host: 'partway-demo.oss-accelerate.aliyuncs.com' },
  }),
  UserKeyMustBeSpecified: by(
    'DeleteMultipleObjects with an empty key',
    onBucket('POST', 'delete', '<Delete><Object><Key></Key></Object></Delete>'),
  ),
} satisfies Record<string, Provocation>;
