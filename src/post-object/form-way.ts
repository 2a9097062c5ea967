import { UploadError } from '../errors.ts';
import type { UploadEvent } from '../events.ts';
import type { AskSettings } from '../oss/ask-app.ts';
import { quote } from '../oss/names.ts';
import { askedFields } from './fields-source.ts';
import type { StoredForm } from './form-answer.ts';
import type { PostFields } from './form-fields.ts';
import { type FormDependencies, sendForm } from './send-form.ts';

export { sendAsForm } from '../engine/form-request.ts';

/** What the app is told of a file for which it is to sign a form. */
export interface FileForForm {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  readonly fileName: string | undefined;
}

/** Asks the app for the fields of a signed form, such as `createPostPolicy()` of `partway/server` makes. */
export type AskForm = (file: FileForForm) => Promise<{ readonly fields: PostFields }>;

/** An upload that goes by form. */
export interface FormUpload {
  readonly file: Blob;
  readonly about: FileForForm;
  /** Further headers that the object is to have. */
  readonly headers: Readonly<Record<string, string>>;
  readonly callbackFields: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onSent: (bytes: number) => void;
  readonly emit: (event: UploadEvent) => void;
}

/** How an uploader sends files that has nothing but signed forms. */
export type SendByForm = (upload: FormUpload) => Promise<StoredForm>;

/** @param url the bucket's address. */
export function createFormWay(
  ask: AskForm,
  url: string,
  deps: FormDependencies,
  settings: AskSettings,
): SendByForm {
  return async ({ about, headers, ...upload }) => {
    const { key, contentType, fileName } = about;
    const fields = askedFields(async () => {
      const { fields: given } = checkAnswer(await ask(about));
      return { ...headers, key, ...checkKeyOf(given, key) };
    }, settings);
    return await sendForm(deps, { ...upload, fields, url, contentType, fileName });
  };
}

function checkAnswer(answer: unknown): { readonly fields: PostFields } {
  const { fields }: { fields?: unknown } =
    typeof answer === 'object' && answer !== null ? answer : {};
  if (typeof fields === 'object' && fields !== null) return { fields: fields as PostFields };
  throw unusable(`Expected { fields }, an object of strings; got ${quote(fields ?? answer)}.`);
}

// What is stored must be where the page asked for it.
function checkKeyOf(fields: PostFields, key: string): PostFields {
  if (fields['key'] === undefined || fields['key'] === key) return fields;
  throw unusable(`Expected the form to be signed for the key ${quote(key)}.`);
}

function unusable(advice: string): UploadError {
  return new UploadError('credentials', 'The `form` function gave no usable form.', {
    code: 'FormUnusable',
    advice,
  });
}
