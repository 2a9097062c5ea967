import OSS from 'ali-oss';
import { BUCKET, type Client, CREDENTIALS, LANES, MAX_SINGLE_REQUEST, REGION } from '../../job.ts';
import { inLanes } from './lanes.ts';

// Its type definitions leave these out.
const UNTYPED = { sldEnable: true, retryMax: 3 };

/** ali-oss as its manual recommends it for browsers, but for the parts in flight. */
export const aliOss: Client = {
  async upload({ files, endpoints: [endpoint = ''], partSize }) {
    const { accessKeyId, accessKeySecret, securityToken } = CREDENTIALS;
    const client = new OSS({
      ...UNTYPED,
      accessKeyId,
      accessKeySecret,
      stsToken: securityToken,
      bucket: BUCKET,
      region: `oss-${REGION}`,
      endpoint: new URL(endpoint, location.href).origin,
      authorizationV4: true,
      timeout: 120_000,
    });
    const small = files.filter(({ size }) => size <= MAX_SINGLE_REQUEST);
    await inLanes(small, LANES, async (file) => {
      await client.put(file.name, file);
    });
    for (const file of files) {
      if (file.size <= MAX_SINGLE_REQUEST) continue;
      await client.multipartUpload(file.name, file, { parallel: LANES, partSize });
    }
  },
};
