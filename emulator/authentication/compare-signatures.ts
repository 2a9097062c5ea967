import { timingSafeEqual } from 'node:crypto';
import { OssError } from '../errors.ts';

/** What a signature was compared with; texts hold bytes as Latin-1 characters, as on the wire. */
export interface SignatureCheck {
  readonly accessKeyId: string;
  readonly provided: string;
  readonly expected: string;
  readonly stringToSign: string;
  /** Only of V4. */
  readonly canonicalRequest?: string;
}

/** Throws SignatureDoesNotMatch, with all that helps to find the difference, unless the two are the same. */
export function assertSameSignature(check: SignatureCheck): void {
  const { accessKeyId, provided, expected, stringToSign, canonicalRequest } = check;
  if (isSameSecret(expected, provided)) return;
  throw new OssError('SignatureDoesNotMatch', {
    extras: [
      ['OSSAccessKeyId', accessKeyId],
      ['SignatureProvided', provided],
      ['StringToSign', utf8(stringToSign)],
      ['StringToSignBytes', hexBytes(stringToSign)],
      ...(canonicalRequest === undefined
        ? []
        : [['CanonicalRequest', utf8(canonicalRequest)] as const]),
    ],
  });
}

/** Compares in a time that does not depend on where they differ. */
export function isSameSecret(expected: string, provided: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(provided)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

function hexBytes(text: string): string {
  return [...Buffer.from(text, 'latin1')]
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join(' ');
}
