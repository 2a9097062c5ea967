import { closedOrigin } from '../app-server.ts';
import { type Call, PERMANENT_KEYS } from '../client.ts';
import { FORM_TYPE, type FormField, formBody, signFormV1 } from '../form.ts';
import { by, encode, type Provocation, put } from './provocation.ts';

function form(body: Buffer | string, contentType = FORM_TYPE): Call {
  return { method: 'POST', keys: null, headers: { 'content-type': contentType }, body };
}

const LONG: FormField = ['x-oss-meta-long', 'x'.repeat(5000)];

/** What PostObject refuses, and what becomes of callbacks. */
export const FORMS = {
  CallbackFailed: {
    how: 'upload with a callback to where nobody listens (the object is stored), or the fault `callback-failed`',
    provoke: async ({ client }) => {
      const callback = { callbackUrl: await closedOrigin(), callbackBody: 'a=b' };
      return await client.send(put('k', { 'x-oss-callback': encode(callback) }));
    },
  },
  FieldItemTooLong: by(
    'a form with a field that is longer than the option `forms.fieldValue`',
    form(formBody([['key', 'k'], LONG])),
    { forms: { fieldValue: 4096 } },
  ),
  IncorrectNumberOfFilesInPOSTRequest: by(
    'a form without a file, or with two',
    form(formBody([['key', 'k']], [])),
  ),
  InvalidPolicyDocument: by(
    'a form whose policy is not base64, not JSON, or has no conditions',
    form(formBody([['key', 'k'], ...signFormV1('{"conditions":[', PERMANENT_KEYS)])),
  ),
  MalformedPOSTRequest: by(
    'a form that breaks off, or has no boundary',
    form(formBody([['key', 'k']]).subarray(0, 100)),
  ),
  MaxPOSTPreDataLengthExceededError: by(
    'a form with more before its file than the option `forms.beforeFile`',
    form(formBody([['key', 'k'], ...Array.from({ length: 50 }, () => LONG)])),
    { forms: { beforeFile: 4096 } },
  ),
  RequestIsNotMultipartContent: by(
    '`POST` to a bucket with another content type than `multipart/form-data`',
    form('a=b', 'application/x-www-form-urlencoded'),
  ),
} satisfies Record<string, Provocation>;
