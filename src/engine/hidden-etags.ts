import type { UploadContext } from './context.ts';
import type { Session } from './session.ts';

/**
 * Finds the ETags that neither the answers to the parts nor a list of them have told: a part's ETag is its MD5. Only
 * where the bucket hides ETag and refuses ListParts is the file read again for it.
 */
export async function learnHiddenEtags(context: UploadContext, session: Session): Promise<void> {
  const { file, shared, control } = context;
  for (const part of session.parts.values()) {
    if (part.etag !== '') continue;
    const offset = (part.partNumber - 1) * session.layout.unit;
    const range = { source: file, offset, size: part.size };
    const { md5: etag = '' } = await shared.hasher.digest(range, ['md5'], control.signal);
    session.parts.set(part.partNumber, { ...part, etag });
  }
}
