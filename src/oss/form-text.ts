import { isWellFormed } from './names.ts';

/**
 * Refuses a text that a form does not bring as it is: forms have no line break but CR LF (HTML, "multipart/form-data encoding
 * algorithm"), and are UTF-8. OSS would get another one than was signed.
 *
 * @param what how messages call it.
 * @throws TypeError
 */
export function checkFormText(what: string, text: string): void {
  if (/\r(?!\n)|(?:^|[^\r])\n/.test(text)) {
    throw new TypeError(
      `Expected ${what} to have no lone CR or LF in it, which a form sends as CR LF.`,
    );
  }
  if (!isWellFormed(text)) {
    throw new TypeError(`Expected ${what} to be well-formed text; got an unpaired surrogate.`);
  }
}
