import { BUCKET, type Client, type Job, LANES, MAX_SINGLE_REQUEST } from '../../job.ts';
import { inLanes } from './lanes.ts';

/**
 * The limit: the requests of an upload and nothing else. No checks, no second tries, no checkpoint, no progress, no
 * signatures, though the headers of a signed request are there.
 */
export const bare: Client = {
  async upload({ files, endpoints, partSize }) {
    const bases = endpoints.map((endpoint) => `${endpoint}/${BUCKET}`);
    const small = files.filter(({ size }) => size <= MAX_SINGLE_REQUEST);
    await inLanes(small, LANES * bases.length, async (file, lane) => {
      const url = `${bases[lane % bases.length]}/${file.name}`;
      const headers = { 'content-md5': 'x'.repeat(24), 'content-type': 'video/mp4' };
      await send('PUT', url, file.slice(), headers);
    });
    for (const file of files) {
      if (file.size > MAX_SINGLE_REQUEST) await uploadInParts(file, bases, partSize);
    }
  },
};

const SIGNED = {
  authorization: 'x'.repeat(230),
  'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
  'x-oss-date': '20261125T000000Z',
  'x-oss-security-token': 'x'.repeat(400),
};

async function uploadInParts(
  file: File,
  bases: readonly string[],
  partSize: Job['partSize'],
): Promise<void> {
  const object = `${bases[0]}/${file.name}`;
  const initiated = await send('POST', `${object}?uploads`);
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(initiated.responseText)?.[1];
  const count = Math.ceil(file.size / partSize);
  const etags: string[] = [];
  await inLanes([...Array(count).keys()], LANES * bases.length, async (index, lane) => {
    const base = bases[lane % bases.length];
    const url = `${base}/${file.name}?partNumber=${index + 1}&uploadId=${uploadId}`;
    const body = file.slice(index * partSize, (index + 1) * partSize);
    etags[index] = (await send('PUT', url, body)).getResponseHeader('etag') ?? '';
  });
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const list = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  await send('POST', `${object}?uploadId=${uploadId}`, list);
}

function send(
  method: string,
  url: string,
  body: Blob | string | null = null,
  headers: Readonly<Record<string, string>> = {},
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    for (const [name, value] of Object.entries({ ...SIGNED, ...headers })) {
      xhr.setRequestHeader(name, value);
    }
    xhr.addEventListener('load', () => {
      if (xhr.status === 200) resolve(xhr);
      else reject(new Error(`${method} was answered with ${xhr.status}.`));
    });
    xhr.addEventListener('error', () => reject(new Error(`${method} got no answer.`)));
    xhr.send(body);
  });
}
