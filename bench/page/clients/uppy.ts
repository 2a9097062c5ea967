import AwsS3 from '@uppy/aws-s3';
import Uppy from '@uppy/core';
import { BUCKET, type Client, CREDENTIALS, LANES, MAX_SINGLE_REQUEST, REGION } from '../../job.ts';

/** Uppy against a bucket with S3's protocol. Its parts have 5 MiB at least, and go one after the other. */
export const uppy: Client = {
  async upload({ files, endpoints: [endpoint = ''], partSize }) {
    const { accessKeyId, accessKeySecret, securityToken } = CREDENTIALS;
    const credentials = {
      accessKeyId,
      secretAccessKey: accessKeySecret,
      sessionToken: securityToken,
    };
    const uploader = new Uppy().use(AwsS3, {
      s3Endpoint: `${new URL(endpoint, location.href).href.replace(/\/$/, '')}/${BUCKET}`,
      getCredentials: () => ({ credentials, region: REGION }),
      generateObjectKey: ({ name }) => name,
      shouldUseMultipart: ({ size }) => (size ?? 0) > MAX_SINGLE_REQUEST,
      getChunkSize: () => partSize,
      limit: LANES,
    });
    uploader.addFiles(files.map((file) => ({ name: file.name, type: file.type, data: file })));
    const result = await uploader.upload();
    const [failed] = result?.failed ?? [];
    if (failed !== undefined) throw new Error(failed.error ?? 'An upload failed.');
  },
};
