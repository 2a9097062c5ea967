import type { PostObjectCode } from './codes.ts';
import type { ErrorCodeEntry } from './entry.ts';

const NOT_A_FORM: ErrorCodeEntry = {
  status: 400,
  meaning: 'The POST is not of the type multipart/form-data; which only forms of your own meet.',
  advice:
    'Send a FormData and set no Content-Type: the browser does, with the boundary. An HTML form needs enctype="multipart/form-data".',
  recovery: 'fail',
  source: 'Manual 2019-08-16, §1 and §3',
};

/** What OSS answers to forms alone; causes that only a message or the operation tells are in `form-causes.ts`. */
export const POST_OBJECT: Readonly<Record<PostObjectCode, ErrorCodeEntry>> = {
  FieldItemTooLong: {
    status: 400,
    meaning: 'A field of the form other than file is too long.',
    advice: 'Keep every field within 4 KB; shorten the policy and the callback first.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  IncorrectNumberOfFilesInPOSTRequest: {
    status: 400,
    meaning: 'The form has no field file, or several.',
    advice: 'Send one form per file, with exactly one field named file.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  InvalidPolicyDocument: {
    status: 400,
    meaning:
      'The policy of the form is not Base64 of valid JSON, or a condition has a wrong shape.',
    advice:
      'Make it with JSON.stringify on your server: an expiration and at least one condition, where a condition in braces names exactly one field.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  MalformedPOSTRequest: {
    status: 400,
    meaning:
      'The body of the form is broken: a boundary, a blank line or a field header is missing.',
    advice: 'Let FormData build the body in place of your own code, and set no Content-Type.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  MaxPOSTPreDataLengthExceededError: {
    status: 400,
    meaning: 'The fields before the file, or the whole form, are too large.',
    advice:
      'Append file as the last field and keep the others within 4 KB each; files above 5 GB need an upload in parts.',
    recovery: 'fail',
    source: 'Manual 2019-08-16, §1 and §3',
  },
  RequestIsNotMultiPartContent: NOT_A_FORM,
  RequestIsNotMultipartContent: NOT_A_FORM,
};
