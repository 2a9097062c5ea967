import { unreadableFile } from '../errors.ts';
import { md5Etag } from '../oss/multipart-etag.ts';
import type { UploadContext } from './context.ts';
import type { Session } from './session.ts';

/**
 * Finds the ETags that neither the answers to the parts nor a list of them have told: a part's ETag is its MD5. Only
 * where the bucket hides ETag and refuses ListParts is the file read again for it.
 */
export async function learnHiddenEtags(context: UploadContext, session: Session): Promise<void> {
  const { file } = context;
  for (const part of session.parts.values()) {
    if (part.etag !== '') continue;
    const offset = (part.partNumber - 1) * session.layout.unit;
    const slice = file.slice(offset, offset + part.size);
    const bytes = await slice.arrayBuffer().catch((cause: unknown) => {
      throw unreadableFile(cause);
    });
    context.control.signal.throwIfAborted();
    session.parts.set(part.partNumber, { ...part, etag: md5Etag(new Uint8Array(bytes)) });
  }
}
