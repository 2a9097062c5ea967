/**
 * What the ETag of a multipart object is the MD5 of: its parts' ETags written one after the other. A hyphen and the number
 * of parts follow it. OSS does not document it; two samples of its documentation follow it.
 *
 * Returns nothing where a part's ETag is not an MD5 (some encryptions), as the object's then cannot be told.
 *
 * @param etags unquoted, ascending by part number.
 */
export function multipartEtagText(etags: readonly string[]): string | undefined {
  return etags.every(isMd5) ? etags.join('').toUpperCase() : undefined;
}

/** Whether an unquoted ETag is an MD5; with some encryptions it is not. */
export function isMd5(etag: string): boolean {
  return /^[\dA-F]{32}$/i.test(etag);
}

/** A part's ETag as the header Content-MD5 has it: Base64 of the 16 bytes. */
export function contentMd5(etag: string): string {
  const bytes = etag.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  return btoa(String.fromCharCode(...bytes));
}

/** An ETag without the quotes that HTTP puts around it. */
export function unquoted(etag: string): string {
  return etag.trim().replace(/^"|"$/g, '');
}

/** Whether two unquoted ETags are the same: hexadecimal in any case. */
export function isSameEtag(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}
