import { bytes } from '../client.ts';
import { type Provocation, put, uploadOf } from './provocation.ts';

/** What the multipart operations refuse. */
export const MULTIPART = {
  EntityTooSmall: {
    how: 'complete an upload whose first of two parts has less than 100 KB; or a form with a smaller file than its policy allows',
    provoke: async (bench) => {
      const { uploadId, list } = await uploadOf(bench, 10, 10);
      return await bench.client.complete('k', uploadId, list);
    },
  },
  FileAlreadyExists: {
    how: '`x-oss-forbid-overwrite: true` for a key that exists',
    provoke: async ({ client }) => {
      await client.send(put());
      return await client.send(put('k', { 'x-oss-forbid-overwrite': 'true' }));
    },
  },
  FileImmutable: {
    how: '`setRetention(bucket, 60)`, then put an object twice',
    provoke: async ({ client, emulator }) => {
      emulator.setRetention('partway-demo', 60);
      await client.send(put());
      return await client.send(put());
    },
  },
  FilePartNotExist: {
    how: 'the option `missingPartCode`, and complete an upload with a part that was never sent',
    options: { missingPartCode: 'FilePartNotExist' },
    provoke: async (bench) => {
      const { uploadId } = await uploadOf(bench);
      return await bench.client.complete('k', uploadId, [[1, 'A']]);
    },
  },
  InvalidPart: {
    how: 'complete an upload with a wrong ETag, or with a part that was never sent',
    provoke: async (bench) => {
      const { uploadId } = await uploadOf(bench, 10);
      return await bench.client.complete('k', uploadId, [[1, 'undefined']]);
    },
  },
  InvalidPartOrder: {
    how: 'complete an upload with a list that does not ascend, or names a part twice',
    provoke: async (bench) => {
      const { uploadId, list } = await uploadOf(bench, 102_400, 10);
      return await bench.client.complete('k', uploadId, list.toReversed());
    },
  },
  NoSuchUpload: {
    how: 'send a part to an upload that was completed, aborted or never begun',
    provoke: ({ client }) => client.uploadPart('k', '0123', 1, bytes(10)),
  },
  PartAlreadyExist: {
    how: 'send a part of a sequential upload twice',
    provoke: async ({ client }) => {
      const query = { uploads: null, sequential: null };
      const { text } = await client.send({ method: 'POST', key: 'k', query });
      const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
      await client.uploadPart('k', uploadId, 1, bytes(10));
      return await client.uploadPart('k', uploadId, 1, bytes(10));
    },
  },
  PartNotSequential: {
    how: 'begin a sequential upload (`?uploads&sequential`) with part 2',
    provoke: async ({ client }) => {
      const query = { uploads: null, sequential: null };
      const { text } = await client.send({ method: 'POST', key: 'k', query });
      const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(text)?.[1] ?? '';
      return await client.uploadPart('k', uploadId, 2, bytes(10));
    },
  },
} satisfies Record<string, Provocation>;
