import { unreadableFile } from '../errors.ts';
import { signedHeaders } from '../oss/signing-order.ts';
import type { ByteRange, Hasher, TransportRequest } from '../ports.ts';
import { type Answer, sendByXhr } from './xhr.ts';

/** Sends a run of bytes, and meanwhile makes of the same bytes what their `hash` asks for. */
export async function sendRange(
  request: Omit<TransportRequest, 'body'>,
  range: ByteRange,
  hasher: Hasher,
): Promise<Answer> {
  const { signal } = request;
  const { hash = [] } = range;
  const bytes = bodyOf(range, request.headers);
  const reading = new AbortController();
  const stopReading = (): void => reading.abort();
  signal?.addEventListener('abort', stopReading, { once: true });
  try {
    // Before the signature, which comes in no order: runs of bytes are read fastest one after the other.
    const digesting = hash.length === 0 ? undefined : hasher.digest(range, hash, reading.signal);
    // What sends the bytes may fail before.
    digesting?.catch(() => undefined);
    const headers = await signedHeaders(request);
    signal?.throwIfAborted();
    const answer = await sendByXhr({ ...request, headers }, bytes);
    const digests = await digesting;
    signal?.throwIfAborted();
    return { ...answer, digests };
  } catch (error) {
    signal?.throwIfAborted();
    if (bytes instanceof Blob) await checkReadable(bytes);
    throw error;
  } finally {
    stopReading();
    signal?.removeEventListener('abort', stopReading);
  }
}

// A slice is another file to a browser, which costs it more than to send a small one. But a slice has no type of its own,
// and so the browser adds no Content-Type that was not signed.
function bodyOf(
  { source, offset, size, bytes }: ByteRange,
  headers: TransportRequest['headers'],
): Blob | Uint8Array<ArrayBuffer> {
  if (bytes !== undefined) return bytes;
  const isWhole = offset === 0 && size === source.size;
  const isTyped = isWhole && new Headers(headers).has('content-type');
  return isTyped ? source : source.slice(offset, offset + size);
}

// To the page, a body that cannot be read and a network that broke look the same.
async function checkReadable(bytes: Blob): Promise<void> {
  try {
    await bytes.slice(0, 1).arrayBuffer();
    await bytes.slice(-1).arrayBuffer();
  } catch (cause) {
    throw unreadableFile(cause);
  }
}
