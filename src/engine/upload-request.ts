import type { UploadContext } from './context.ts';
import type { Request } from './requests.ts';

/** What every request of an upload outside of its parts has in common. */
export function requestOf(
  context: UploadContext,
): Pick<Request<never>, 'signal' | 'fileSize' | 'confirmations' | 'emit'> {
  return {
    fileSize: context.file.size,
    signal: context.control.signal,
    confirmations: () => context.progress.confirmations,
    emit: (event) => context.emit(event),
  };
}
