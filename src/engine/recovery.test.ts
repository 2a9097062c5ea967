import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  changedFile,
  needsFile,
  UploadError,
  type UploadErrorKind,
  unreadableFile,
} from '../errors.ts';
import { ERROR_CODES, explain, type Recovery } from '../oss/error-codes/index.ts';
import { DENIAL_MESSAGES } from '../testing/denial-messages.ts';
import { BY_CODE, recoveryFor } from './recovery.ts';
import { isUnanswered } from './unanswered.ts';

const SPECS = new URL('../../e2e/', import.meta.url);
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Where each recovery is seen to work, or each kind of failure to be told, in a real browser. */
const EVIDENCE: Readonly<Record<Recovery | UploadErrorKind, string>> = {
  retry: 'a connection that is reset in the middle of a body costs that part',
  'slow-down': 'a part that is refused with 503 three times gets there at the fourth',
  'sign-again': 'a signature that was spoilt on the way is made anew',
  'resync-clock': 'a clock that is wrong by hours is set right, once',
  'renew-credentials': 'credentials that expire in the middle are asked for again, once',
  'switch-endpoint': 'a bucket in another region is found where OSS says it is',
  look: 'an object that must not be overwritten is known as ours',
  reopen: 'a part that is lost at every Complete ends in one error, and the upload stays',
  restart: 'an upload that the server forgets in the middle is begun again',
  'needs-file': 'a file that is changed while it is sent is asked for, and what was sent is kept',
  fail: 'rights that are missing end the upload at once',

  service: 'a part that is refused for ever ends in one error after six failures',
  network: 'a bucket without a CORS rule is told, not waited for',
  timeout: 'a part that is never answered is sent again',
  protocol: 'a page in place of an answer is no answer',
  credentials: 'credentials that cannot be had end the upload, and say so',
  source: 'another file of the same name and size is refused, and the upload stays',
  storage: 'where IndexedDB is blocked the upload goes on, and says so',
};

const specs = readdirSync(SPECS)
  .filter((name) => name.endsWith('.spec.ts'))
  .map((name) => readFileSync(new URL(name, SPECS), 'utf8'))
  .join('\n');

describe('every recovery and every kind of failure', () => {
  test.each(Object.entries(EVIDENCE))('%s has its end-to-end test', (_name, title) => {
    expect(specs).toContain(`'${title}'`);
  });

  test('of the recoveries stands in the table of the README, and no other', () => {
    const rows = README.matchAll(/^\|[^|]*\|[^|]*\| `([a-z-]+)` \|[^|]*\|$/gm);
    const shown = new Set([...rows].map(([, name = '']) => name));
    const kinds = ['service', 'network', 'timeout', 'protocol', 'credentials', 'source', 'storage'];
    const recoveries = Object.keys(EVIDENCE).filter((name) => !kinds.includes(name));
    expect(shown).toEqual(new Set(recoveries));
  });
});

test('whoever asks for the file and the table agree when that is to be done', () => {
  const failures = Object.keys(BY_CODE).map((code) => new UploadError('protocol', '', { code }));
  for (const error of [...failures, changedFile(), unreadableFile(undefined)])
    expect(needsFile(error)).toBe(recoveryFor(error) === 'needs-file');
});

describe('the catalogue and the table agree', () => {
  test.each(Object.entries(ERROR_CODES).filter(([, { status }]) => status >= 300))(
    '%s',
    (code, { status, recovery }) => {
      const error = new UploadError('service', 'Refused.', {
        operation: 'UploadPart',
        code,
        status,
      });
      expect(recoveryFor(error)).toBe(recovery);
    },
  );

  test.each(DENIAL_MESSAGES)('AccessDenied: %s', (_id, serviceMessage) => {
    const details = { code: 'AccessDenied', status: 403, serviceMessage };
    const expected = explain('AccessDenied', serviceMessage)?.recovery;
    expect(recoveryFor(new UploadError('service', 'Refused.', details))).toBe(expected);
  });

  test('every code of the table is in the catalogue, or is a name of ours', () => {
    const own = [
      'CredentialsUnusable',
      'WebCryptoMissing',
      'BytesDiffer',
      'ObjectDiffers',
      'FileUnreadable',
      'FileChanged',
      'AnotherFile',
      'ConnectionStalled',
    ];
    for (const code of Object.keys(BY_CODE)) {
      expect([...Object.keys(ERROR_CODES), ...own]).toContain(code);
    }
  });
});

describe('what no code tells', () => {
  test.each<[UploadErrorKind, number | undefined, Recovery]>([
    ['service', 500, 'retry'],
    ['service', 502, 'retry'],
    ['service', 503, 'slow-down'],
    ['service', 429, 'slow-down'],
    ['service', 408, 'retry'],
    ['service', 403, 'fail'],
    ['service', 404, 'fail'],
    ['service', 302, 'fail'],
    ['network', undefined, 'retry'],
    ['timeout', undefined, 'slow-down'],
    ['protocol', 200, 'retry'],
    ['credentials', undefined, 'fail'],
    ['source', undefined, 'fail'],
    ['storage', undefined, 'fail'],
  ])('%s %s: %s', (kind, status, recovery) => {
    expect(recoveryFor(new UploadError(kind, 'It failed.', { status }))).toBe(recovery);
  });

  test('a fault of ours is not repeated', () => {
    expect(recoveryFor(new TypeError('x is not a function'))).toBe('fail');
    expect(recoveryFor('nonsense')).toBe('fail');
  });

  test('a key that exists is looked at only where Complete met it', () => {
    const details = { code: 'FileAlreadyExists', status: 409 };
    const at = (operation: 'CompleteMultipartUpload' | 'InitiateMultipartUpload'): Recovery =>
      recoveryFor(new UploadError('service', 'Refused.', { ...details, operation }));
    expect(at('CompleteMultipartUpload')).toBe('look');
    expect(at('InitiateMultipartUpload')).toBe('fail');
  });
});

test.each<[UploadErrorKind, number | undefined, boolean]>([
  ['network', undefined, true],
  ['timeout', undefined, true],
  ['protocol', 200, true],
  ['service', 500, true],
  ['service', 404, false],
  ['credentials', undefined, false],
])('whether a failure leaves the outcome open: %s %s', (kind, status, expected) => {
  expect(isUnanswered(new UploadError(kind, 'It failed.', { status }))).toBe(expected);
});
