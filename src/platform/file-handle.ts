/** What browsers that have handles can be asked for one; the DOM's types do not know it yet. */
interface AskablePermission {
  requestPermission?: (options: { readonly mode: 'read' }) => Promise<PermissionState>;
}

/** Reads a file where it was picked; rejects with a NotAllowedError when the user refuses. */
export async function readAgain(handle: FileSystemFileHandle): Promise<File> {
  const asked: FileSystemFileHandle & AskablePermission = handle;
  const state = (await asked.requestPermission?.({ mode: 'read' })) ?? 'granted';
  if (state !== 'granted') throw new DOMException('The file may not be read.', 'NotAllowedError');
  return await handle.getFile();
}
