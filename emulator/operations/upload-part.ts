import { invalidArgument, OssError } from '../errors.ts';
import type { OssRequest } from '../request.ts';
import { queryValue } from '../request.ts';
import { etagOf } from '../storage/digests.ts';
import type { PartRecord, UploadRecord } from '../storage/records.ts';
import { encryptionHeader } from './object-rules.ts';
import type { Operation, OperationContext } from './operation.ts';
import { requireUpload } from './operation.ts';
import type { ReceivedContent } from './receive-content.ts';
import { digestHeaders, receiveContent } from './receive-content.ts';

const NO_SUCH_UPLOAD_EC = '0017-00000244';

/** `PUT /key?partNumber=N&uploadId=ID`; a part's size is judged only at CompleteMultipartUpload (OSS docs, UploadPart). */
export const uploadPart: Operation = async (context) => {
  const { request } = context;
  const partNumber = requirePartNumber(request);
  assertNoEncryption(request);
  const { headers } = requireOpenUpload(context, partNumber);
  const content = await receiveContent(context);
  const { etag } = await storePart(context, partNumber, content);
  return {
    status: 200,
    headers: {
      ETag: `"${etag}"`,
      ...encryptionHeader(headers.kept),
      ...digestHeaders(content, content.md5),
    },
  };
};

/** Reads `partNumber`, and sees that there is an `uploadId`. Throws InvalidArgument. */
export function requirePartNumber(request: OssRequest): number {
  for (const name of ['partNumber', 'uploadId'])
    if ((queryValue(request, name) ?? '') === '')
      throw invalidArgument(
        'ResourceType',
        name,
        'Unexpected query string parameter',
        '0017-00000219',
      );
  const text = queryValue(request, 'partNumber') ?? '';
  const partNumber = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (partNumber >= 1 && partNumber <= 10_000) return partNumber;
  const message = 'Part number must be an integer between 1 and 10000, inclusive.';
  throw invalidArgument('PartNumber', text, message, '0017-00000220');
}

/** The upload that the part is for. Throws NoSuchUpload, and for a sequential one PartAlreadyExist, PartNotSequential. */
export function requireOpenUpload(context: OperationContext, partNumber: number): UploadRecord {
  const upload = requireUpload(context, NO_SUCH_UPLOAD_EC);
  if (upload.isSequential !== true) return upload;
  const stored = upload.parts.get(partNumber);
  if (stored !== undefined)
    throw new OssError('PartAlreadyExist', {
      extras: [
        ['PartNumber', partNumber],
        ['PartEtag', stored.etag],
      ],
    });
  if (partNumber !== upload.parts.size + 1) throw new OssError('PartNotSequential');
  return upload;
}

/** Stores a part that was received or copied, unless the upload has been aborted or completed meanwhile. */
export async function storePart(
  context: OperationContext,
  partNumber: number,
  { bytes, md5, crc64 }: ReceivedContent,
): Promise<PartRecord> {
  const { store, now } = context;
  const part = { partNumber, bytes, etag: etagOf(md5), crc64, lastModified: now() };
  try {
    store.putPart(requireOpenUpload(context, partNumber), part);
  } catch (error) {
    store.removeBytes(bytes);
    throw error;
  }
  await store.saved();
  return part;
}

/** Encryption is fixed by InitiateMultipartUpload (OSS docs, InitiateMultipartUpload). */
function assertNoEncryption(request: OssRequest): void {
  const name = 'x-oss-server-side-encryption';
  const value = request.headers[name];
  if (value === undefined) return;
  throw invalidArgument(name, value, `${name} is not allowed with UploadPart.`);
}
