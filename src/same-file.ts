/** Whether two files are one, as far as their names, sizes and dates tell. */
export function isSameFile(file: Blob, known: Blob): boolean {
  if (file === known) return true;
  if (!(file instanceof File) || !(known instanceof File)) return false;
  return (
    file.name === known.name && file.size === known.size && file.lastModified === known.lastModified
  );
}
