import type { UploadResult } from '../events.ts';
import type { SendByForm } from '../post-object/form-way.ts';
import type { UploadContext } from './context.ts';

/** Sends a file as a signed form, whole: a form cannot be resumed. */
export async function sendAsForm(context: UploadContext, send: SendByForm): Promise<UploadResult> {
  const { shared, file, key, fileName, progress, control, callback } = context;
  const { 'content-type': contentType = '', ...headers } = context.headers;
  const { size } = file;
  context.setStatus('uploading');
  progress.start(0);
  const { bucket } = shared.endpoint;
  const {
    status: _status,
    requestId,
    callback: outcome,
    ...stored
  } = await send({
    file,
    about: { bucket, key, size, contentType, fileName },
    headers,
    callbackFields: callback?.fields ?? {},
    signal: control.signal,
    onSent: (bytes) => progress.sent(1, bytes),
    emit: (event) => context.emit(event),
  });
  progress.confirmed(1, size);
  return {
    ...stored,
    bucket,
    size,
    ...(requestId === undefined ? {} : { requestId }),
    ...(outcome === undefined ? {} : { callback: outcome }),
    verified: false,
  };
}
