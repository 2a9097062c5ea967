import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/**
 * The ETag that a multipart object will have, without quotes: the MD5 of its parts' ETags written one after the
 * other, a hyphen, the number of parts. OSS does not document it; two samples of its documentation follow it.
 *
 * Returns nothing where a part's ETag is not an MD5 (some encryptions), as the object's then cannot be told.
 *
 * @param etags unquoted, ascending by part number.
 */
export function multipartEtag(etags: readonly string[]): string | undefined {
  if (!etags.every(isMd5)) return undefined;
  const digest = md5Etag(new TextEncoder().encode(etags.join('').toUpperCase()));
  return `${digest}-${etags.length}`;
}

/** The ETag of a part, without quotes: its MD5 in upper-case hexadecimal. */
export function md5Etag(bytes: Uint8Array): string {
  return bytesToHex(md5(bytes)).toUpperCase();
}

/** Whether an unquoted ETag is an MD5; with some encryptions it is not. */
export function isMd5(etag: string): boolean {
  return /^[\dA-F]{32}$/i.test(etag);
}

/** A part's ETag as the header Content-MD5 has it: Base64 of the 16 bytes. */
export function contentMd5(etag: string): string {
  return btoa(String.fromCharCode(...hexToBytes(etag)));
}

/** An ETag without the quotes that HTTP puts around it. */
export function unquoted(etag: string): string {
  return etag.trim().replace(/^"|"$/g, '');
}

/** Whether two unquoted ETags are the same: hexadecimal in any case. */
export function isSameEtag(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}
