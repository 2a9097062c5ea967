import { createUploader } from 'partway';

/** The smallest app there is, for a bundler to cope with. */
export function offerUpload(worker) {
  window.upload = async ({ endpoint, region, size, signatureVersion }) => {
    const uploader = createUploader({
      bucket: 'partway-demo',
      endpoint,
      region,
      credentials: async () => await (await fetch(`${endpoint}/__emulator/sts`)).json(),
      signatureVersion,
      worker,
    });
    const file = new File([new Uint8Array(size)], 'film.bin');
    const { etag, verified } = await uploader.upload(file, { key: 'film.bin' }).done;
    return { etag, verified };
  };
}
