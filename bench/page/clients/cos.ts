import COS from 'cos-js-sdk-v5';
import { BUCKET, type Client, CREDENTIALS, LANES } from '../../job.ts';

/** The uploader of another cloud, whose protocol is much the same; its parts have 1 MiB at least. */
export const cos: Client = {
  async upload({ files, endpoints: [endpoint = ''], partSize }) {
    const { accessKeyId, accessKeySecret, securityToken } = CREDENTIALS;
    const client = new COS({
      SecretId: accessKeyId,
      SecretKey: accessKeySecret,
      SecurityToken: securityToken,
      Protocol: 'http:',
      Domain: new URL(endpoint, location.href).host,
      AutoSwitchHost: false,
      FileParallelLimit: LANES,
      ChunkParallelLimit: LANES,
      ChunkSize: partSize,
    });
    const uploads = files.map((file) =>
      client.uploadFile({
        Bucket: `${BUCKET}-1250000000`,
        Region: 'ap-guangzhou',
        Key: file.name,
        Body: file,
        SliceSize: partSize,
      }),
    );
    await Promise.all(uploads);
  },
};
