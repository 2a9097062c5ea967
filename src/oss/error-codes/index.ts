import type { Operation } from '../../errors.ts';
import type { OssErrorCode } from './codes.ts';
import { DENIALS } from './denials.ts';
import { ENCRYPTION } from './encryption.ts';
import type { ErrorCodeEntry } from './entry.ts';
import { FEATURES } from './features.ts';
import { FORM_CAUSES } from './form-causes.ts';
import { GENERAL } from './general.ts';
import { LOAD } from './load.ts';
import { MULTIPART } from './multipart.ts';
import { PERMISSIONS } from './permissions.ts';
import { POST_OBJECT } from './post-object.ts';
import { STS } from './sts.ts';

export type { OssErrorCode } from './codes.ts';
export { DENIALS, type Denial } from './denials.ts';
export type { ErrorCodeEntry, Recovery } from './entry.ts';

/**
 * Every error that OSS is known to answer: what it means, what to do about it, what an uploader does by itself.
 *
 * Sources: "OSS Errors and Troubleshooting" 2019-08-16, all chapters, and the newer OSS documentation; each entry names
 * its own.
 */
export const ERROR_CODES: Readonly<Record<OssErrorCode, ErrorCodeEntry>> = {
  ...GENERAL,
  ...MULTIPART,
  ...LOAD,
  ...PERMISSIONS,
  ...POST_OBJECT,
  ...STS,
  ...ENCRYPTION,
  ...FEATURES,
};

/**
 * The entry for an answer. AccessDenied has many causes, which only its message tells apart, and forms
 * (`PostObject`) have causes of their own.
 *
 * @returns undefined for a code that is not in the catalogue.
 */
export function explain(
  code: string | undefined,
  message = '',
  operation?: Operation,
): ErrorCodeEntry | undefined {
  const text = message.replace(/\s+/g, ' ');
  return findFormCause(code, text, operation) ?? findEntry(code, text);
}

function findFormCause(
  code: string | undefined,
  text: string,
  operation: Operation | undefined,
): ErrorCodeEntry | undefined {
  return FORM_CAUSES.find((cause) => {
    if (cause.code !== code || (cause.isOnlyOfForms === true && operation !== 'PostObject'))
      return false;
    return cause.pattern?.test(text) ?? true;
  });
}

function findEntry(code: string | undefined, text: string): ErrorCodeEntry | undefined {
  const denial = code === 'AccessDenied' ? findDenial(text) : undefined;
  if (denial !== undefined) return denial;
  return code !== undefined && isKnown(code) ? ERROR_CODES[code] : undefined;
}

function findDenial(text: string): ErrorCodeEntry | undefined {
  const denial = DENIALS.find(({ pattern }) => pattern.test(text));
  if (denial === undefined) return undefined;
  const { meaning, advice, recovery, source } = denial;
  return { status: ERROR_CODES.AccessDenied.status, meaning, advice, recovery, source };
}

function isKnown(code: string): code is OssErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
