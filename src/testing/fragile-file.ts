/** A file that a test can take away, as a user does who unplugs a stick. */
export class FragileFile extends File {
  isGone = false;

  override slice(start?: number, end?: number): Blob {
    const blob = super.slice(start, end);
    if (this.isGone) {
      blob.arrayBuffer = () => Promise.reject(new DOMException('Gone.', 'NotReadableError'));
    }
    return blob;
  }
}
