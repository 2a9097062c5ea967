import { OssError } from '../errors.ts';
import { DigestStream, type Digests } from '../storage/digests.ts';
import type { StoredBytes } from '../storage/records.ts';
import type { OperationContext } from './operation.ts';
import { trafficLimit } from './traffic-limit.ts';

/** A body that arrived whole and as its checksums say. */
export interface ReceivedContent extends Digests {
  readonly bytes: StoredBytes;
}

/**
 * Streams the body into the store. Throws MissingContentLength, EntityTooLarge, InvalidDigest or InvalidCRC64, and
 * ClientLeft when the body does not come whole; nothing is kept then.
 */
export async function receiveContent(context: OperationContext): Promise<ReceivedContent> {
  const { body, store, request, limits } = context;
  if (!body.isAnnounced) throw new OssError('MissingContentLength');
  if ((body.length ?? 0) > limits.maxBodySize) throw new OssError('EntityTooLarge');
  const rate = trafficLimit(request);
  if (rate !== undefined) body.slowDown(rate);
  const expectedMd5 = expectedDigest(request.headers['content-md5']);
  const writer = store.createBlob();
  const stream = new DigestStream();
  try {
    let size = 0;
    await body.read((chunk) => {
      size += chunk.length;
      // A chunked body does not say its length beforehand.
      if (size > limits.maxBodySize) throw new OssError('EntityTooLarge');
      stream.update(chunk);
      return writer.write(chunk);
    });
    const digests = stream.finish();
    assertDigests(digests, expectedMd5, request.headers['x-oss-hash-crc64ecma']);
    return { bytes: await writer.finish(), ...digests };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Reads a body that is a document, and checks its Content-MD5. Undefined when it is longer than the limit, in bytes. */
export async function receiveDocument(
  { body, request }: OperationContext,
  limit: number,
): Promise<string | undefined> {
  const expectedMd5 = expectedDigest(request.headers['content-md5']);
  const text = await body.readText(limit);
  if (text === undefined) return undefined;
  const stream = new DigestStream();
  stream.update(Buffer.from(text));
  assertDigests(stream.finish(), expectedMd5, undefined);
  return text;
}

/** Headers that tell the client what was received. */
export function digestHeaders({ crc64 }: { crc64: bigint }, md5?: Buffer): Record<string, string> {
  return {
    'x-oss-hash-crc64ecma': crc64.toString(),
    ...(md5 === undefined ? {} : { 'Content-MD5': md5.toString('base64') }),
  };
}

/** The raw bytes of a Content-MD5. Unpadded base64 is accepted, as OSS's own samples have it. */
export function expectedDigest(contentMd5: string | undefined): Buffer | undefined {
  if (contentMd5 === undefined) return undefined;
  const digest = Buffer.from(contentMd5, 'base64');
  if (/^[A-Za-z0-9+/]{22}(==)?$/.test(contentMd5) && digest.length === 16) return digest;
  throw new OssError('InvalidDigest', { message: 'The Content-MD5 you specified was invalid.' });
}

/** Throws InvalidDigest unless the digest is the expected one, or none is. */
export function assertMd5(actual: Buffer, expected: Buffer | undefined): void {
  if (expected === undefined || expected.equals(actual)) return;
  throw new OssError('InvalidDigest', {
    extras: [
      ['ClientComputedContentMD5', expected.toString('base64')],
      ['ServerComputedContentMD5', actual.toString('base64')],
    ],
  });
}

function assertDigests(
  actual: Digests,
  expectedMd5: Buffer | undefined,
  expectedCrc64: string | undefined,
): void {
  assertMd5(actual.md5, expectedMd5);
  if (expectedCrc64 !== undefined && expectedCrc64 !== actual.crc64.toString())
    throw new OssError('InvalidCRC64', {
      extras: [
        ['ClientComputedCRC64', expectedCrc64],
        ['ServerComputedCRC64', actual.crc64.toString()],
      ],
    });
}
