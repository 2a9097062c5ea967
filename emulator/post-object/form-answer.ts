import { type Answer, xmlAnswer } from '../answer.ts';
import { locationOf } from '../operations/location.ts';
import { digestHeaders } from '../operations/receive-content.ts';
import type { OssRequest } from '../request.ts';
import type { ObjectRecord } from '../storage/records.ts';
import type { FormFields } from './read-form.ts';

/** What the form asks to be answered with: a redirection, or a status, 204 unless it is 200 or 201. */
export function formAnswer(
  request: OssRequest,
  object: ObjectRecord,
  md5: Buffer,
  fields: FormFields,
): Answer {
  const etag = `"${object.etag}"`;
  const headers = { ETag: etag, ...digestHeaders(object, md5) };
  const redirection = redirectionOf(fields.get('success_action_redirect'), object, etag);
  if (redirection !== undefined)
    return { status: 303, headers: { ...headers, Location: redirection } };
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers };
  if (status !== '201') return { status: 204, headers };
  const location = locationOf(request, object.bucket, object.key);
  const document = xmlAnswer(
    [
      'PostResponse',
      [
        ['Bucket', object.bucket],
        ['Location', location],
        ['Key', object.key],
        ['ETag', etag],
      ],
    ],
    { ...headers, Location: location },
  );
  return { ...document, status: 201 };
}

/** Undefined without a field, and for what is no URL. */
function redirectionOf(
  target: string | undefined,
  { bucket, key }: ObjectRecord,
  etag: string,
): string | undefined {
  if (target === undefined || !URL.canParse(target)) return undefined;
  const url = new URL(target);
  for (const [name, value] of [
    ['bucket', bucket],
    ['key', key],
    ['etag', etag],
  ] as const)
    url.searchParams.append(name, value);
  return url.href;
}
