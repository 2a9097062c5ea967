import { createUploader } from 'partway';
import { BUCKET, type Client, CREDENTIALS, LANES, REGION } from '../../job.ts';

interface Choices {
  readonly integrity?: 'crc64' | 'none';
  readonly worker?: false;
}

/** Partway as an app uses it, but for these choices. */
export function partway(choices: Choices): Client {
  return {
    async upload({ files, endpoints, partSize }) {
      const uploader = createUploader({
        bucket: BUCKET,
        region: REGION,
        ...(endpoints.length > 1 ? { endpoints, spread: true } : { endpoint: endpoints[0] ?? '' }),
        addressing: 'path',
        credentials: async () => CREDENTIALS,
        concurrency: LANES,
        partSize,
        ...choices,
      });
      await Promise.all(files.map((file) => uploader.upload(file, { key: file.name }).done));
      await uploader.close();
    },
  };
}
