import { concatBytes } from '@noble/hashes/utils.js';

/**
 * All bytes of a body, or nothing when there are more than `limit`: the rest is then left unread, and not cancelled, as
 * that would end the connection over which a server still has to answer.
 *
 * Rejects when the body breaks off.
 */
export async function readBytes(
  { body, headers }: Pick<Request, 'body' | 'headers'>,
  limit: number,
): Promise<Uint8Array | undefined> {
  if (Number(headers.get('content-length')) > limit) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value !== undefined; chunk = await reader?.read()) {
    chunks.push(chunk.value);
    size += chunk.value.length;
    if (size > limit) return undefined;
  }
  return concatBytes(...chunks);
}
