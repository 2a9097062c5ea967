import { quote } from './oss/names.ts';

/** Whether two files are one, as far as their names, sizes and dates tell. */
export function isSameFile(file: Blob, known: Blob): boolean {
  if (file === known) return true;
  if (!(file instanceof File) || !(known instanceof File)) return false;
  return (
    file.name === known.name && file.size === known.size && file.lastModified === known.lastModified
  );
}

/** @throws TypeError or RangeError for what cannot be the file that was picked before. */
export function checkSameSize(file: unknown, known: Blob): Blob {
  if (!(file instanceof Blob)) {
    throw new TypeError(`Expected \`file\` to be a File or Blob; got ${quote(file)}.`);
  }
  if (file.size !== known.size) {
    throw new RangeError(
      `Expected \`file\` to be the same file, of ${known.size} bytes; got one of ${file.size}.`,
    );
  }
  return file;
}
