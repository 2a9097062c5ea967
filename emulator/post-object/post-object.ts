import type { Answer } from '../answer.ts';
import { OssError } from '../errors.ts';
import type { Operation } from '../operations/operation.ts';
import { FormUpload } from './form-upload.ts';
import { readForm } from './read-form.ts';

/** `POST /` on a bucket with a form, the file last (OSS docs, PostObject). */
export const postObject: Operation = async (context): Promise<Answer> => {
  const { body, request, formLimits } = context;
  if (!body.isAnnounced) throw new OssError('MissingContentLength');
  const upload = new FormUpload(context);
  try {
    await readForm(body, request.headers['content-type'], formLimits, upload);
    return await upload.finish();
  } catch (error) {
    await upload.discard();
    throw error;
  }
};
